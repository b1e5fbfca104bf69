"""Many rows at once on any SQL database: importing, and cutting side tables, on columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from ..model import Model
from .base import Loaded
from .contacts import Contacts, Row, record_id
from .side import SideTables
from .statements import Statement
from .unit import SqlUnit


class Bulk(Protocol):
    """What a database's connection does in bulk."""

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        ...

    async def fetch_each(self, statement: Statement, rows: Sequence[Row]) -> Sequence[Row]:
        """Run a statement once for each row of parameters, and read what all of them gave."""
        ...

    async def write(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows into these columns of a table, as fast as the database can."""
        ...

    async def numbers(self, side: SideTables, count: int) -> Sequence[int]:
        """Take the next so many record numbers, ascending; nobody else gets them."""
        ...


class Workbench(Bulk, Protocol):
    """A connection that may change the schema, for as long as side tables are built on it."""

    @property
    def dialect(self) -> sa.Dialect:
        """The database's words."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """Everything in it happens, or nothing; no unit writes meanwhile."""
        ...

    async def run(self, statement: sa.schema.ExecutableDDLElement) -> None:
        """Change the schema."""
        ...

    async def create(self, side: SideTables) -> None:
        """Create empty side tables to write to in bulk."""
        ...

    async def complete(self, side: SideTables) -> None:
        """Give what is still missing of indexes and statistics to side tables that are full."""
        ...


@dataclass(frozen=True, slots=True)
class Indexer:
    """Cuts side tables for many rows of the caller's table."""

    model: Model
    side: SideTables
    bulk: Bulk

    async def index(self, rows: Sequence[Row]) -> None:
        """Write the values and keys of rows that have none yet."""
        contacts = self.side.contacts
        place = {name: index for index, name in enumerate(contacts.column_names)}
        by_column = list(zip(*rows, strict=True))
        columns = self.model.columns(
            {field: by_column[place[column]] for field, column in contacts.fields.items()},
            len(rows),
        )
        ids = [by_column[place[c.name]] for c in contacts.key]
        numbers = await self.bulk.numbers(self.side, len(rows))
        names = [c.name for c in self.side.values.columns]
        await self.bulk.write(self.side.values, names, zip(numbers, *ids, *columns, strict=True))
        positions, _, hashes = self.model.cut.columns(columns)
        # In the order of the tree: neighbours go to one page.
        held = sorted(zip(hashes, (numbers[p] for p in positions), strict=True))
        await self.bulk.write(self.side.keys, ("key", "record"), held)


@dataclass(frozen=True, slots=True)
class Loader:
    """Writes a batch of contacts in a unit: the new are inserted in bulk, the changed updated.

    ``columns`` are the batch's columns of the caller's table, among them the primary key's.
    """

    unit: SqlUnit
    bulk: Bulk
    columns: tuple[str, ...]

    async def load(self, rows: Iterable[Mapping[str, object]]) -> Loaded:
        """Write what is new or differs from what is stored.

        Two rows of one id in a batch: the later one is a change of the earlier.
        """
        fitted = [tuple(self._contacts.fitted(row).values()) for row in rows]
        latest = await self._stored(fitted)
        new, changed, unchanged = [], [], 0
        for row in fitted:
            key = self._key(row)
            known, latest[key] = latest.get(key), row
            if known is None:
                new.append(row)
            elif known == row:
                unchanged += 1
            else:
                changed.append(row)
        await self._insert(new)
        for row in changed:
            await self._update(row)
        return Loaded(len(new), len(changed), unchanged)

    async def _insert(self, rows: list[Row]) -> None:
        if not rows:
            return
        contacts = self._contacts
        await self.bulk.write(contacts.table, self.columns, rows)
        place = {name: index for index, name in enumerate(self.columns)}
        order = [place.get(name) for name in contacts.column_names]
        whole = [tuple(None if p is None else row[p] for p in order) for row in rows]
        await Indexer(self.unit.model, self.unit.side, self.bulk).index(whole)

    async def _update(self, row: Row) -> None:
        raw = self._contacts.by_name(dict(zip(self.columns, row, strict=True)))
        await self.unit.update(record_id(self._key(row)), self.unit.model.record(raw))

    async def _stored(self, rows: Sequence[Row]) -> dict[Row, Row]:
        """The rows that are there already under these rows' ids, in the batch's columns."""
        contacts = self._contacts
        contact: Statement = self.unit.statements.contact
        found = await self.bulk.fetch_each(contact, [self._key(row) for row in rows])
        order = [contacts.column_names.index(name) for name in self.columns]
        return {contacts.key_of_row(row): tuple(row[p] for p in order) for row in found}

    def _key(self, row: Row) -> Row:
        return tuple(row[self.columns.index(c.name)] for c in self._contacts.key)

    @property
    def _contacts(self) -> Contacts:
        return self.unit.side.contacts


async def load(unit: SqlUnit, bulk: Bulk, contacts: Sequence[Mapping[str, object]]) -> Loaded:
    """Write a batch, in which all have the same names, and their ids."""
    rows = [unit.side.contacts.columns(contact, unit.model) for contact in contacts]
    return await Loader(unit, bulk, tuple(rows[0])).load(rows)
