from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import ADA, PEOPLE, data, run, url, write


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("store")
    address = url(folder)
    assert run("import", write(folder / "people.csv", PEOPLE), "--db", address).exit_code == 0
    return address


def test_found(db: str) -> None:
    """Somebody we have met is found, by any spelling and by aliases."""
    found = data("lookup", json.dumps(ADA | {"email": "ADA@Example.org"}), "--db", db)

    assert (found["status"], found["complete"], found["degraded"]) == ("found", True, [])
    assert found["contact"]["id"] == "c1"
    assert [match["id"] for match in found["matches"]] == ["c1"]
    assert "explanations" not in found


def test_reasons(db: str) -> None:
    """--explain gives the terms of the score."""
    found = data("lookup", json.dumps(ADA), "--db", db, "--explain")

    (reasons,) = found["explanations"]
    assert reasons["recordId"] == "c1"
    assert sum(one["credit"] for one in reasons["evidence"]) <= reasons["score"]
    assert {one["field"] for one in reasons["evidence"]} >= {"email", "first_name"}


def test_not_found(db: str) -> None:
    """Somebody new is not found, which is an answer and no error."""
    assert data("lookup", '{"email": "nobody@example.net"}', "--db", db)["status"] == "not_found"


def test_from_stdin(db: str) -> None:
    """A dash reads the record from stdin, in UTF-8."""
    record = '{"email": "wang@example.com", "first_name": "伟"}'.encode()

    assert data("lookup", "-", "--db", db, stdin=record)["contact"]["last_name"] == "王"


def test_json_is_ascii(db: str) -> None:
    """JSON is written so that any terminal and any program can take it."""
    assert run("lookup", '{"email": "wang@example.com"}', "--db", db, "--json").stdout.isascii()


def test_for_people(db: str) -> None:
    """Without --json the answer, the contact and the reasons are aligned texts."""
    result = run("lookup", json.dumps(ADA), "--db", db, "--explain")

    lines = result.stdout.splitlines()
    assert lines[0].split() == ["answer", "found"]
    assert any(line.split()[:2] == ["c1", "ada@example.org"] for line in lines)
    assert any(line.startswith("total") and "Definite match" in line for line in lines)


def test_nothing_to_ask_by(db: str) -> None:
    """Without e-mail and phone there is nothing to look up by, and the answer says so."""
    found = data("lookup", '{"first_name": "Ada"}', "--db", db)

    assert (found["status"], found["complete"]) == ("error", False)
    assert "required" in found["message"]


def test_a_file_as_json(db: str, tmp_path: Path) -> None:
    """Each row of a file gets its answer as a line of JSON, in order, the bad ones too."""
    rows = ["E-Mail,Vorname", "ada@example.org,Ada", "too,many,values", "nobody@example.net,No"]
    source = write(tmp_path / "asked.csv", "\n".join(rows))

    result = run("lookup", "--file", source, "--map", "first_name=Vorname", "--db", db, "--json")

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 3
    assert [(one["line"], one["status"]) for one in answers] == [
        (3, "rejected"),
        (2, "found"),
        (4, "not_found"),
    ]
    assert answers[1]["contact"]["id"] == "c1"


def test_a_file_for_people(db: str, tmp_path: Path) -> None:
    """Each row of a file gets a line of a table."""
    source = write(tmp_path / "asked.jsonl", '{"email": "ada@example.org"}\n{"email": "x@y.net"}\n')

    result = run("lookup", "--file", source, "--db", db, "--explain")

    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert lines[0] == ["line", "answer", "confidence", "id"]
    assert lines[1][:4] == ["1", "found", "1.00", "c1"]
    assert lines[2] == ["2", "not_found"]


def test_a_pipe_of_many(db: str) -> None:
    """A dash as the file reads many from stdin."""
    content = "email\nada@example.org\n"

    result = run("lookup", "--file", "-", "--db", db, "--json", stdin=content)

    assert json.loads(result.stdout)["status"] == "found"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("{}", "--file", "-"),
        ("{",),
        ('["email"]',),
        ('{"email": ["a"]}',),
        ('{"email": {"a": 1}}',),
        ("[" * 100_000,),
        ('{"email": "a"}', "--deadline", "0"),
    ],
)
def test_wrong_usage(db: str, arguments: tuple[str, ...]) -> None:
    """What is no record is wrong usage."""
    result = run("lookup", *arguments, "--db", db)

    assert (result.exit_code, result.stdout) == (2, "")


def test_complaints_quote_nothing() -> None:
    """A record that cannot be read is not repeated in the error."""
    result = run("lookup", '{"email": "secret@example.org"')

    assert result.exit_code == 2
    assert "secret" not in result.stderr
    assert "column" in result.stderr


def test_no_store(tmp_path: Path) -> None:
    """Where there is no store the error says how to make one."""
    result = run("lookup", json.dumps(ADA), "--db", url(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "have-we-met init" in result.stderr


def test_control_characters_are_not_written(tmp_path: Path) -> None:
    """A stored value cannot command the terminal."""
    source = write(tmp_path / "p.csv", "id,email,first_name\n1,a@x.org,\x1b[2JAda\n")
    run("import", source, "--db", url(tmp_path))

    result = run("lookup", '{"email": "a@x.org"}', "--db", url(tmp_path))

    assert "Ada" in result.stdout
    assert "\x1b" not in result.stdout
