"""A store as a sync sees it: pages are read, compared, mended, and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial
from time import monotonic
from typing import Protocol

from ..errors import StoreError
from ..suggest import did_you_mean
from .base import Store
from .bulk import Bulk
from .changes import Changes
from .contacts import Contacts, Row
from .drift import Drift
from .erasing import Purged
from .mend import Mended, Mender
from .retry import in_one_unit
from .statements import Statement, Statements
from .sync_state import SyncState, read_state, write_state
from .sync_statements import SyncStatements
from .unit import SqlUnit

BUSY_SECONDS = 30.0
"""How long a row that another transaction holds is waited for."""


class SqlStore(Store, Protocol):
    """A store in a SQL database: it can also compare the caller's table with the side tables."""

    generation: int

    @property
    def statements(self) -> Statements:
        """Every statement on the tables."""
        ...

    @property
    def changes(self) -> Changes | None:
        """Where the database itself notes what is written, if it can."""
        ...

    def survey(self, deadline: float | None) -> AbstractAsyncContextManager[SqlUnit]:
        """Open a unit that only reads, and never from a replica."""
        ...

    def begin(self, deadline: float | None) -> AbstractAsyncContextManager[SqlUnit]:
        """Open a unit that writes."""
        ...

    def erasing(self) -> AbstractContextManager[None]:
        """Overwrite what is deleted meanwhile, where the database can, and heed foreign keys."""
        ...

    async def purge(self, *, vacuum: bool = False) -> Purged:
        """Leave nothing of what was deleted in the database's files; says how far that went."""
        ...

    def bulk(self, unit: SqlUnit) -> Bulk:
        """Write many rows at once in this unit."""
        ...


class Syncing:
    """One store that is being synchronised, ``size`` rows at a time."""

    def __init__(self, store: SqlStore, size: int) -> None:
        self.store = store
        self.size = size
        self.statements = SyncStatements(store.side, store.statements.dialect)

    @property
    def contacts(self) -> Contacts:
        """The caller's table."""
        return self.store.side.contacts

    async def state(self) -> SyncState:
        """Read what earlier runs remembered."""
        async with self.store.survey(None) as unit:
            return await read_state(unit, self.statements)

    async def remember(self, before: SyncState, state: SyncState) -> SyncState:
        """Write what is new in it, in a unit of its own."""
        return await self.settle((), before, lambda _: state)

    async def read(self, statement: Statement, named: Mapping[str, object]) -> Sequence[Row]:
        """Read a page, after a turn for others: on SQLite nothing here waits for anything."""
        await asyncio.sleep(0)
        async with self.store.survey(None) as unit:
            return await unit.connection.fetch(statement, [named[n] for n in statement.parameters])

    async def count(self) -> int:
        """Count the rows of the caller's table."""
        statement = self.store.statements.count_of(self.contacts.table)
        return int((await self.read(statement, {}))[0][0])

    def column(self, name: str) -> str:
        """Give the column of this name, or of this field; raises :class:`StoreError`."""
        column = self.contacts.fields.get(name, name)
        if column not in self.contacts.column_names:
            hint = did_you_mean(name, self.contacts.column_names)
            raise StoreError(f"the table {self.contacts.name} has no column {name!r}{hint}")
        return column

    def wrong(self, rows: Sequence[Row]) -> list[Row]:
        """Give the keys of the rows of which something else is indexed, or nothing.

        A row comes as the table's columns, its number in the side tables, and its values there.
        """
        if not rows:
            return []
        width = len(self.contacts.column_names)
        fields = self.contacts.by_field([row[:width] for row in rows])
        values = zip(*self.store.model.columns(fields, len(rows)), strict=True)
        return [
            self.contacts.key_of_row(row)
            for row, expected in zip(rows, values, strict=True)
            if row[width] is None or tuple(row[width + 1 :]) != expected
        ]

    async def settle(
        self, keys: Iterable[Row], before: SyncState, then: Callable[[Drift], SyncState]
    ) -> SyncState:
        """Mend these records and remember what follows, in one unit.

        Rows that somebody else is writing are waited for after that, each in a unit of its own, and
        only then is anything remembered. Raises :class:`StoreBusy` where one takes too long.
        """
        asked = list(keys)

        async def work(unit: SqlUnit) -> Mended:
            mended = await self.mender(unit).mend(asked) if asked else Mended(Drift())
            if not mended.busy:
                await write_state(unit, self.statements, before, then(mended.drift))
            return mended

        mended = await in_one_unit(self.store.begin, None, work)
        if not mended.busy:
            return then(mended.drift)
        drift = mended.drift
        for key in mended.busy:
            one = partial(self._one, key)
            drift += await in_one_unit(self.store.begin, monotonic() + BUSY_SECONDS, one)
        return await self.remember(before, then(drift))

    async def _one(self, key: Row, unit: SqlUnit) -> Drift:
        return await self.mender(unit).mend_one(key)

    def mender(self, unit: SqlUnit) -> Mender:
        """What mends records in a unit."""
        return Mender(unit, self.store.bulk(unit), self.statements)
