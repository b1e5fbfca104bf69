"""The embedded store: SQLite in WAL mode, read inline in the event loop.

A read takes tens of microseconds, less than the hop to a thread would. Each thread has one
connection that reads and one that writes, so a lookup never sees half of a transaction. Waiting for
another writer does wait in the event loop, without blocking it.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from ..errors import StoreBusy, StoreOutOfDate
from ..model import Model
from ..record import RecordId
from .base import Loaded, PoolUse
from .bulk import as_columns, load
from .changes import Changes
from .contacts import Column, Row
from .drift import Lag
from .erasing import Purged
from .lag import lag_of
from .meta import Meta
from .over_full import OverFull
from .prepare import Prepared
from .rows import Rows
from .side import SideTables
from .slow import tell
from .sqlite_bulk import SqliteBulk
from .sqlite_purge import erasing, purge
from .sqlite_words import DIALECT, in_our_words
from .stamps import Buckets, Standing, keep_stamps, read_standing, write_stamps_if_kept
from .statements import Statement, Statements
from .tombstones import Tombstones
from .unit import SqlUnit
from .wal_index import WalIndex, index_of, let_go

MEMORY = ":memory:"
READING, WRITING = 8_192, 65_536
"""KiB of pages that a connection keeps.

What a lookup reads is hardly ever what one before it read: the upper levels of the trees are worth
keeping, and what fits in the processor's own cache. With 64 MB a lookup among a million takes 7 %
longer.
"""
_STEPS = 4_000
"""Virtual machine steps between two looks at the deadline: about a tenth of a millisecond."""


class SqliteConnection:
    """A connection of the :mod:`sqlite3` driver that stops at a deadline."""

    def __init__(self, path: str, cache: int, slow: float) -> None:
        # 50 ms is for the rare moment when another process recovers or truncates the log.
        self.raw = sqlite3.connect(
            path, timeout=0.05, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self.deadline: float | None = None
        self._slow = slow
        self.raw.set_progress_handler(self._is_late, _STEPS)
        for pragma in ("synchronous=NORMAL", f"cache_size=-{cache}"):
            self.raw.execute(f"PRAGMA {pragma}")

    def _is_late(self) -> bool:
        return self.deadline is not None and monotonic() > self.deadline

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> list[Row]:
        """Run a statement and read all its rows."""
        began = monotonic()
        try:
            rows = self.raw.execute(statement.text, parameters).fetchall()
        except sqlite3.Error as exc:
            raise in_our_words(exc, statement.name) from exc
        took = monotonic() - began
        if took > self._slow:
            tell(statement.name, took, len(rows))
        return rows

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of parameters."""
        try:
            self.raw.executemany(statement.text, rows)
        except sqlite3.Error as exc:
            raise in_our_words(exc, statement.name) from exc

    async def hold(self, keys: Sequence[int]) -> None:
        """Nothing to do: whoever may write holds the whole database."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A unit that reads. A class, since a generator's context costs a lookup 3 us more."""

    unit: SqlUnit
    connection: SqliteConnection
    deadline: float | None

    async def __aenter__(self) -> SqlUnit:
        self.connection.deadline = self.deadline
        return self.unit

    async def __aexit__(self, *exc: object) -> None:
        self.connection.deadline = None


class _Local(threading.local):
    """What one thread holds of a store."""

    reader: SqliteConnection | None = None
    reading: SqlUnit | None = None
    writer: SqliteConnection | None = None
    turn: asyncio.Lock | None = None
    index: WalIndex | None = None


