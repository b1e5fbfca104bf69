"""The store in earnest: PostgreSQL, for any number of processes on any number of machines.

Statements run on the driver's own connections. A lookup runs outside a transaction: one statement
for the candidates, one for each contact that is shown. A unit that writes locks its record's keys,
so that two sign-ups of one person come one after the other and all others go side by side; and it
shares a lock on the table, which an import or a rebuild takes for itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
from functools import partial

from ..errors import StoreBusy, StoreOutOfDate
from ..model import Model
from ..record import RecordId
from .base import Loaded, PoolUse
from .bulk import as_columns, load
from .changes import Changes
from .contacts import Column
from .drift import Lag
from .erasing import Purged
from .lag import lag_of
from .meta import Meta
from .over_full import OverFull
from .postgres_bulk import PostgresBulk
from .postgres_changes import PostgresChanges
from .postgres_connection import PostgresConnection
from .postgres_locks import Locks
from .postgres_pool import NoneFree, Pool
from .postgres_statements import PostgresStatements
from .postgres_words import DIALECT
from .prepare import Prepared
from .retry import in_one_unit
from .rows import Rows
from .side import SideTables
from .stamps import Buckets, Standing, are_kept, keep_stamps, read_standing, write_stamps
from .tombstones import Tombstones
from .unit import SqlUnit

_STAMPED = "SELECT 2"
_CURRENT = ("SELECT 1", _STAMPED)
"""What the server says of :meth:`PostgresStatements.is_current`."""


@dataclass(slots=True)
class _Reading:
    """A unit that reads. A class, since a generator's context costs a lookup 3 us more."""

    store: PostgresStore
    pool: Pool
    deadline: float | None
    connection: PostgresConnection = field(init=False)

    async def __aenter__(self) -> SqlUnit:
        self.connection = await self.pool.take(self.deadline)
        return self.store.unit(self.connection)

    async def __aexit__(self, *exc: object) -> None:
        self.pool.give(self.connection)


class PostgresStore:
    """A PostgreSQL database with the caller's table and the side tables.

    Open one with :func:`have_we_met.open_store`, on the event loop that it will be used on.
    ``reading`` may lead to a replica; ``writing`` never does.
    """

    def __init__(
        self,
        model: Model,
        side: SideTables,
        generation: int,
        *,
        reading: Pool,
        writing: Pool,
        tombstones: Tombstones = Tombstones(),  # noqa: B008  # a frozen value
    ) -> None:
        self.model = model
        self.side = side
        self.generation = generation
        self.tombstones = tombstones
        self.reading = reading
        self.writing = writing
        self.statements = PostgresStatements(side, DIALECT, key_limit=model.key_limit)
        self._is_current = self.statements.is_current(generation)
        self.rows = Rows(self.version)
        self._locks = Locks(side.contacts.name)
        self._over_full = OverFull()
        self.changes: Changes | None = PostgresChanges(side, writing)

    def unit(self, connection: PostgresConnection) -> SqlUnit:
        """Speak to the tables over a connection."""
        return SqlUnit(
            self.model,
            self.side,
            self.statements,
            connection,
            self._over_full,
            tombstones=self.tombstones,
        )

    def read(self, deadline: float | None) -> _Reading:
        """Open a unit that only reads."""
        return _Reading(self, self.reading, deadline)

    def survey(self, deadline: float | None) -> _Reading:
        """Open a unit that only reads, and never from a replica."""
        return _Reading(self, self.writing, deadline)

    def bulk(self, unit: SqlUnit) -> PostgresBulk:
        """Write many rows at once in this unit."""
        assert isinstance(unit.connection, PostgresConnection)
        return PostgresBulk(unit.connection)

    def begin(self, deadline: float | None) -> AbstractAsyncContextManager[SqlUnit]:
        """Open a unit that writes beside others, and waits for those that hold the same keys."""
        return self._begin(self._locks.beside_others, deadline)

    @asynccontextmanager
    async def _begin(self, lock: str, deadline: float | None) -> AsyncIterator[SqlUnit]:
        try:
            connection = await self.writing.take(deadline)
        except NoneFree as exc:
            raise StoreBusy(str(exc)) from None
        try:
            connection.mark = self._locks.mark
            # The lock and the look at the meta data are two statements of one message: the second
            # sees what whoever held the lock before wrote.
            said = await connection.begin(lock, self._is_current)
            if said not in _CURRENT:
                await self._say_why(connection)
            unit = self.unit(connection)
            yield unit
            if said == _STAMPED:
                await write_stamps(unit)
            await connection.commit()
        finally:
            self.writing.give(connection)  # and with it what was not committed

    async def _say_why(self, connection: PostgresConnection) -> None:
        written = await connection.fetch(self.statements.meta, [self.side.contacts.name])
        meta = Meta.from_rows(dict(written))
        if meta.building:
            raise StoreBusy("the side tables are being rebuilt; run have-we-met reindex to the end")
        raise StoreOutOfDate("the side tables were rebuilt since this store was opened; reopen it")

    async def keep_stamps(self) -> None:
        """From now on, have every write change the stamps of its keys."""
        async with self.survey(None) as unit:
            if await are_kept(unit):
                return
        # Alone: a unit that began before this one and ends after it would stamp nothing.
        await in_one_unit(partial(self._begin, self._locks.alone), None, keep_stamps)

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        """Read the stamps of these buckets, and rows of the caller's table."""
        async with self.read(deadline) as unit:
            return await read_standing(unit, buckets, ids)

    def version(self) -> object | None:
        """Nothing: PostgreSQL has to be asked."""
        return None

    async def load(self, contacts: Sequence[Mapping[str, object]]) -> Loaded:
        """Write a batch in one unit, in which nobody else writes."""
        return await self.load_columns(as_columns(contacts)) if contacts else Loaded()

    async def load_columns(
        self, columns: Mapping[str, Column], prepared: Prepared | None = None
    ) -> Loaded:
        """Write a batch that is given as columns."""

        async def work(unit: SqlUnit) -> Loaded:
            return await load(unit, self.bulk(unit), columns, prepared)

        return await in_one_unit(partial(self._begin, self._locks.alone), None, work)

    def erasing(self) -> AbstractContextManager[None]:
        """Nothing to do: PostgreSQL heeds foreign keys, and overwrites nothing by itself."""
        return nullcontext()

    async def purge(self, *, vacuum: bool = False) -> Purged:
        """Leave that to the database's own vacuum, and to whoever keeps its log and backups."""
        return Purged.DATABASE

    async def count(self) -> int:
        """Count the records."""
        connection = await self.writing.take(None)
        try:
            rows = await connection.fetch(self.statements.count, ())
        finally:
            self.writing.give(connection)
        return int(rows[0][0])

    async def lag(self) -> Lag:
        """Say how far the side tables may be behind writes made elsewhere."""
        return await lag_of(self)

    def pools(self) -> Mapping[str, PoolUse]:
        """Say how much of the two pools is used."""
        return {"reading": self.reading.use, "writing": self.writing.use}

    async def close(self) -> None:
        """Let go of every connection."""
        await self.reading.close()
        await self.writing.close()
