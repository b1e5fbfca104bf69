"""``init`` and ``reindex``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from have_we_met import preset
from have_we_met.cli.where import Where

from .running import PEOPLE, data, run, url, write


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute("CREATE TABLE people (no INTEGER PRIMARY KEY, Mail TEXT, firstname TEXT)")
        raw.execute("INSERT INTO people VALUES (1, 'ada@example.org', 'Ada')")
        raw.commit()
    return url(tmp_path)


def test_init_creates(tmp_path: Path) -> None:
    """Where there is nothing, a table is made; again, it is left as it is."""
    first = data("init", "--db", url(tmp_path))
    again = data("init", "--db", url(tmp_path))

    assert first == again
    assert first == {
        "db": url(tmp_path),
        "table": "contacts",
        "model": "contacts",
        "fingerprint": preset("contacts").fingerprint,
        "records": 0,
    }


def test_init_adopts(theirs: str) -> None:
    """A table that is there is adopted; its columns are recognised or mapped."""
    made = data("init", "--db", theirs, "--table", "people", "--map", "email=Mail")

    assert (made["table"], made["records"]) == ("people", 1)
    found = data("lookup", '{"email": "ada@example.org"}', "--db", theirs, "--table", "people")
    assert found["contact"] == {"no": 1, "email": "ada@example.org", "first_name": "Ada"}


def test_a_wrong_map_makes_nothing(tmp_path: Path) -> None:
    """Where a field or column is misspelt, no database is left behind that one did not want."""
    for wrong in ("email=Mail", "emial=email"):
        result = run("init", "--db", url(tmp_path), "--map", wrong)
        assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])

    assert run("init", "--db", url(tmp_path), "--map", "email=email").exit_code == 0


def test_a_wrong_map_adds_no_table(theirs: str, tmp_path: Path) -> None:
    """Nor is a table added to a database whose table is called otherwise."""
    result = run("init", "--db", theirs, "--map", "email=Mail")

    assert result.exit_code == 1
    assert "no column 'Mail' (did you mean 'email'?)" in result.stderr
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("people",)]


def test_init_for_people(tmp_path: Path) -> None:
    """Without --json the same is a table."""
    lines = run("init", "--db", url(tmp_path)).stdout.splitlines()

    assert lines[-1].split() == ["records", "0"]


def test_reindex(tmp_path: Path) -> None:
    """After the model has changed, reindex is asked for and makes lookups work again."""
    model = tmp_path / "model.toml"
    run("import", write(tmp_path / "people.csv", PEOPLE), "--db", url(tmp_path))
    assert run("model", "show", "contacts", "--region", "GB").stdout != run("model", "show").stdout
    write(model, run("model", "show", "contacts", "--region", "GB").stdout)
    where = ("--db", url(tmp_path), "--model", model)

    before = run("lookup", '{"email": "ada@example.org"}', *where)
    made = data("reindex", *where)
    after = data("lookup", '{"email": "ada@example.org"}', *where)

    assert (before.exit_code, "have-we-met reindex" in before.stderr) == (1, True)
    assert made["records"] == 3
    assert after["status"] == "found"


def test_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database, the model and the table may stand in the environment."""
    monkeypatch.setenv("HAVE_WE_MET_DB", url(tmp_path))
    monkeypatch.setenv("HAVE_WE_MET_MODEL", "contacts-recall")
    monkeypatch.setenv("HAVE_WE_MET_TABLE", "guests")

    made = data("init")

    assert (made["db"], made["model"], made["table"]) == (
        url(tmp_path),
        "contacts-recall",
        "guests",
    )


def test_passwords_are_not_shown() -> None:
    """A database that cannot be reached is named without its password."""
    result = run("init", "--db", "postgresql://ada:secret@127.0.0.1:1/crm")

    assert result.exit_code == 1
    assert "secret" not in result.output


def test_facts_hide_the_password() -> None:
    """What a command says about its database leaves out the password."""
    assert Where("postgresql://ada:secret@db/crm").facts()["db"] == "postgresql://ada:***@db/crm"


@pytest.mark.parametrize("db", ["", "contacts.db", "oracle://x/y"])
def test_no_such_database(db: str) -> None:
    """A database that there cannot be is refused in words."""
    result = run("init", "--db", db)

    assert result.exit_code == 1
    assert "sqlite" in result.stderr