class SqliteStore:
    """A SQLite file with the caller's table and the side tables.

    Open one with :func:`have_we_met.open_store`. Safe from several threads and processes; an
    in-memory database belongs to the thread that opened it.
    """

    def __init__(
        self,
        path: str,
        model: Model,
        side: SideTables,
        generation: int,
        slow: float,
        tombstones: Tombstones = Tombstones(),  # noqa: B008  # a frozen value
    ) -> None:
        self.path = path
        self.model = model
        self.side = side
        self.generation = generation
        self.tombstones = tombstones
        self.statements = Statements(side, DIALECT, key_limit=model.key_limit)
        self._over_full = OverFull()
        self.rows = Rows(self.version)
        self._slow = slow
        self._local = _Local()
        self._open: list[SqliteConnection] = []
        self._opening = threading.Lock()

    def _connect(self, cache: int) -> SqliteConnection:
        connection = SqliteConnection(self.path, cache, self._slow)
        with self._opening:
            self._open.append(connection)
        return connection

    @property
    def reader(self) -> SqliteConnection:
        """This thread's connection for reading."""
        if self._local.reader is None:
            self._local.reader = self.writer if self.path == MEMORY else self._connect(READING)
        return self._local.reader

    @property
    def writer(self) -> SqliteConnection:
        """This thread's connection for writing."""
        if self._local.writer is None:
            self._local.writer = self._connect(WRITING)
        return self._local.writer

    def _unit(self, connection: SqliteConnection) -> SqlUnit:
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
        reader = self.reader
        unit = self._local.reading
        if unit is None:
            unit = self._local.reading = self._unit(reader)
        return _Reading(unit, reader, deadline)

    survey = read
    changes: Changes | None = None

    def bulk(self, unit: SqlUnit) -> SqliteBulk:
        """Write many rows at once in this unit."""
        return SqliteBulk(self.writer.raw)

    @asynccontextmanager
    async def begin(self, deadline: float | None) -> AsyncIterator[SqlUnit]:
        """Open a unit that holds the database's write lock until it ends."""
        if self._local.turn is None:
            self._local.turn = asyncio.Lock()
        async with self._local.turn:
            connection = self.writer
            await _begin_immediate(connection, deadline)
            try:
                connection.deadline = deadline
                await self._is_current(connection)
                unit = self._unit(connection)
                yield unit
                await write_stamps_if_kept(unit)
                connection.deadline = None
                try:
                    connection.raw.execute("COMMIT")
                except sqlite3.Error as exc:  # a foreign key that is looked at now
                    raise in_our_words(exc, "commit") from exc
            finally:
                connection.deadline = None
                if connection.raw.in_transaction:
                    connection.raw.execute("ROLLBACK")
                self.rows.clear()  # somebody may have been erased

    async def _is_current(self, connection: SqliteConnection) -> None:
        written = await connection.fetch(self.statements.meta, [self.side.contacts.name])
        meta = Meta.from_rows(dict(written))
        if meta.building:
            raise StoreBusy("the side tables are being rebuilt; run have-we-met reindex to the end")
        if meta.generation != self.generation:
            raise StoreOutOfDate("the side tables were rebuilt since this store was opened")

    async def keep_stamps(self) -> None:
        """From now on, have every write change the stamps of its keys."""
        async with self.begin(None) as unit:
            await keep_stamps(unit)

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        """Read the stamps of these buckets, and rows of the caller's table."""
        if self.reader.raw.in_transaction:  # in memory, where there is but one connection
            return None
        async with self.read(deadline) as unit:
            return await read_standing(unit, buckets, ids)

    def version(self) -> object | None:
        """Give what is equal only where nothing at all was committed in between, by anybody.

        A glance at the log's index tells, 0.2 us; without one SQLite is asked, 5 us, half of what
        reading stamps takes. Of our own writes the reader's connection hears as of anybody's; in
        memory it is the one that writes, and counts them.
        """
        local = self._local
        if local.index is None:
            local.index = index_of(self.path, self.reader.raw)
        if (header := local.index.header()) is not None:
            return header
        raw = self.reader.raw
        if raw.in_transaction:
            return None
        ((seen,),) = raw.execute("PRAGMA data_version").fetchall()
        return raw, seen, raw.total_changes

    async def load(self, contacts: Sequence[Mapping[str, object]]) -> Loaded:
        """Write a batch in one unit: the new are inserted, the changed are updated."""
        return await self.load_columns(as_columns(contacts)) if contacts else Loaded()

    async def load_columns(
        self, columns: Mapping[str, Column], prepared: Prepared | None = None
    ) -> Loaded:
        """Write a batch that is given as columns."""
        async with self.begin(None) as unit:
            return await load(unit, self.bulk(unit), columns, prepared)

    def erasing(self) -> AbstractContextManager[None]:
        """Overwrite what is deleted meanwhile, and heed foreign keys."""
        return erasing(self.writer.raw)

    async def purge(self, *, vacuum: bool = False) -> Purged:
        """Leave nothing of what was deleted in the file and its log; says how far that went."""
        return await purge(self.writer.raw, vacuum=vacuum)

    async def count(self) -> int:
        """Count the records."""
        rows = await self.reader.fetch(self.statements.count, ())
        return int(rows[0][0])

    async def lag(self) -> Lag:
        """Say how far the side tables may be behind writes made elsewhere."""
        return await lag_of(self)

    def pools(self) -> Mapping[str, PoolUse]:
        """There are none: each thread has a connection of its own."""
        return {}

    async def close(self) -> None:
        """Let go of every connection of every thread."""
        with self._opening:
            for connection in self._open:
                connection.raw.close()
            self._open.clear()
        self._local = _Local()
        let_go()


async def _begin_immediate(connection: SqliteConnection, deadline: float | None) -> None:
    """Take the write lock, waiting for it without blocking the event loop."""
    pause = 0.0005
    while True:
        try:
            connection.raw.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise in_our_words(exc, "begin") from exc
            if deadline is not None and monotonic() > deadline:
                raise StoreBusy("timeout: another writer held the database too long") from exc
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 1.5, 0.02)
