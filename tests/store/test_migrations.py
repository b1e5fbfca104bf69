"""The tables that outlive generations, brought to the newest layout."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from have_we_met import Resolver, StoreError, create_store, open_store
from have_we_met.store.layout import NEWEST
from have_we_met.store.migrations import Standing, migration_sql, standing, upgrade_store
from have_we_met.store.migrations.connection import changing, looking
from have_we_met.store.migrations.steps import SCRIPTS

from ..servers import Postgres
from .conformance import ADA, MODEL

LASTING = (
    "hwm_idempotency",
    "hwm_credentials",
    "hwm_contacts_judgements",
    "hwm_contacts_late",
    "hwm_contacts_late_matches",
    "hwm_contacts_stamps",
    "hwm_contacts_audit",
    "hwm_contacts_audit_head",
    "hwm_contacts_tombstones",
)

OF_PEOPLE = [name.replace("contacts", "people") for name in LASTING[2:]]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "contacts.db").close()
        yield f"sqlite:///{tmp_path}/contacts.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address


async def create(url: str) -> None:
    await (await create_store(url, MODEL)).close()


async def run(url: str, *statements: str) -> None:
    await changing(
        url, lambda connection: [connection.exec_driver_sql(s).close() for s in statements]
    )


async def drop(url: str, *tables: str) -> None:
    await run(url, *(f"DROP TABLE {table}" for table in tables))


async def layout(url: str) -> dict[str, Any]:
    """All that the database says of our tables, but the order of what has none."""

    def look(connection: sa.Connection) -> dict[str, Any]:
        inspector = sa.inspect(connection)
        names = [name for name in inspector.get_table_names() if name.startswith("hwm_")]
        return {name: _table(inspector, name) for name in sorted(names)}

    return await looking(url, look)


def _table(inspector: Any, name: str) -> dict[str, Any]:
    columns = [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)]
    indexes = sorted(inspector.get_indexes(name), key=lambda index: index["name"])
    return {"columns": columns, "key": inspector.get_pk_constraint(name), "indexes": indexes}


async def rows(url: str, query: str) -> list[Any]:
    return await looking(url, lambda connection: [*connection.exec_driver_sql(query)])


def test_the_newest_step_is_the_layout_that_is_noted() -> None:
    """Who adds a step says so where stores are created."""
    assert SCRIPTS.get_current_head() == NEWEST


async def test_a_new_store_has_the_newest_layout(url: str) -> None:
    """There is nothing to upgrade in what was just created."""
    await create(url)

    assert await standing(url) == Standing(NEWEST)


@pytest.mark.parametrize("was", ["no number", "0001"])
async def test_migrated_equals_fresh(url: str, was: str) -> None:
    """An older store that is brought to the newest layout is as if it had been created so."""
    await create(url)
    fresh = await layout(url)
    await drop(url, *LASTING)
    if was == "0001":
        await run(url, "UPDATE hwm_alembic_version SET version_num = '0001'")
    else:
        await drop(url, "hwm_alembic_version")
    before = await standing(url)

    after = await upgrade_store(url)

    assert not before.is_newest
    assert before.missing == LASTING
    assert after == Standing(NEWEST)
    assert await layout(url) == fresh


async def test_older_indexes(url: str) -> None:
    """Where the tables are there with the indexes that they had before, those are made anew."""
    await create(url)
    fresh = await layout(url)
    await run(
        url,
        "UPDATE hwm_alembic_version SET version_num = '0002'",
        "DROP INDEX hwm_idempotency_age",
        "DROP INDEX hwm_contacts_judgements_left",
        "CREATE INDEX hwm_contacts_judgements_left ON hwm_contacts_judgements (left_id)",
    )

    assert await upgrade_store(url) == Standing(NEWEST)
    assert await layout(url) == fresh


async def test_an_empty_database(url: str) -> None:
    """Upgraded first and filled then, it is as if it had been created at once."""
    assert (await standing(url)).layout is None
    assert await upgrade_store(url) == Standing(NEWEST)
    await create(url)
    upgraded = await layout(url)
    await drop(url, *upgraded)
    await create(url)

    assert await layout(url) == upgraded


async def test_twice_changes_nothing(url: str) -> None:
    """The second upgrade finds nothing to do, also at the same moment as the first."""
    await asyncio.gather(*(upgrade_store(url) for _ in range(2)))
    first = await layout(url)

    assert await upgrade_store(url) == Standing(NEWEST)
    assert await layout(url) == first
    assert await rows(url, "SELECT version_num FROM hwm_alembic_version") == [(NEWEST,)]


async def test_an_older_store_opens(url: str) -> None:
    """This version works on the layout before without an upgrade, and it can still be upgraded."""
    await create(url)
    await drop(url, *LASTING, "hwm_alembic_version")

    resolver = Resolver(await open_store(url, MODEL))
    made = await resolver.get_or_create(ADA, idempotency_key="k")
    await resolver.close()

    assert made.created
    assert (await upgrade_store(url)).is_newest


async def test_a_newer_layout(url: str) -> None:
    """What a later version added is none of this one's business; it works on, and leaves it."""
    await create(url)
    await run(
        url,
        "UPDATE hwm_alembic_version SET version_num = '9999'",
        "ALTER TABLE hwm_contacts_judgements ADD COLUMN note TEXT",
        "ALTER TABLE hwm_meta ADD COLUMN note TEXT",
        "ALTER TABLE hwm_idempotency ADD COLUMN note TEXT",
        "CREATE TABLE hwm_later (id INTEGER PRIMARY KEY)",
    )
    newer = await layout(url)

    resolver = Resolver(await open_store(url, MODEL))
    ada = await resolver.get_or_create(ADA, idempotency_key="k")
    again = await resolver.get_or_create(ADA, idempotency_key="k")
    await resolver.create_apart({**ADA, "first_name": "Zoe"}, [ada.record_id or ""])
    told = await resolver.judgements(ada.record_id or "")
    await resolver.close()

    assert (ada.record_id, len(told)) == (again.record_id, 1)
    assert await upgrade_store(url) == Standing("9999")
    assert (await standing(url)).is_newest
    assert await layout(url) == newer


