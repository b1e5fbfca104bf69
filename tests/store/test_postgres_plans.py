"""Every statement of the road goes by its index, at a size at which the planner has a choice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from have_we_met import open_store
from have_we_met.store.postgres import PostgresStore
from have_we_met.store.postgres_connect import BUILDING, READING, WRITING, connect
from have_we_met.store.statements import Statement

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
PARAMETERS = {"keys": "'{1,2,3}'", "record": "1", "the_record": "1"}


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


@pytest.fixture
async def full(stored: str) -> AsyncIterator[tuple[PostgresStore, sa.URL]]:
    """A store of many people, of whom some share a name, without statistics."""
    store = await open_store(stored, MODEL)
    assert isinstance(store, PostgresStore)
    connection = await store.writing.take(None)
    for table in (store.side.contacts.table, *store.side.tables):
        await connection.raw.execute(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)")
    store.writing.give(connection)
    columns = {
        "id": [f"id{n}" for n in range(ROWS)],
        "email": [f"person{n}@example.org" for n in range(ROWS)],
        "last_name": [f"name{n % 5_000}" for n in range(ROWS)],
        "first_name": [f"name{n % 100}" for n in range(ROWS)],
    }
    await store.load_columns(columns)
    yield store, sa.make_url(stored)
    await store.close()


async def test_plans(full: tuple[PostgresStore, sa.URL]) -> None:
    """Each goes by its index: before there are statistics and after, planned once or each time."""
    store, url = full
    plain = {**BUILDING, "plan_cache_mode": "force_generic_plan"}
    custom = {**BUILDING, "plan_cache_mode": "force_custom_plan"}
    wrong = []
    for round_, all_settings in (("young", [READING, WRITING]), ("old", [WRITING, plain, custom])):
        for settings in all_settings:
            connection = await connect(url, settings)
            for name, statement in statements(store).items():
                steps = await plan_of(connection, statement)
                used = {step["Index Name"] for step in steps if "Index Name" in step}
                scanned = any(step["Node Type"] == "Seq Scan" for step in steps)
                if scanned or used != INDEXES[name]:
                    wrong.append((round_, settings, name, used))
            await connection.close()
        await _settle(url, store)

    assert not wrong


async def _settle(url: sa.URL, store: PostgresStore) -> None:
    connection = await connect(url, BUILDING)
    for table in (store.side.contacts.table, *store.side.tables):
        await connection.execute(f"VACUUM (ANALYZE) {table.name}")
    await connection.close()


async def test_keys_are_read_from_the_index_alone(full: tuple[PostgresStore, sa.URL]) -> None:
    """Which records are under a key is said by the index; the table itself is not touched."""
    store, url = full
    await _settle(url, store)
    connection = await connect(url, READING)
    steps = await plan_of(connection, store.statements.candidates(3))
    await connection.close()

    (keys,) = [step for step in steps if step.get("Index Name") == KEYS]
    assert keys["Node Type"] == "Index Only Scan"
    assert not any(step["Node Type"] in ("Sort", "Hash Join", "Materialize") for step in steps)


async def test_a_page_goes_on_by_the_index(full: tuple[PostgresStore, sa.URL]) -> None:
    """Building goes on from where it was without reading what came before."""
    store, url = full
    connection = await connect(url, BUILDING)
    steps = await plan_of(connection, store.statements.page(first=False, size=100))
    await connection.close()

    assert {step.get("Index Name") for step in steps} == {None, CONTACTS}
    assert [step["Node Type"] for step in steps] == ["Limit", "Index Scan"]


async def test_statements_are_planned_once(full: tuple[PostgresStore, sa.URL]) -> None:
    """On the store's own connections no statement is planned again for other keys."""
    store, _ = full
    connection = await store.reading.take(None)
    for number in range(7):
        await connection.fetch(store.statements.candidates(1), ([number],))
    (row,) = await connection.raw.fetch(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
        " WHERE statement LIKE '%LATERAL%' AND statement NOT LIKE '%pg_prepared%'"
    )
    store.reading.give(connection)

    assert tuple(row) == (7, 0)
