"""Late verdicts on the command line."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from have_we_met import Resolver, open_store, preset

from ..late.receiver import receiving
from .running import ADA, data, run, url

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
NOTHING = dict.fromkeys(("duplicate", "review", "clear", "unknown", "put_off", "gone", "others"), 0)


@pytest.fixture
def db(tmp_path: Path) -> str:
    """A store with somebody in it twice, the second time upon an incomplete answer."""
    data("init", "--db", url(tmp_path))
    asyncio.run(_create_in_doubt(url(tmp_path)))
    return url(tmp_path)


async def _create_in_doubt(db: str) -> None:
    resolver = Resolver(await open_store(db, preset("contacts")))
    await resolver.add(ADA | {"id": "first"})
    await resolver.lookup(ADA, deadline=0)
    await resolver.add(ADA | {"id": "second"})
    await resolver.close()


def test_listed_then_run(db: str) -> None:
    """What waits is shown, looked at, and shown with what was found."""
    (before,) = data("late", "list", "--db", db)
    assert (before["recordId"], before["state"], before["matches"]) == ("second", "waiting", [])
    assert before["lacked"] == ["store deadline: did not answer within the deadline"]

    assert data("late", "run", "--db", db) == NOTHING | {"duplicate": 1}
    assert data("late", "run", "--db", db) == NOTHING

    (after,) = data("late", "list", "--db", db)
    assert (after["verdict"], after["lookupId"]) == ("duplicate", before["lookupId"])
    assert after["matches"] == [{"recordId": "first", "confidence": 1.0}]


def test_for_people(db: str) -> None:
    """Without --json it is a table, of ids and of nobody's data."""
    heading, line = run("late", "list", "--db", db).stdout.splitlines()
    assert heading.split() == ["record", "noted", "verdict", "of", "confidence", "lacked"]
    assert line.split()[0] == "second"
    assert "waiting" in line
    assert run("late", "run", "--db", db).stdout.splitlines()[0].split() == ["duplicate", "1"]
    found = run("late", "list", "--db", db).stdout
    assert "first  1.00        store deadline" in found
    assert "ada@" not in found.lower()


def test_in_the_status(db: str) -> None:
    """The status counts them."""
    assert data("status", "--db", db)["late"]["waiting"] == 1
    data("late", "run", "--db", db)
    assert data("status", "--db", db)["late"] == {
        "waiting": 0,
        "duplicate": 1,
        "review": 0,
        "clear": 0,
        "unknown": 0,
        "untold": 1,
        "lag": 0.0,
    }
    assert "1 duplicate, 1 untold" in run("status", "--db", db).stdout


def test_sent(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a webhook, what was found is sent."""
    monkeypatch.setenv("HAVE_WE_MET_WEBHOOK_SECRET", SECRET)
    with receiving() as receiver:
        done = data("late", "run", "--db", db, "--webhook", receiver.url)

    assert (done["duplicate"], done["told"], done["failed"]) == (1, 1, 0)
    assert len(receiver.events) == 1


def test_without_a_secret(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent unsigned."""
    monkeypatch.delenv("HAVE_WE_MET_WEBHOOK_SECRET", raising=False)
    done = run("late", "run", "--db", db, "--webhook", "https://hooks.example.com/met")

    assert done.exit_code == 1
    assert "HAVE_WE_MET_WEBHOOK_SECRET: must be set" in done.output


def test_forgotten(db: str) -> None:
    """What was noted of a record can be deleted."""
    assert run("late", "forget", "second", "--db", db).exit_code == 0
    assert data("late", "list", "--all", "--db", db) == []
