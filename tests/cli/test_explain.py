"""``explain``, ``why-not`` and ``add``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .running import ADA, PEOPLE, data, run, url, write


@pytest.fixture
def db(tmp_path: Path) -> str:
    run("import", write(tmp_path / "people.csv", PEOPLE), "--db", url(tmp_path))
    return url(tmp_path)


def test_explain_two_stored(db: str) -> None:
    """Two ids are two stored records."""
    found = data("explain", "c1", "c3", "--db", db)

    assert (found["recordId"], found["outcome"]) == ("c3", "no-match")
    assert found["evidence"][0]["stored"] == "chinua@example.org"


def test_explain_a_record(db: str) -> None:
    """A JSON object is a record that is not stored."""
    found = data("explain", json.dumps(ADA), "c1", "--db", db)

    assert found["outcome"] == "definite-match"


def test_explain_is_symmetric(db: str) -> None:
    """Which of the two comes first makes no difference to the score."""
    one, other = data("explain", "c1", "c3", "--db", db), data("explain", "c3", "c1", "--db", db)

    assert one["score"] == other["score"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_redact(db: str, more: tuple[str, ...]) -> None:
    """--redact leaves out the values, for people and for programs."""
    shown = run("explain", "c1", "c3", "--db", db, *more)
    hidden = run("explain", "c1", "c3", "--db", db, "--redact", *more)

    assert "ada@example.org" in shown.stdout
    assert "ada@example.org" not in hidden.stdout
    assert "differs" in hidden.stdout


def test_why_not(db: str) -> None:
    """The keys say whether a stored record is a candidate at all, and the evidence the rest."""
    found = data("why-not", json.dumps(ADA), "c1", "--db", db)
    other = data("why-not", '{"phone": "+1 212 555 0100"}', "c1", "--db", db)

    assert "email" in found["broughtBy"]
    assert other["broughtBy"] == []
    assert other["sentence"].startswith("No key brings this record")


def test_why_not_for_people(db: str) -> None:
    """Without --json the sentence comes first, then the keys, then the evidence."""
    lines = run("why-not", json.dumps(ADA), "c1", "--db", db).stdout.splitlines()

    assert lines[0].startswith("Brought by ")
    assert lines[2].split() == ["key", "asked", "stored", "shared"]
    assert lines[3].split() == ["email", "1", "1", "yes"]


def test_a_key_of_several_columns(tmp_path: Path) -> None:
    """Where the table's key has several columns, an id is a JSON array."""
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute("CREATE TABLE contacts (land TEXT, no INT, email TEXT, PRIMARY KEY (land, no))")
        raw.executemany(
            "INSERT INTO contacts VALUES (?, ?, ?)", [("DE", 1, "a@x"), ("DE", 2, "b@x")]
        )
        raw.commit()
    run("init", "--db", url(tmp_path))

    assert data("explain", '["DE", 1]', '["DE", 2]', "--db", url(tmp_path))["recordId"] == ["DE", 2]


@pytest.mark.parametrize("command", ["explain", "why-not"])
def test_no_such_record(db: str, command: str) -> None:
    """An id that is not there is an error in words that do not repeat it."""
    result = run(command, "c1", "secret", "--db", db)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: there is no record with this id\n"


def test_add(db: str) -> None:
    """A contact that was added is found."""
    made = data("add", '{"email": "new@example.net", "firstName": "Nu"}', "--db", db)

    assert made["created"] is True
    found = data("lookup", '{"email": "new@example.net"}', "--db", db)
    assert (found["contact"]["id"], found["contact"]["first_name"]) == (made["id"], "Nu")


def test_add_for_people(db: str) -> None:
    """Without --json the id is told."""
    result = run("add", '{"id": "c9", "email": "new@example.net"}', "--db", db)

    assert result.stdout.split() == ["created", "yes", "id", "c9"]


def test_add_if_new(db: str) -> None:
    """With --if-new somebody whom we have met is told and not written again."""
    known = data("add", "--if-new", json.dumps(ADA), "--db", db)
    new = data("add", "--if-new", '{"email": "new@example.net"}', "--db", db)
    again = data("add", "--if-new", '{"email": "new@example.net"}', "--db", db)

    assert (known["created"], known["id"]) == (False, "c1")
    assert (new["created"], again["created"]) == (True, False)
    assert new["id"] == again["id"]


def test_add_under_an_idempotency_key(db: str) -> None:
    """The same key and record get the same answer; another record under it is a mistake."""
    how = ("--idempotency-key", "form-1", "--db", db)
    new = '{"email": "new@example.net"}'

    first, again = (data("add", new, *how) for _ in range(2))
    other = run("add", '{"email": "other@example.net"}', *how)

    assert first["created"]
    assert (again["created"], again["id"]) == (True, first["id"])
    assert other.exit_code == 1
    assert "idempotency key" in other.stderr


def test_add_if_new_for_people(db: str) -> None:
    """Without --json it is told whether somebody was created, and who was met."""
    known = run("add", "--if-new", json.dumps(ADA), "--db", db).stdout
    new = run("add", "--if-new", '{"email": "new@example.net"}', "--db", db).stdout

    assert known.splitlines()[0].split() == ["created", "no"]
    assert "ada@example.org" in known
    assert new.splitlines()[0].split() == ["created", "yes"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ('{"email": "x@y.org", "shoe": "secret"}', "shoe"),
        ('{"id": "c1", "email": "secret@y.org"}', "holds this already"),
    ],
)
def test_add_refuses(db: str, record: str, message: str) -> None:
    """What the table does not take is an error that quotes no value."""
    result = run("add", record, "--db", db)

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert "secret" not in result.stderr
