"""Opening, creating and rebuilding a store in a PostgreSQL database."""

from __future__ import annotations

import math
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.schema import CreateTable

from .build import Builder, Ledger
from .contacts import Contacts, adopt, own_table
from .lasting_build import ensure_lasting
from .meta import Meta
from .postgres import PostgresStore
from .postgres_bulk import PostgresWorkbench, spelt
from .postgres_connect import BUILDING, READING, WRITING, connect
from .postgres_connection import PostgresConnection
from .postgres_fit import fit
from .postgres_locks import Locks
from .postgres_pool import Pool
from .postgres_words import FAILURES, in_our_words
from .side import side_tables
from .statements import Statement
from .wanted import Wanted

_IS_THERE = Statement("is_there", "SELECT to_regclass($1)", ("table",))


async def open_store(wanted: Wanted) -> PostgresStore:
    """Open a store that was created before; raises what is wrong with it."""
    async with _workbench(wanted.url, wanted.table) as bench:
        meta = await Ledger(bench, wanted.table).read()
        meta.check(wanted.model, wanted.table)
        contacts = await _adopt(wanted, meta.columns)
        await ensure_lasting(bench, contacts)
    return _opened(wanted, contacts, meta)


async def create_store(wanted: Wanted) -> PostgresStore:
    """Create what is missing, cut the side tables if they are not yet, and open the store."""
    async with _workbench(wanted.url, wanted.table) as bench:
        await bench.take_turn()
        ledger = Ledger(bench, wanted.table)
        await ledger.ensure()
        await _ensure(bench, wanted)
        contacts = await _adopt(wanted, wanted.columns or (await ledger.read()).columns or None)
        await ensure_lasting(bench, contacts)
        await Builder(bench, contacts, wanted.model).build(wanted.progress, anew=False)
        meta = await ledger.read()
    meta.check(wanted.model, wanted.table)
    return _opened(wanted, contacts, meta)


async def rebuild_store(wanted: Wanted) -> PostgresStore:
    """Cut the side tables anew from the caller's table, going on where a killed run stopped."""
    async with _workbench(wanted.url, wanted.table) as bench:
        await bench.take_turn()
        ledger = Ledger(bench, wanted.table)
        contacts = await _adopt(wanted, wanted.columns or (await ledger.read()).columns)
        await ledger.ensure()
        await ensure_lasting(bench, contacts)
        await Builder(bench, contacts, wanted.model).build(wanted.progress)
        meta = await ledger.read()
    return _opened(wanted, contacts, meta)


def _opened(wanted: Wanted, contacts: Contacts, meta: Meta) -> PostgresStore:
    url, options = wanted.url, wanted.options
    replica = url if options.replica_url is None else sa.make_url(options.replica_url)
    return PostgresStore(
        wanted.model,
        side_tables(contacts, wanted.model, meta.generation),
        meta.generation,
        reading=Pool(partial(connect, replica, READING), options),
        writing=Pool(partial(connect, url, WRITING), options),
        tombstones=options.tombstones,
    )


@asynccontextmanager
async def _workbench(url: sa.URL, table: str) -> AsyncIterator[PostgresWorkbench]:
    """A connection for one piece of work."""
    try:
        raw = await connect(url, BUILDING)
    except FAILURES as exc:
        raise in_our_words(exc, "connect") from None
    try:
        yield PostgresWorkbench(PostgresConnection(raw, math.inf), locks=Locks(table))
    finally:
        await raw.close()


async def _ensure(bench: PostgresWorkbench, wanted: Wanted) -> None:
    """Create the table where there is none."""
    schema, name = split(wanted.table)
    if not await _is_there(bench, wanted.table):
        await bench.run(CreateTable(own_table(name, wanted.model, schema)))


async def has_table(url: sa.URL, table: str) -> bool:
    """Whether there is such a table in this database."""
    async with _workbench(url, table) as bench:
        return await _is_there(bench, table)


async def _is_there(bench: PostgresWorkbench, table: str) -> bool:
    schema, name = split(table)
    ((known,),) = await bench.fetch(_IS_THERE, (spelt(sa.table(name, schema=schema)),))
    return known is not None


async def _adopt(wanted: Wanted, columns: Mapping[str, str] | None) -> Contacts:
    """Have SQLAlchemy look at the table."""
    schema, name = split(wanted.table)

    def look(connection: sa.Connection) -> Contacts:
        with warnings.catch_warnings():
            # A column of a type that SQLAlchemy does not know is left alone.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            return adopt(connection, name, wanted.model, fit, columns, schema)

    async with reflecting(wanted.url) as connection:
        return await connection.run_sync(look)


@asynccontextmanager
async def reflecting(url: sa.URL) -> AsyncIterator[AsyncConnection]:
    """A connection of SQLAlchemy's, which knows how to ask a database about its tables."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, url, BUILDING),
        poolclass=sa.NullPool,
    )
    try:
        async with engine.connect() as connection:
            yield connection
    except FAILURES as exc:
        raise in_our_words(exc, "connect") from None
    except sa.exc.DBAPIError as exc:  # the driver's error is two wrappers further down
        raise in_our_words((exc.orig or exc).__cause__ or exc, "connect") from None
    finally:
        await engine.dispose()


def split(table: str) -> tuple[str | None, str]:
    """Part a table's name from its schema's.

    >>> split("crm.people"), split("people")
    (('crm', 'people'), (None, 'people'))
    """
    schema, _, name = table.rpartition(".")
    return schema or None, name
