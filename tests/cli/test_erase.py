"""Erasing, exporting and checking on the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .running import PEOPLE, data, run, url, write

SECRET = "a secret of these tests that lasts"


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with three people in it."""
    monkeypatch.setenv("HAVE_WE_MET_MARKS_SECRET", SECRET)
    write(tmp_path / "people.csv", PEOPLE)
    assert data("import", tmp_path / "people.csv", "--db", url(tmp_path))["new"] == 3
    return url(tmp_path)


def test_erased_and_imported_again(db: str, tmp_path: Path) -> None:
    """Who was erased is among the rejects of the same file, with the reason and no value."""
    receipt = data("forget", "c1", "--vacuum", "--by", "ticket 7", "--db", db)
    again = data("import", tmp_path / "people.csv", "--db", db, status=3)

    assert receipt["deleted"]["contacts"] == 1
    assert receipt["tombstones"] == 3
    assert receipt["audit"]["number"] == 1
    assert receipt["purged"] == "vacuumed"
    assert (again["unchanged"], again["rejected"]) == (2, 1)
    (reject,) = map(json.loads, Path(again["rejects"]).read_text().splitlines())
    assert reject["line"] == 2
    assert "erased" in reject["reason"]
    assert data("lookup", '{"email": "ada@example.org"}', "--db", db)["status"] == "not_found"
    counted = data("import", tmp_path / "people.csv", "--db", db, "--erased", "report")
    assert (counted["new"], counted["erased"]) == (1, 1)


def test_imported_without_the_secret(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that cannot read the tombstones stops, and says what to set."""
    data("forget", "c1", "--db", db)
    monkeypatch.delenv("HAVE_WE_MET_MARKS_SECRET")
    result = run("import", tmp_path / "people.csv", "--db", db)

    assert result.exit_code == 1
    assert "HAVE_WE_MET_MARKS_SECRET" in result.stderr
    assert run("forget", "c2", "--db", db).exit_code == 1


def test_a_receipt_for_a_person_to_read(db: str) -> None:
    """Without --json it is a table of what went."""
    result = run("forget", "c2", "--db", db)

    assert result.exit_code == 0
    assert "contacts    1" in result.stdout
    assert "purged      overwritten" in result.stdout
    assert "wang" not in result.output


def test_export(db: str) -> None:
    """Everything known is one JSON document; that it was given out is in it."""
    result = run("export", "c2", "--db", db)
    found = json.loads(result.stdout)

    assert found["contact"]["first_name"] == "伟"
    assert [entry["action"] for entry in found["audit"]] == ["export"]
    assert run("export", "nobody", "--db", db).exit_code == 1


def test_audit(db: str, tmp_path: Path) -> None:
    """Checked, listed, exported, pruned; and what somebody changed is found, with status 1."""
    data("forget", "c1", "--by", "ticket 7", "--db", db)
    run("export", "c2", "--db", db)
    found = data("audit", "check", "--db", db)
    assert (found["entries"], found["faults"]) == (2, [])
    assert data("audit", "check", "--head", found["head"], "--db", db)["faults"] == []
    listed = data("audit", "list", "--last", "1", "--db", db)
    assert [entry["action"] for entry in listed] == ["export"]
    assert "ticket 7" in run("audit", "list", "--db", db).stdout
    lines = run("audit", "export", "--db", db).stdout.splitlines()
    assert [json.loads(line)["records"] for line in lines] == [["c1"], ["c2"]]
    assert data("audit", "prune", "--before", "2001-01-01", "--db", db) == {"pruned": 0}

    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw, raw:
        raw.execute("UPDATE hwm_contacts_audit SET actor = 'nobody' WHERE number = 1")
    broken = run("audit", "check", "--db", db)
    assert broken.exit_code == 1
    assert "1: was changed" in broken.stderr


AUDIT = "hwm_contacts_audit"
SWAP = f"UPDATE {AUDIT} SET number = CASE number WHEN 1 THEN -2 ELSE -1 END WHERE number < 3"
CUT = f"DELETE FROM {AUDIT} WHERE number = 3"
SET_BACK = f"UPDATE {AUDIT}_head SET number = 2, seal = (SELECT seal FROM {AUDIT} WHERE number = 2)"
ALL_GONE = (f"DELETE FROM {AUDIT}", f"DELETE FROM {AUDIT}_head")


@pytest.mark.parametrize(
    ("crime", "alone", "with_head"),
    [
        ((f"UPDATE {AUDIT} SET at = '2001-01-01' WHERE number = 2",), True, True),
        ((f"UPDATE {AUDIT} SET marks = '[]' WHERE number = 3",), True, True),
        ((f"DELETE FROM {AUDIT} WHERE number = 1",), True, True),
        ((f"DELETE FROM {AUDIT} WHERE number = 2",), True, True),
        ((SWAP, f"UPDATE {AUDIT} SET number = -number WHERE number < 0"), True, True),
        ((CUT,), True, True),
        ((CUT, SET_BACK), False, True),
        (ALL_GONE, False, True),
    ],
    ids=[
        "changed",
        "marks changed",
        "first deleted",
        "deleted",
        "reordered",
        "cut off",
        "cut off with care",
        "all gone",
    ],
)
def test_tampering(
    db: str, tmp_path: Path, crime: tuple[str, ...], alone: bool, with_head: bool
) -> None:
    """What the command sees by itself, and what with the head that an earlier check printed."""
    for record_id in ("c1", "c2", "c3"):
        run("export", record_id, "--db", db)
    head = data("audit", "check", "--db", db)["head"]
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw, raw:
        for statement in crime:
            raw.execute(statement)

    assert (run("audit", "check", "--db", db).exit_code == 1) is alone
    assert (run("audit", "check", "--head", head, "--db", db).exit_code == 1) is with_head


@pytest.mark.parametrize("head", ["", "x", "x:y"])
def test_a_head_that_is_none(db: str, head: str) -> None:
    """A head is a number and a seal."""
    assert run("audit", "check", "--head", head, "--db", db).exit_code == 2
