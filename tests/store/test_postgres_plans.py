"""Every statement of the road goes by its index, at a size at which the planner has a choice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from have_we_met import open_store
from have_we_met.store.contacts import Contacts
from have_we_met.store.postgres import PostgresStore
from have_we_met.store.postgres_bulk import _NUMBERS
from have_we_met.store.postgres_connect import BUILDING, READING, WRITING, connect
from have_we_met.store.postgres_fit import fit
from have_we_met.store.postgres_statements import PostgresStatements
from have_we_met.store.postgres_words import DIALECT
from have_we_met.store.side import side_tables
from have_we_met.store.statements import Statement
from have_we_met.store.sync_statements import SyncStatements

from ..servers import Postgres
from .conformance import MODEL

ROWS = 20_000
CONTACTS, VALUES = "contacts_pkey", "hwm_contacts_values_1_pkey"
IDS, KEYS = "hwm_contacts_values_1_id", "hwm_contacts_keys_1_pkey"

INDEXES = {
    "candidates": {KEYS, VALUES},
    "contact": {CONTACTS},
    "lock_contact": {CONTACTS},
    "update_contact": {CONTACTS},
    "delete_contact": {CONTACTS},
    "indexed": {IDS},
    "update_values": {VALUES},
    "delete_values": {VALUES},
    "delete_key": {KEYS},
}
WHOLE_TABLE = {"Seq Scan", "Bitmap Heap Scan", "Hash Join", "Merge Join"}
"""Steps that read much more than what was asked for: a join of these has no use for an index."""
PARAMETERS = {"keys": "'{1,2,3}'", "key": "1", "record": "1", "the_record": "1"}


def statements(store: PostgresStore) -> dict[str, Statement]:
    all_of_them = store.statements
    found = [all_of_them.candidates(3), all_of_them.update_contact(("email", "phone"))]
    names = INDEXES.keys() - {statement.name for statement in found}
    return {s.name: s for s in [*found, *(getattr(all_of_them, name) for name in names)]}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def plan_of(connection: asyncpg.Connection, statement: Statement) -> list[dict[str, Any]]:
    """The steps that the server would take."""
    values = [PARAMETERS.get(name, "'x'") for name in statement.parameters]
    await connection.execute(f"PREPARE asked AS {statement.text}")
    told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked({', '.join(values)})")
    await connection.execute("DEALLOCATE asked")
    return list(nodes(json.loads(told)[0]["Plan"]))


@pytest.fixture(scope="module")
def full(postgres: Postgres, template: str) -> Iterator[str]:
    """The address of a store of many people, of whom some share a name, without statistics."""
    with postgres.database(template) as url:
        asyncio.run(fill(url, ROWS))
        yield url


@pytest.fixture(scope="module")
def young(postgres: Postgres, template: str) -> Iterator[str]:
    """The address of a store of a few people, without statistics."""
    with postgres.database(template) as url:
        asyncio.run(fill(url, 50))
        yield url


async def fill(url: str, rows: int) -> None:
    await on_each_table(url, "ALTER TABLE {} SET (autovacuum_enabled = off)")
    store = await open_store(url, MODEL)
    await store.load_columns(
        {
            "id": [f"id{n}" for n in range(rows)],
            "email": [f"person{n}@example.org" for n in range(rows)],
            "last_name": [f"name{n % 5_000}" for n in range(rows)],
            "first_name": [f"name{n % 100}" for n in range(rows)],
        }
    )
    await store.close()


@pytest.fixture(scope="module")
def settled(full: str) -> str:
    """The same, with statistics, and vacuumed."""
    asyncio.run(on_each_table(full, "VACUUM (ANALYZE) {}"))
    return full


async def on_each_table(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    for table in ("contacts", "hwm_contacts_values_1", "hwm_contacts_keys_1"):
        await connection.execute(statement.format(table))
    await connection.close()


async def not_by_index(url: str, settings: dict[str, str]) -> list[tuple[str, set[str]]]:
    """The statements that would not go by just the indexes that they should, and their indexes."""
    store = await open_store(url, MODEL)
    assert isinstance(store, PostgresStore)
    connection = await connect(sa.make_url(url), settings)
    wrong = []
    for name, statement in statements(store).items():
        steps = await plan_of(connection, statement)
        used = {step["Index Name"] for step in steps if "Index Name" in step}
        if not WHOLE_TABLE.isdisjoint(step["Node Type"] for step in steps) or used != INDEXES[name]:
            wrong.append((name, used))
    await connection.close()
    await store.close()
    return wrong


@pytest.mark.parametrize("settings", [READING, WRITING])
async def test_plans_without_statistics(young: str, full: str, settings: dict[str, str]) -> None:
    """The plan that a connection makes for a small new table, and keeps, serves a large one too."""
    assert await not_by_index(young, settings) == []
    assert await not_by_index(full, settings) == []


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_plans(settled: str, mode: str) -> None:
    """With all choices, and statistics to choose by, the server goes by the indexes."""
    assert await not_by_index(settled, {**BUILDING, "plan_cache_mode": mode}) == []


async def test_a_sync_goes_by_the_indexes(full: str) -> None:
    """A sync reads each page of both sides by their indexes."""
    store = await open_store(full, MODEL)
    assert isinstance(store, PostgresStore)
    asked = SyncStatements(store.side, store.statements.dialect)
    connection = await connect(sa.make_url(full), WRITING)
    used = {}
    for statement in (asked.rows(9, first=False), asked.indexed_rows(9), asked.take, asked.indexed):
        steps = await plan_of(connection, statement)
        used[statement.name] = {step["Index Name"] for step in steps if "Index Name" in step}
    await connection.close()
    await store.close()

    assert used == {
        "rows": {CONTACTS, IDS},
        "indexed_rows": {CONTACTS, VALUES},
        "take": {CONTACTS},
        "indexed": {IDS},
    }


def test_parameters_have_the_types_of_their_columns() -> None:
    """No parameter is cast: a cast to ``varchar(40)`` would cut a text short without a word."""
    kinds = {"id": sa.CHAR(3), "email": sa.String(40), "rating": sa.Numeric(3, 1)}
    columns = [sa.Column(name, kind, primary_key=name == "id") for name, kind in kinds.items()]
    people = Contacts(sa.Table("people", sa.MetaData(), *columns), {"email": "email"}, fit)
    written = PostgresStatements(side_tables(people, MODEL, 1), DIALECT, key_limit=64)

    texts = [
        written.insert_contact(tuple(kinds)).text,
        written.update_contact(tuple(kinds)).text,
        written.contact.text,
        written.page(first=False, size=10).text,
    ]

    assert not [text for text in texts if "::" in text]


async def test_keys_are_read_from_the_index_alone(settled: str) -> None:
    """Which records are under a key is said by the index; the table itself is not touched."""
    store = await open_store(settled, MODEL)
    assert isinstance(store, PostgresStore)
    connection = await store.reading.take(None)
    steps = await plan_of(connection.raw, store.statements.candidates(3))
    store.reading.give(connection)
    await store.close()

    (keys,) = [step for step in steps if step.get("Index Name") == KEYS]
    assert keys["Node Type"] == "Index Only Scan"
    assert not any(step["Node Type"] in ("Sort", "Hash Join", "Materialize") for step in steps)


async def test_the_sequence_is_looked_for_once(settled: str) -> None:
    """An import takes its record numbers from a sequence that is not looked for at each number."""
    connection = await asyncpg.connect(settled)
    told = await connection.fetchval(
        f"EXPLAIN (VERBOSE, FORMAT JSON) {_NUMBERS.text}", "hwm_contacts_values_1", 3
    )
    await connection.close()

    looking = [
        step["Node Type"]
        for step in nodes(json.loads(told)[0]["Plan"])
        if any("pg_get_serial_sequence" in output for output in step.get("Output", ()))
    ]
    assert looking == ["Result"]


async def test_a_page_goes_on_by_the_index(settled: str) -> None:
    """Building goes on from where it was without reading what came before."""
    store = await open_store(settled, MODEL)
    assert isinstance(store, PostgresStore)
    connection = await connect(sa.make_url(settled), BUILDING)
    steps = await plan_of(connection, store.statements.page(first=False, size=100))
    await connection.close()
    await store.close()

    assert {step.get("Index Name") for step in steps} == {None, CONTACTS}
    assert [step["Node Type"] for step in steps] == ["Limit", "Index Scan"]


async def test_statements_are_planned_once(settled: str) -> None:
    """On the store's own connections no statement is planned again for other keys."""
    store = await open_store(settled, MODEL)
    assert isinstance(store, PostgresStore)
    connection = await store.reading.take(None)
    for number in range(7):
        await connection.fetch(store.statements.candidates(1), ([number],))
    (row,) = await connection.raw.fetch(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
        " WHERE statement LIKE '%LATERAL%' AND statement NOT LIKE '%pg_prepared%'"
    )
    store.reading.give(connection)
    await store.close()

    assert tuple(row) == (7, 0)
