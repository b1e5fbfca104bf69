"""Opening, creating and rebuilding a store in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from ..errors import StoreError
from ..model import Model
from .base import Progress
from .contacts import Contacts, adopt, own_table
from .side import side_tables
from .sqlite import DIALECT, MEMORY, SqliteStore
from .sqlite_bulk import Builder, ensure_meta, read_meta, transaction


def open_sqlite(url: sa.URL, model: Model, table: str) -> SqliteStore:
    """Open a store that was created before; raises what is wrong with it."""
    path = url.database or MEMORY
    if path != MEMORY and not Path(path).is_file():
        raise StoreError(f"there is no file {path}; have-we-met init creates one")
    with _raw(path) as raw:
        meta = read_meta(raw, table)
        meta.check(model, table)
        contacts = _adopt(raw, table, model, meta.columns)
    side = side_tables(contacts, model, meta.generation)
    return SqliteStore(path, model, side, meta.generation)


def create_sqlite(
    url: sa.URL,
    model: Model,
    table: str,
    columns: Mapping[str, str] | None,
    progress: Progress,
) -> SqliteStore:
    """Create what is missing, cut the side tables if they are not yet, and open the store."""
    path = url.database or MEMORY
    if path == MEMORY:
        return _create_in_memory(model, table)
    with _raw(path) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        contacts = _ensure(raw, table, model, columns)
        meta = read_meta(raw, table)
        if meta.generation == 0 or meta.building:
            Builder(raw, DIALECT, contacts, model).build(progress)
    return open_sqlite(url, model, table)


def rebuild_sqlite(
    url: sa.URL,
    model: Model,
    table: str,
    columns: Mapping[str, str] | None,
    progress: Progress,
) -> SqliteStore:
    """Cut the side tables anew from the caller's table, going on where a killed run stopped."""
    with _raw(url.database or MEMORY) as raw:
        given = columns or read_meta(raw, table).columns
        contacts = _adopt(raw, table, model, given)
        ensure_meta(raw, DIALECT)
        Builder(raw, DIALECT, contacts, model).build(progress)
    return open_sqlite(url, model, table)


def _create_in_memory(model: Model, table: str) -> SqliteStore:
    """A database that lives as long as its one connection, so the store must own that first."""
    store = SqliteStore(MEMORY, model, side_tables(own_table(table, model), model, 1), 1)
    raw = store.writer.raw
    contacts = _ensure(raw, table, model, None)
    Builder(raw, DIALECT, contacts, model).build()
    return store


def _ensure(
    raw: sqlite3.Connection, table: str, model: Model, columns: Mapping[str, str] | None
) -> Contacts:
    """Adopt the table, or create it where there is none; in one transaction."""
    with transaction(raw):
        ensure_meta(raw, DIALECT)
        known = raw.execute(
            "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", (table,)
        )
        if known.fetchone() is None:
            own = own_table(table, model).table
            raw.execute(str(CreateTable(own).compile(dialect=DIALECT)))
    return _adopt(raw, table, model, columns or read_meta(raw, table).columns or None)


def _adopt(
    raw: sqlite3.Connection, table: str, model: Model, columns: Mapping[str, str] | None
) -> Contacts:
    """Have SQLAlchemy look at the table through the connection that we have."""
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.StaticPool)
    return adopt(engine, table, model, columns)


@contextmanager
def _raw(path: str) -> Iterator[sqlite3.Connection]:
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
