"""Many rows at once on SQLite: importing, and cutting the side tables from the caller's table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from ..model import Model
from .base import Loaded, Progress
from .contacts import Contacts, Row
from .meta import Meta
from .side import META, SideTables, side_tables
from .statements import Statement, Statements

PAGE = 20_000
"""Rows a transaction when the side tables are cut: what a crash can cost, and memory's bound."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """Cuts side tables for many rows of the caller's table, on columns."""

    model: Model
    side: SideTables
    statements: Statements
    raw: sqlite3.Connection

    def index(self, rows: Sequence[Row]) -> None:
        """Write the values and keys of rows that have none yet."""
        contacts = self.side.contacts
        place = {name: index for index, name in enumerate(contacts.column_names)}
        by_column = list(zip(*rows, strict=True))
        columns = self.model.columns(
            {field: by_column[place[column]] for field, column in contacts.fields.items()},
            len(rows),
        )
        ids = [by_column[place[c.name]] for c in contacts.key]
        (first,) = self.raw.execute(self.statements.last_number.text).fetchone()
        numbers = range(first + 1, first + 1 + len(rows))
        self.raw.executemany(
            self.statements.bulk_values.text, zip(numbers, *ids, *columns, strict=True)
        )
        positions, _, hashes = self.model.cut.columns(columns)
        # In the order of the tree: neighbours go to one page.
        held = sorted(zip(hashes, (first + 1 + p for p in positions), strict=True))
        self.raw.executemany(self.statements.insert_key.text, held)


@contextmanager
def transaction(raw: sqlite3.Connection) -> Iterator[None]:
    """Everything in it happens, or nothing."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        raw.execute("COMMIT")
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


class Builder:
    """Cuts the next generation of side tables, page by page, each page in its own transaction.

    Killed at any moment it leaves a cursor, and goes on from there when it is run again.
    """

    def __init__(
        self, raw: sqlite3.Connection, dialect: sa.Dialect, contacts: Contacts, model: Model
    ) -> None:
        self._raw = raw
        self._dialect = dialect
        self._contacts = contacts
        self._model = model
        self._entity = contacts.table.name

    def build(self, progress: Progress = lambda done, total: None) -> None:
        """Build the next generation to its end and put it into use."""
        meta = self._start(read_meta(self._raw, self._entity))
        side = side_tables(self._contacts, self._model, meta.generation + 1)
        statements = Statements(side, self._dialect, key_limit=self._model.key_limit)
        indexer = Indexer(self._model, side, statements, self._raw)
        total = self._count(self._contacts.table)
        done = self._count(side.values)
        while True:
            with transaction(self._raw):
                rows = self._page(statements, meta)
                if not rows:
                    self._finish(meta)
                    return
                indexer.index(rows)
                meta = replace(meta, cursor=self._contacts.key_of_row(rows[-1]))
                write_meta(self._raw, self._entity, meta)
            done += len(rows)
            progress(done, max(total, done))

    def _start(self, meta: Meta) -> Meta:
        """Go on with a build that was broken off, or begin a new one."""
        same = meta.building == self._model.index_fingerprint
        if same and dict(meta.columns) == dict(self._contacts.fields):
            return meta
        side = side_tables(self._contacts, self._model, meta.generation + 1)
        begun = replace(
            meta,
            building=self._model.index_fingerprint,
            columns=dict(self._contacts.fields),
            cursor=(),
        )
        with transaction(self._raw):
            for table in (side.values, side.keys):
                self._ddl(DropTable(table, if_exists=True))
                self._ddl(CreateTable(table))
            write_meta(self._raw, self._entity, begun)
        return begun

    def _page(self, statements: Statements, meta: Meta) -> list[Row]:
        page = statements.page(first=not meta.cursor, size=PAGE)
        named = {f"key_{c.name}": v for c, v in zip(self._contacts.key, meta.cursor, strict=False)}
        return self._raw.execute(page.text, [named[n] for n in page.parameters]).fetchall()

    def _finish(self, meta: Meta) -> None:
        """Put the new generation into use and drop the old one, inside the last transaction."""
        now = Meta(
            generation=meta.generation + 1,
            index=self._model.index_fingerprint,
            columns=meta.columns,
        )
        write_meta(self._raw, self._entity, now)
        old = side_tables(self._contacts, self._model, meta.generation)
        for table in (old.values, old.keys):
            self._ddl(DropTable(table, if_exists=True))

    def _count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table).compile(dialect=self._dialect)
        (count,) = self._raw.execute(str(query)).fetchone()
        return int(count)

    def _ddl(self, statement: sa.schema.ExecutableDDLElement) -> None:
        self._raw.execute(str(statement.compile(dialect=self._dialect)))


def read_meta(raw: sqlite3.Connection, entity: str) -> Meta:
    """Read what is written about a table's side tables."""
    try:
        rows = raw.execute("SELECT name, value FROM hwm_meta WHERE entity = ?", (entity,))
    except sqlite3.OperationalError:  # no such table: nothing was written yet
        return Meta()
    return Meta.from_rows(dict(rows.fetchall()))


def write_meta(raw: sqlite3.Connection, entity: str, meta: Meta) -> None:
    """Write what is known about a table's side tables."""
    raw.executemany(
        "INSERT OR REPLACE INTO hwm_meta (entity, name, value) VALUES (?, ?, ?)",
        [(entity, name, value) for name, value in meta.rows().items()],
    )


def ensure_meta(raw: sqlite3.Connection, dialect: sa.Dialect) -> None:
    """Create the table of meta data where it is missing."""
    raw.execute(str(CreateTable(META, if_not_exists=True).compile(dialect=dialect)))


@dataclass(frozen=True, slots=True)
class Loader:
    """Writes a batch of contacts: the new are inserted on columns, the changed are named.

    ``columns`` are the batch's columns of the caller's table, among them the primary key's.
    """

    indexer: Indexer
    columns: tuple[str, ...]

    def load(self, rows: Iterable[Row]) -> tuple[Loaded, list[Mapping[str, object]]]:
        """Insert what is new; give back the counts and the rows that differ from what is stored.

        Two rows of one id in a batch: the later one is a change of the earlier.
        """
        new: dict[Row, Row] = {}
        changed: list[Mapping[str, object]] = []
        unchanged = 0
        for row in rows:
            key = self._key(row)
            stored = new.get(key) or self._stored(key)
            if stored is None:
                new[key] = row
            elif stored == row:
                unchanged += 1
            else:
                changed.append(dict(zip(self.columns, row, strict=True)))
        self._insert(list(new.values()))
        return Loaded(len(new), len(changed), unchanged), changed

    def _insert(self, rows: list[Row]) -> None:
        if not rows:
            return
        indexer, contacts = self.indexer, self.indexer.side.contacts
        indexer.raw.executemany(indexer.statements.bulk_contact(self.columns).text, rows)
        place = {name: index for index, name in enumerate(self.columns)}
        order = [place.get(name) for name in contacts.column_names]
        indexer.index([tuple(None if p is None else row[p] for p in order) for row in rows])

    def _key(self, row: Row) -> Row:
        return tuple(row[self.columns.index(c.name)] for c in self.indexer.side.contacts.key)

    def _stored(self, key: Row) -> Row | None:
        statement: Statement = self.indexer.statements.contact
        row = self.indexer.raw.execute(statement.text, key).fetchone()
        if row is None:
            return None
        names = self.indexer.side.contacts.column_names
        return tuple(row[names.index(name)] for name in self.columns)
