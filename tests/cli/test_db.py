"""``have-we-met db``: the layout of the tables that outlive a reindex."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from have_we_met.store.layout import NEWEST

from .running import data, run, url


def test_check_and_upgrade(tmp_path: Path) -> None:
    """A store is newest when it was just made; older, the status says so until it is upgraded."""
    run("init", "--db", url(tmp_path))
    new = data("db", "check", "--db", url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute("DROP TABLE hwm_alembic_version")
    older = run("db", "check", "--db", url(tmp_path))
    upgraded = data("db", "upgrade", "--db", url(tmp_path))
    again = data("db", "check", "--db", url(tmp_path))

    assert new == upgraded == again == {"layout": NEWEST, "newest": NEWEST, "missing": []}
    assert older.exit_code == 1
    assert older.stderr == "run: have-we-met db upgrade\n"


def test_what_no_step_makes(tmp_path: Path) -> None:
    """A table that somebody dropped is named, with the command that makes it."""
    run("init", "--db", url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute("DROP TABLE hwm_idempotency")

    missing = run("db", "check", "--db", url(tmp_path))
    run("init", "--db", url(tmp_path))

    assert missing.exit_code == 1
    assert "hwm_idempotency missing; run: have-we-met init" in missing.stderr
    assert run("db", "check", "--db", url(tmp_path)).exit_code == 0


def test_sql(tmp_path: Path) -> None:
    """The steps are written without a database, for each table that is named."""
    told = run("db", "sql", "--db", url(tmp_path), "--table", "people", "--table", "guests")

    with closing(sqlite3.connect(":memory:")) as raw:
        raw.executescript(told.stdout)
        made = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
    assert {"hwm_meta", "hwm_people_judgements", "hwm_guests_judgements"} <= made
    assert not (tmp_path / "contacts.db").exists()


def test_no_such_file(tmp_path: Path) -> None:
    """A file that is not there is no store, and none is made."""
    told = run("db", "upgrade", "--db", url(tmp_path))

    assert told.exit_code == 1
    assert "there is no file" in told.stderr
    assert not (tmp_path / "contacts.db").exists()
