"""Databases to measure on, and on each the floor: what no resolver on it can do without.

The same candidates by the bare driver and the same string measures by bare rapidfuzz; no
normalising, no keys, no decision, no contact.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import sqlalchemy as sa
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist
from tests import servers

from have_we_met import Model, StoreError, StoreOutOfDate, create_store, open_store, synthetic
from have_we_met.store import Store
from have_we_met.store.sqlite import READING, SqliteStore

from .stores import SEED, filled, generator

FUZZY = ("first_name", "last_name", "company")
BUFFERS = {"shared_buffers": "1GB"}


class Backend(Protocol):
    """A kind of database."""

    name: str

    async def filled(self, model: Model, count: int) -> Store:
        """Open a store of so many people, which is made where it is not there yet."""
        ...

    async def floor(self, store: Store) -> Floor:
        """Open what is beneath it."""
        ...


class Floor(Protocol):
    """The candidates and the string measures of a question."""

    async def ask(self, values: Sequence[str | None], hashes: list[int]) -> tuple[float, int]:
        """Seconds, and how many rows there were."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class Measures:
    """The string measures of a lookup on the rows of the candidates."""

    def __init__(self, store: Any) -> None:
        first = 2 + len(store.side.key_columns)
        places = [(name, store.model.position(name)) for name in FUZZY]
        self._fuzzy = [(place, first + place) for _, place in places]

    def run(self, values: Sequence[str | None], rows: Sequence[Any]) -> None:
        """Compare."""
        for mine, theirs in self._fuzzy:
            if rows and values[mine] is not None:
                others = [row[theirs] for row in rows]
                cdist([values[mine]], others, scorer=JaroWinkler.normalized_similarity)


class Sqlite:
    """SQLite files in a folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def filled(self, model: Model, count: int) -> Store:
        """Open a store of so many people."""
        store, _, _ = await filled(self._folder, model, count)
        return store

    async def floor(self, store: Store) -> Floor:
        """Open the same file."""
        assert isinstance(store, SqliteStore)
        return SqliteFloor(store)


class SqliteFloor:
    """On bare :mod:`sqlite3`."""

    def __init__(self, store: SqliteStore) -> None:
        self._raw = sqlite3.connect(store.path, isolation_level=None, cached_statements=256)
        self._raw.execute(f"PRAGMA cache_size=-{READING}")
        self._statements = store.statements
        self._measures = Measures(store)

    async def ask(self, values: Sequence[str | None], hashes: list[int]) -> tuple[float, int]:
        """Seconds, and how many rows there were."""
        began = perf_counter()
        text = self._statements.candidates(len(hashes)).text
        rows = self._raw.execute(text, hashes).fetchall()
        self._measures.run(values, rows)
        return perf_counter() - began, len(rows)

    async def close(self) -> None:
        """Let go of the connection."""
        self._raw.close()


class Postgres:
    """Tables in a PostgreSQL database, one a size."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = url

    async def filled(self, model: Model, count: int) -> Store:
        """Open a store of so many people."""
        table = f"contacts_{count}_{generator()}_{model.index_fingerprint}"
        try:
            store = await open_store(self._url, model, table=table)
            if await store.count() == count:
                return store
            await store.close()
        except (StoreError, StoreOutOfDate):
            pass  # not there, or broken off when it was filled, or of another model
        await self._run(f"DROP TABLE IF EXISTS {table}")
        store = await create_store(self._url, model, table=table)
        for chunk in synthetic.contact_columns(count, seed=SEED):
            await store.load_columns(chunk)
        tables = (store.side.contacts.table, *store.side.tables)  # type: ignore[attr-defined]
        for each in tables:  # as the server does by itself, some time after an import
            await self._run(f"VACUUM (ANALYZE) {each.name}")
        return store

    async def floor(self, store: Store) -> Floor:
        """Open a connection as the store's are."""
        from have_we_met.store.postgres_connect import READING, connect

        return PostgresFloor(store, await connect(sa.make_url(self._url), READING))

    async def _run(self, statement: str) -> None:
        import asyncpg

        connection = await asyncpg.connect(self._url)
        await connection.execute(statement)
        await connection.close()


class PostgresFloor:
    """On one bare connection of asyncpg."""

    def __init__(self, store: Any, raw: Any) -> None:
        self._raw = raw
        self._text = store.statements.candidates(1).text
        self._measures = Measures(store)

    async def ask(self, values: Sequence[str | None], hashes: list[int]) -> tuple[float, int]:
        """Seconds, and how many rows there were."""
        began = perf_counter()
        rows = await self._raw.fetch(self._text, hashes)
        self._measures.run(values, rows)
        return perf_counter() - began, len(rows)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._raw.close()


@contextmanager
def backend(db: str, folder: Path) -> Iterator[Backend]:
    """The database named: ``sqlite``, ``postgres`` (a server started for it), or an address."""
    if db == "sqlite":
        yield Sqlite(folder)
    elif db == "postgres":
        with servers.postgres((folder / "postgres").resolve(), BUFFERS) as server:
            yield Postgres(server.url("postgres"))
    else:
        yield Postgres(db)