async def test_a_callers_own_alembic(url: str) -> None:
    """The numbers of an application's own migrations are left alone."""
    await run(
        url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('theirs')",
    )

    await upgrade_store(url)

    assert await rows(url, "SELECT version_num FROM alembic_version") == [("theirs",)]


async def test_all_steps_or_none(url: str) -> None:
    """A step that fails takes back those before it."""
    await run(url, "CREATE TABLE hwm_idempotency (something INTEGER)")

    with pytest.raises(StoreError):
        await upgrade_store(url)

    assert [*await layout(url)] == ["hwm_idempotency"]


async def test_what_is_written_as_sql_can_be_run(url: str) -> None:
    """The SQL makes, when somebody runs it, what an upgrade makes."""
    await create(url)
    fresh = await layout(url)
    await drop(url, *LASTING, "hwm_alembic_version", "hwm_meta")

    text = migration_sql(url, ["contacts"])
    statements = [s.strip() for s in text.split(";")]
    await run(url, *(s for s in statements if s not in ("BEGIN", "COMMIT", "")))

    assert await layout(url) == fresh
    assert await standing(url) == Standing(NEWEST)


async def test_tables_in_a_schema(database: str) -> None:
    """What belongs to a table in a schema is made beside it."""
    await run(database, "CREATE SCHEMA crm")
    await (await create_store(database, MODEL, table="crm.people")).close()
    await drop(database, *(f"crm.{name}" for name in OF_PEOPLE), "hwm_alembic_version")

    assert (await standing(database)).missing == tuple(f"crm.{name}" for name in OF_PEOPLE)
    assert await upgrade_store(database) == Standing(NEWEST)


async def test_what_cannot_be_upgraded(tmp_path: Path) -> None:
    """No file, no memory, no other database, no layout of that number."""
    with pytest.raises(StoreError, match="there is no file"):
        await upgrade_store(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(StoreError, match="in memory"):
        await upgrade_store("sqlite://")
    with pytest.raises(StoreError, match="no store for mysql"):
        await standing("mysql://localhost/crm")
    with pytest.raises(StoreError, match="there is no layout 7; there are: 0001, 0002"):
        migration_sql("sqlite:///x.db", since="7")
    assert not (tmp_path / "none.db").exists()


async def test_only_what_is_wrong_is_said(tmp_path: Path) -> None:
    """A file that is no database is said to be none."""
    (tmp_path / "no.db").write_bytes(b"no database at all, but quite some text" * 100)

    with pytest.raises(StoreError, match="not a database"):
        await standing(f"sqlite:///{tmp_path}/no.db")


def test_a_store_from_before_the_numbers(tmp_path: Path) -> None:
    """The tables as the first stores had them, kept here word for word, are brought along."""
    path = tmp_path / "contacts.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "CREATE TABLE hwm_meta (entity TEXT NOT NULL, name TEXT NOT NULL, "
            "value TEXT NOT NULL, PRIMARY KEY (entity, name))"
        )
        raw.execute("INSERT INTO hwm_meta VALUES ('people', 'generation', '1')")
        raw.commit()

    assert asyncio.run(upgrade_store(f"sqlite:///{path}")) == Standing(NEWEST)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM hwm_people_judgements").fetchone() == (0,)
        assert raw.execute("SELECT value FROM hwm_meta").fetchall() == [("1",)]
