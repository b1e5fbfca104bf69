"""Opening, creating and rebuilding a store in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from ..errors import StoreError
from .build import Builder, Ledger
from .contacts import Contacts, adopt, own_table
from .lasting_build import ensure_lasting
from .side import side_tables
from .sqlite import MEMORY, SqliteStore
from .sqlite_words import fit
from .sqlite_workbench import SqliteWorkbench
from .wanted import Wanted


async def open_store(wanted: Wanted) -> SqliteStore:
    """Open a store that was created before; raises what is wrong with it."""
    path, model = wanted.url.database or MEMORY, wanted.model
    must_be_there(path)
    with raw_connection(path) as raw:
        bench = SqliteWorkbench(raw)
        meta = await Ledger(bench, wanted.table).read()
        meta.check(model, wanted.table)
        contacts = _adopt(bench, wanted, meta.columns)
        await ensure_lasting(bench, contacts)
    side = side_tables(contacts, model, meta.generation)
    options = wanted.options
    return SqliteStore(path, model, side, meta.generation, options.slow, options.tombstones)


async def create_store(wanted: Wanted) -> SqliteStore:
    """Create what is missing, cut the side tables if they are not yet, and open the store."""
    path = wanted.url.database or MEMORY
    if path == MEMORY:
        return await _create_in_memory(wanted)
    with raw_connection(path) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        bench = SqliteWorkbench(raw)
        contacts = await _ensure(bench, wanted)
        await ensure_lasting(bench, contacts)
        await Builder(bench, contacts, wanted.model).build(wanted.progress, anew=False)
    return await open_store(wanted)


async def rebuild_store(wanted: Wanted) -> SqliteStore:
    """Cut the side tables anew from the caller's table, going on where a killed run stopped."""
    with raw_connection(wanted.url.database or MEMORY) as raw:
        bench = SqliteWorkbench(raw)
        ledger = Ledger(bench, wanted.table)
        contacts = _adopt(bench, wanted, wanted.columns or (await ledger.read()).columns)
        await ledger.ensure()
        await ensure_lasting(bench, contacts)
        await Builder(bench, contacts, wanted.model).build(wanted.progress)
    return await open_store(wanted)


async def _create_in_memory(wanted: Wanted) -> SqliteStore:
    """A database that lives as long as its one connection, so the store must own that first."""
    model = wanted.model
    own = own_table(wanted.table, model)
    contacts = Contacts(own, {field: field for field in model.field_names}, fit)
    options, side = wanted.options, side_tables(contacts, model, 1)
    store = SqliteStore(MEMORY, model, side, 1, options.slow, options.tombstones)
    bench = SqliteWorkbench(store.writer.raw)
    await Builder(bench, await _ensure(bench, replace(wanted, columns=None)), model).build()
    await ensure_lasting(bench, contacts)
    return store


async def _ensure(bench: SqliteWorkbench, wanted: Wanted) -> Contacts:
    """Adopt the table, or create it where there is none; in one transaction."""
    ledger = Ledger(bench, wanted.table)
    async with bench.transaction():
        await ledger.ensure()
        if not _is_there(bench.raw, wanted.table):
            await bench.run(CreateTable(own_table(wanted.table, wanted.model)))
    return _adopt(bench, wanted, wanted.columns or (await ledger.read()).columns or None)


async def has_table(url: sa.URL, table: str) -> bool:
    """Whether there is such a table in this database."""
    path = url.database or MEMORY
    if not _has_file(path):
        return False
    with raw_connection(path) as raw:
        return _is_there(raw, table)


def _is_there(raw: sqlite3.Connection, table: str) -> bool:
    found = raw.execute(
        "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", (table,)
    )
    return found.fetchone() is not None


def _adopt(bench: SqliteWorkbench, wanted: Wanted, columns: Mapping[str, str] | None) -> Contacts:
    """Have SQLAlchemy look at the table through the connection that we have."""
    engine = sa.create_engine("sqlite://", creator=lambda: bench.raw, poolclass=sa.StaticPool)
    return adopt(engine, wanted.table, wanted.model, fit, columns)


def must_be_there(path: str) -> None:
    """Raise :class:`StoreError` where there is no such file."""
    if path != MEMORY and not _has_file(path):
        raise StoreError(f"there is no file {path}; have-we-met init creates one")


def _has_file(path: str) -> bool:
    return path != MEMORY and Path(path).is_file()


@contextmanager
def raw_connection(path: str) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of work, in autocommit, patient with other writers."""
    try:
        raw = sqlite3.connect(path, timeout=30, isolation_level=None, cached_statements=256)
    except sqlite3.Error as exc:
        raise StoreError(f"cannot open {path}: {exc}") from exc
    with closing(raw):
        try:
            raw.execute("PRAGMA synchronous=NORMAL")
            yield raw
        except sqlite3.DatabaseError as exc:
            raise StoreError(f"{path}: {exc}") from exc
