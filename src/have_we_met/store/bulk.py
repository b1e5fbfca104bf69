"""Many rows at once on any SQL database: importing, and cutting side tables, on columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from ..errors import InputError, PersonErased, Problem
from ..model import Model
from ..record import Record
from .base import Loaded
from .contacts import Column, Contacts, Row, record_id
from .prepare import Prepared, prepare
from .side import SideTables
from .statements import Statement
from .tombstones import Incoming
from .unit import SqlUnit


class Bulk(Protocol):
    """What a database's connection does in bulk."""

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        ...

    async def fetch_each(self, statement: Statement, rows: Sequence[Row]) -> Sequence[Row]:
        """Run a statement once for each row of parameters, and read what all of them gave."""
        ...

    async def stored(
        self, contacts: Contacts, one: Statement, keys: Sequence[Row]
    ) -> Sequence[Row]:
        """Read the rows of the caller's table with these primary keys; ``one`` reads one."""
        ...

    async def write(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows into these columns of a table, as fast as the database can."""
        ...

    async def ids_given(self, column: sa.Column[Any], highest: int) -> None:
        """Let the database's own next ids come after those that were given by hand."""
        ...

    async def numbers(self, side: SideTables, prepared: Prepared) -> Sequence[int]:
        """Take a number for each record that was prepared; nobody else gets them."""
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
        """Build the indexes that are still missing, inside the last transaction."""
        ...

    async def settle(self, side: SideTables) -> None:
        """Do what makes full side tables quick, outside a transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Indexer:
    """Writes the side tables of many rows of the caller's table."""

    model: Model
    side: SideTables
    bulk: Bulk

    async def index(self, rows: Sequence[Row]) -> None:
        """Write the values and keys of whole rows that have none yet."""
        contacts = self.side.contacts
        ids = list(zip(*map(contacts.key_of_row, rows), strict=True))
        await self.write(ids, prepare(self.model, contacts.by_field(rows), len(rows)))

    async def write(self, ids: Sequence[Column], prepared: Prepared) -> None:
        """Write what was prepared of rows, given the columns of their primary key."""
        numbers = await self.bulk.numbers(self.side, prepared)
        values = zip(numbers, *ids, *prepared.columns, strict=True)
        names = [column.name for column in self.side.values.columns]
        await self.bulk.write(self.side.values, names, values)
        await self.bulk.write(self.side.keys, ("key", "record"), prepared.keys(numbers))


@dataclass(frozen=True, slots=True)
class Loader:
    """Writes a batch of contacts in a unit: the new are inserted in bulk, the changed updated.

    ``columns`` are the batch's values under the names of the table's columns, among them those of
    the primary key.
    """

    unit: SqlUnit
    bulk: Bulk
    columns: Mapping[str, Column]

    async def load(self, prepared: Prepared | None = None) -> Loaded:
        """Write what is new or differs from what is stored.

        Two rows of one id in a batch: the later one is a change of the earlier.
        """
        keys = list(zip(*(self.columns[c.name] for c in self._contacts.key), strict=True))
        latest = await self._stored(keys)
        erased = await self._erased(keys, latest.keys(), prepared)
        if not latest and len(set(keys)) == len(keys):
            await self._insert(range(len(keys)), prepared)
            return Loaded(new=len(keys), erased=erased)
        new, changed, unchanged = [], [], 0
        for place, (key, row) in enumerate(zip(keys, self._rows(), strict=True)):
            known, latest[key] = latest.get(key), row
            if known is None:
                new.append(place)
            elif known == row:
                unchanged += 1
            else:
                changed.append((key, row))
        await self._insert(new, prepared)
        for key, row in changed:
            await self._update(key, row)
        return Loaded(len(new), len(changed), unchanged, erased)

    async def _erased(
        self, keys: Sequence[Row], stored: Collection[Row], prepared: Prepared | None
    ) -> int:
        """Count those who bring back who was erased; raises :class:`PersonErased` for them."""
        unit = self.unit
        if not await unit.tombstones.stand(unit):
            return 0
        columns = _by_field(self._contacts, self.columns)
        prepared = prepared or prepare(unit.model, columns, len(keys))
        before = {key: await unit.indexed(key) for key in stored}
        found = await unit.tombstones.over(
            unit,
            unit.model,
            [
                Incoming(record_id(key), values, there[1] if (there := before.get(key)) else None)
                for key, values in zip(keys, zip(*prepared.columns, strict=True), strict=True)
            ],
        )
        if found and unit.tombstones.then == "refuse":
            raise PersonErased(found)
        return len(found)

    def _rows(self) -> Iterator[Row]:
        return zip(*self.columns.values(), strict=True)

    async def _insert(self, places: Sequence[int], prepared: Prepared | None) -> None:
        if not places:
            return
        columns = self.columns
        if len(places) < len(next(iter(columns.values()))):
            columns = {name: [c[place] for place in places] for name, c in columns.items()}
            prepared = prepared and prepared.only(places)
        contacts = self._contacts
        rows = zip(*columns.values(), strict=True)
        await self.bulk.write(contacts.table, list(columns), rows)
        for column in contacts.key:
            if isinstance(column.type, sa.Integer):
                await self.bulk.ids_given(column, max(columns[column.name]))
        if prepared is None:
            prepared = prepare(self.unit.model, _by_field(contacts, columns), len(places))
        self.unit.touch(prepared.hashes)
        ids = [columns[column.name] for column in contacts.key]
        await Indexer(self.unit.model, self.unit.side, self.bulk).write(ids, prepared)

    async def _update(self, key: Row, row: Row) -> None:
        """Change the columns of the batch; the record's other values are those that are stored."""
        changes = self._contacts.by_name(dict(zip(self.columns, row, strict=True)))
        stored = await self.unit.contact(record_id(key)) or {}
        values = self.unit.model.record(stored | changes).values
        await self.unit.update(record_id(key), Record(changes, values))

    async def _stored(self, keys: Sequence[Row]) -> dict[Row, Row]:
        """The rows that are there already under these ids, in the batch's columns."""
        contacts = self._contacts
        found = await self.bulk.stored(contacts, self.unit.statements.contact, keys)
        order = [contacts.column_names.index(name) for name in self.columns]
        return {contacts.key_of_row(row): tuple([row[p] for p in order]) for row in found}

    @property
    def _contacts(self) -> Contacts:
        return self.unit.side.contacts


def _by_field(contacts: Contacts, columns: Mapping[str, Column]) -> dict[str, Column]:
    return {field: columns[c] for field, c in contacts.fields.items() if c in columns}


async def load(
    unit: SqlUnit, bulk: Bulk, columns: Mapping[str, Column], prepared: Prepared | None
) -> Loaded:
    """Write a batch, given as columns under the names that a contact may use."""
    contacts = unit.side.contacts
    named = contacts.columns(columns, unit.model)
    if prepared is None:  # what was prepared had been fitted before
        named = {name: contacts.fitted_column(name, column) for name, column in named.items()}
    return await Loader(unit, bulk, named).load(prepared)


def as_columns(contacts: Sequence[Mapping[str, object]]) -> dict[str, Column]:
    """Turn contacts, in which all have the same names, into columns.

    Raises :class:`InputError` for a contact with other names: a missing one could mean "unknown"
    or "as it was".

    >>> as_columns([{"id": 1, "email": "a@example.org"}, {"id": 2, "email": None}])
    {'id': [1, 2], 'email': ['a@example.org', None]}
    """
    names = contacts[0].keys()
    for place, contact in enumerate(contacts):
        if contact.keys() != names:
            odd = ", ".join(sorted(contact.keys() ^ names))
            raise InputError([Problem(f"contacts[{place}]", f"differs from the first in: {odd}")])
    return {name: [contact[name] for contact in contacts] for name in names}
