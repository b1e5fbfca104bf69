"""Connections to PostgreSQL, kept open and lent out.

Our own rather than the driver's pool: lending costs a lookup 2 us instead of 60, since nothing is
reset on the server when a connection comes back whose statements have all ended; and waiting for
one, or for a new one to open, ends at the caller's deadline.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from time import monotonic

from ..errors import DeadlineExceeded, StoreError
from .base import PoolUse
from .options import StoreOptions
from .postgres_connection import CONNECTING, Connect, PostgresConnection
from .postgres_words import FAILURES, in_our_words

_MEND_SECONDS = 1.0
"""How long a connection may take to end what it was doing before it is given up: a server that is
there does so at once, and until then nobody else has the connection."""


class NoneFree(DeadlineExceeded):
    """No connection came back in time; the database was not asked at all."""


class Pool:
    """As many connections as the options allow, each opened when it is first needed.

    Belongs to one event loop. The connection that came back last is lent first, so those that are
    not needed grow old, and are closed.
    """

    def __init__(self, connect: Connect, options: StoreOptions) -> None:
        self._connect = connect
        self._options = options
        self._free: list[PostgresConnection] = []
        self._lent: set[PostgresConnection] = set()
        self._waiting: deque[asyncio.Future[PostgresConnection | None]] = deque()
        self._opening = 0
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def size(self) -> int:
        """How many connections there are, or are being opened."""
        return len(self._free) + len(self._lent) + self._opening

    @property
    def use(self) -> PoolUse:
        """How much of it is used at this moment."""
        lent = len(self._lent) + self._opening
        waiting = sum(not turn.done() for turn in self._waiting)
        return PoolUse(self._options.connections, lent, len(self._free), waiting)

    async def take(self, deadline: float | None) -> PostgresConnection:
        """Lend a connection, for statements that end by the deadline; it must be given back.

        Raises :class:`DeadlineExceeded` where none is free in time, and :class:`StoreError` where
        none can be opened.
        """
        while self._free:
            connection = self._free.pop()
            if not connection.raw.is_closed():
                return self._lend(connection, deadline)
        if self._closed:
            raise StoreError("the store is closed")
        if self.size < self._options.connections:
            return self._lend(await self._open(deadline), deadline)
        return self._lend(await self._wait(deadline), deadline)

    def give(self, connection: PostgresConnection) -> None:
        """Take a connection back; what it was interrupted in is ended in the background."""
        if connection.is_clean or connection.raw.is_closed():
            self._take_back(connection)
        else:
            self._later(self._mend(connection))

    async def close(self) -> None:
        """Close every connection; one that is still lent is cut off."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        while self._free:
            self._later(_close(self._free.pop()))
        while self._background:
            await asyncio.wait(self._background)
        for connection in self._lent:
            connection.raw.terminate()
        while self._wake(None):
            pass

    def _lend(self, connection: PostgresConnection, deadline: float | None) -> PostgresConnection:
        connection.deadline = deadline
        self._lent.add(connection)
        return connection

    async def _open(self, deadline: float | None) -> PostgresConnection:
        left = _left(deadline)
        if left is not None and left < CONNECTING:
            self._wake(None)  # whose leave to open one this was has no use for it
            raise NoneFree("timeout: there was no time left to connect")
        self._opening += 1
        opened = False
        try:
            async with asyncio.timeout(left):
                raw = await self._connect()
            opened = True
            return PostgresConnection(raw, self._options.slow, self._connect)
        except FAILURES as exc:
            raise in_our_words(exc, "connect") from None
        finally:
            self._opening -= 1
            if not opened:
                self._wake(None)

    async def _wait(self, deadline: float | None) -> PostgresConnection:
        """Stand in the queue for a connection, or for leave to open one (``None``)."""
        turn: asyncio.Future[PostgresConnection | None]
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(_left(deadline)):
                connection = await turn
        except TimeoutError:
            self._decline(turn)
            raise NoneFree("timeout: no connection was free within the deadline") from None
        except BaseException:
            self._decline(turn)
            raise
        if connection is None:
            return await self.take(deadline)
        return connection

    def _decline(self, turn: asyncio.Future[PostgresConnection | None]) -> None:
        """Pass on what came just when the wait was over."""
        if turn.cancelled() or not turn.done():
            return
        connection = turn.result()
        if connection is None:
            self._wake(None)
        else:
            self._take_back(connection)

    def _take_back(self, connection: PostgresConnection) -> None:
        self._lent.discard(connection)
        if self._closed and not connection.raw.is_closed():
            connection.raw.terminate()
        if connection.raw.is_closed():
            self._wake(None)
        elif not self._wake(connection):
            connection.since = monotonic()
            self._free.append(connection)
            self._sweep_later()

    def _wake(self, connection: PostgresConnection | None) -> bool:
        """Hand a connection, or leave to open one, to whoever waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                if connection is not None:
                    self._lent.add(connection)
                turn.set_result(connection)
                return True
        return False

    async def _mend(self, connection: PostgresConnection) -> None:
        try:
            # The driver first waits here until the server has cancelled what was interrupted.
            async with asyncio.timeout(_MEND_SECONDS):
                await connection.raw.execute("ROLLBACK")
            connection.ended()
        except FAILURES:
            connection.raw.terminate()
        self._take_back(connection)

    def _sweep_later(self) -> None:
        if self._sweep is None and len(self._free) > self._options.kept:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(self._options.idle, self._close_idle)

    def _close_idle(self) -> None:
        self._sweep = None
        old = monotonic() - self._options.idle
        while len(self._free) > self._options.kept and self._free[0].since <= old:
            self._later(_close(self._free.pop(0)))
        self._sweep_later()

    def _later(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else deadline - monotonic()


async def _close(connection: PostgresConnection) -> None:
    try:
        await connection.raw.close(timeout=_MEND_SECONDS)
    except FAILURES:
        connection.raw.terminate()
