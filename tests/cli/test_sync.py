from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from .running import command, data, run, url


@pytest.fixture
def db(tmp_path: Path) -> str:
    """A store into which another program wrote two people."""
    data("init", "--db", url(tmp_path))
    write(
        tmp_path,
        "INSERT INTO contacts (id, email) VALUES ('1', 'ada@example.org'), ('2', 'b@example.org')",
    )
    return url(tmp_path)


def write(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "contacts.db")) as raw, raw:
        raw.execute(statement)


def counts(**some: int) -> dict[str, int]:
    nothing = dict.fromkeys(("added", "changed", "removed", "unchanged", "waiting", "erased"), 0)
    return {**nothing, **some}


def test_sync_says_what_it_mended(db: str) -> None:
    """The drift is counted, and there is none the second time."""
    assert data("sync", "--db", db) == counts(added=2)
    assert data("sync", "--db", db) == counts(unchanged=2)


def test_sync_for_people(db: str) -> None:
    """Without --json it is a table."""
    assert run("sync", "--db", db).stdout.splitlines()[0].split() == ["added", "2"]


def test_the_watermark_is_remembered(db: str, tmp_path: Path) -> None:
    """Given once, it is used from then on; --full looks at everything again."""
    data("sync", "--db", db, "--watermark", "updated_at")
    write(tmp_path, "UPDATE contacts SET updated_at = '1999-01-01', email = 'c@x.org'")

    assert data("sync", "--db", db) == counts()
    assert data("sync", "--db", db, "--full") == counts(changed=2)


def test_an_unknown_column(db: str) -> None:
    """The complaint names it."""
    result = run("sync", "--db", db, "--watermark", "changed_at")

    assert result.exit_code == 1
    assert "no column 'changed_at'" in result.stderr


def test_follow_is_not_full(db: str) -> None:
    """Comparing everything over and over is not what anybody wants."""
    assert run("sync", "--db", db, "--follow", "--full").exit_code == 2


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_follow_until_stopped(db: str, tmp_path: Path, name: signal.Signals) -> None:
    """It tells each round that mended something, and ends well when it is told to."""
    words = command("sync", "--db", db, "--follow", "--every", 0.05, "--json")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        write(tmp_path, "DELETE FROM contacts WHERE id = '2'")
        second = json.loads(process.stdout.readline())
        process.send_signal(name)
        process.communicate(timeout=20)

    assert (first, second) == (counts(added=2), counts(removed=1, unchanged=1))
    assert process.returncode == 0


def test_status(db: str) -> None:
    """It says what is indexed, and since when."""
    before = data("status", "--db", db)
    data("sync", "--db", db)
    after = data("status", "--db", db)

    assert before["lag"] == {"by": "time", "seconds": None, "pending": None}
    assert after["lag"]["seconds"] < 30
    assert (after["table"], after["records"], after["generation"]) == ("contacts", 2, 1)
    assert (after["triggers"], len(after["index"]) > 0) == (False, True)


def test_status_for_people(db: str) -> None:
    """Without --json it is in words."""
    assert "never synchronised" in run("status", "--db", db).stdout
    data("sync", "--db", db, "--watermark", "updated_at")
    assert "0 rows, " in run("status", "--db", db).stdout


def test_triggers_on_postgres(database: str) -> None:
    """init puts them on and takes them away; status says whether they are there."""
    data("init", "--db", database, "--triggers")
    with_them = data("status", "--db", database)
    told = run("status", "--db", database).stdout
    data("init", "--db", database, "--no-triggers")

    assert with_them["triggers"] is True
    assert with_them["lag"] == {"by": "changes", "seconds": 0.0, "pending": 0}
    assert "0 changes, the oldest 0.0 s old" in told
    assert data("status", "--db", database)["triggers"] is False


def test_triggers_on_sqlite(db: str) -> None:
    """There are none, and init says so."""
    result = run("init", "--db", db, "--triggers")

    assert result.exit_code == 1
    assert "PostgreSQL" in result.stderr
