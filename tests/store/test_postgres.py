from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from have_we_met import create_store
from have_we_met.store import Store
from have_we_met.store.postgres import PostgresStore

from .conformance import MODEL, Index, StoreConformance


async def read_index(store: Store) -> tuple[set[object], set[object]]:
    """Both side tables, with primary keys in place of record numbers."""
    assert isinstance(store, PostgresStore)
    side = store.side
    connection = await store.writing.take(None)
    key = ", ".join(f"v.{column.name}" for column in side.key_columns)
    values = await connection.raw.fetch(f"SELECT * FROM {side.values.fullname}")
    keys = await connection.raw.fetch(
        f"SELECT k.key, {key} FROM {side.keys.fullname} k"
        f" JOIN {side.values.fullname} v USING (record)"
    )
    store.writing.give(connection)
    return {tuple(row)[1:] for row in values}, {tuple(row) for row in keys}


class TestPostgres(StoreConformance):
    @pytest.fixture
    async def store(self, database: str) -> AsyncIterator[Store]:
        store = await create_store(database, MODEL)
        yield store
        await store.close()

    @pytest.fixture
    def index(self) -> Index:
        return read_index
