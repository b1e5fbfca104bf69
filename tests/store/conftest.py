"""PostgreSQL stores, each in a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from have_we_met import create_store, open_store
from have_we_met.store.lasting import lasting_tables
from have_we_met.store.postgres import PostgresStore

from ..servers import Postgres
from .conformance import MODEL


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> Iterator[str]:
    """The name of a database with an empty store in it, to make copies of."""

    async def create(url: str) -> None:
        await (await create_store(url, MODEL)).close()

    with postgres.database() as url:
        asyncio.run(create(url))
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def stored(postgres: Postgres, template: str) -> Iterator[str]:
    """The address of a database with an empty store in it."""
    with postgres.database(template) as url:
        yield url


@pytest.fixture(scope="session")
def shared(postgres: Postgres, template: str) -> Iterator[str]:
    with postgres.database(template) as url:
        yield url


@pytest.fixture
async def postgres_store(shared: str) -> AsyncIterator[PostgresStore]:
    """An empty store, in a database that tests share and leave as they found it."""
    store = await open_store(shared, MODEL)
    assert isinstance(store, PostgresStore)
    yield store
    contacts = store.side.contacts
    tables = (contacts.table, *store.side.tables, *lasting_tables(contacts))
    connection = await store.writing.take(None)
    await connection.raw.execute(f"TRUNCATE {', '.join(table.name for table in tables)}")
    store.writing.give(connection)
    await store.close()
