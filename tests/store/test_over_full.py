"""A key that a third of the table is under costs no more to read than one just over-full."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from have_we_met import Model, create_store, preset
from have_we_met.store import SqlStore
from have_we_met.store.postgres import PostgresStore
from have_we_met.store.sqlite import SqliteStore

MODEL: Model = preset("contacts")
LIMIT = MODEL.key_limit
ROWS, CROWDED = 6_000, 2_000


def hash_of(local: str) -> int:
    """The key that everybody with such a mailbox is under."""
    (place,) = (at for at, key in enumerate(MODEL.all_keys) if str(key) == "local(email)")
    cut = MODEL.cut.one(MODEL.record({"email": f"{local}@elsewhere.example"}).values)
    return next(key for at, key in cut if at == place)


async def filled(url: str) -> SqlStore:
    """A store with a mailbox's name that a third has, and one that is just too frequent."""
    store = await create_store(url, MODEL)
    local = ["crowd"] * CROWDED + ["few"] * (LIMIT + 1)
    local += [f"person{n}" for n in range(len(local), ROWS)]
    emails = [f"{name}@host{n}.example" for n, name in enumerate(local)]
    await store.load_columns({"id": [f"id{n}" for n in range(ROWS)], "email": emails})
    return store


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await filled(f"sqlite:///{tmp_path}/contacts.db")
    assert isinstance(store, SqliteStore)
    yield store
    await store.close()


async def test_sqlite_stops_at_the_limit(sqlite: SqliteStore) -> None:
    """It takes as many steps of SQLite's machine for two thousand under a key as for a few."""
    statement, raw = sqlite.statements.candidates(1), sqlite.reader.raw
    steps = {}
    for local in ("few", "crowd"):
        taken = 0

        def step() -> int:
            nonlocal taken
            taken += 1
            return 0

        raw.set_progress_handler(step, 1)
        rows = raw.execute(statement.text, (hash_of(local),)).fetchall()
        raw.set_progress_handler(None, 0)
        assert len(rows) == LIMIT + 1
        steps[local] = taken

    assert steps["few"] > 100
    assert steps["crowd"] <= steps["few"] + 10


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def test_postgres_stops_at_the_limit(database: str) -> None:
    """PostgreSQL reads no more rows and pages for two thousand under a key than for a few."""
    store = await filled(database)
    assert isinstance(store, PostgresStore)
    connection = await store.reading.take(None)
    text = store.statements.candidates(1).text
    pages, read = {}, {}
    for local in ("few", "crowd", "few", "crowd"):  # the second time nothing is new to the cache
        told = await connection.raw.fetchval(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {text}", [hash_of(local)]
        )
        plan = json.loads(told)[0]["Plan"]
        pages[local] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        read[local] = max(step["Actual Rows"] * step["Actual Loops"] for step in nodes(plan))
    store.reading.give(connection)
    await store.close()

    assert read == {"few": LIMIT + 1, "crowd": LIMIT + 1}
    assert pages["crowd"] <= pages["few"] + 10
