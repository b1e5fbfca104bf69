"""One connection of asyncpg, on which named statements run until a deadline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from typing import Any

from ..errors import DeadlineExceeded, StoreError
from .contacts import Row
from .postgres_words import FAILURES, WAITING, in_our_words, is_lost
from .slow import tell
from .statements import Statement

Connect = Callable[[], Awaitable[Any]]
"""Opens a connection of the driver."""

CONNECTING = 0.005
"""Seconds that opening a connection takes at least. With less than that left nobody begins: of
those who wait for one that cannot be reached, each would hold up the next beyond its deadline."""
_HOLD = Statement(
    "hold", "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", ("keys",)
)
_SPARE_SHARE, _SPARE_SECONDS = 0.25, 0.5
"""How long before the deadline the server gives up waiting for others. So it is the server that
says that they were in the way, and silence at the deadline means that it is not well."""


class PostgresConnection:
    """A connection of the driver, and what is known about it.

    Statements end at ``deadline``. ``is_clean`` says that everything that was begun has ended;
    ``since`` is when the connection was last free; ``mark`` tells one table's keys from another's
    where they are locked. Statements that take longer than ``slow`` seconds are logged by their
    name. ``connect`` opens another one in place of one that died.
    """

    __slots__ = ("_connect", "_slow", "deadline", "in_unit", "is_clean", "mark", "raw", "since")

    def __init__(self, raw: Any, slow: float, connect: Connect | None = None) -> None:
        self.raw = raw
        self.deadline: float | None = None
        self.in_unit = False
        self.is_clean = True
        self.mark = 0
        self.since = 0.0
        self._connect = connect
        self._slow = slow

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        began = monotonic()
        left = self._left(began, statement.name)
        self.is_clean = False
        try:
            rows: list[Row] = await self.raw.fetch(statement.text, *parameters, timeout=left)
        except FAILURES as exc:
            await self._renew(exc, statement.name)
            again = partial(self.raw.fetch, statement.text, *parameters)
            rows = await self._once(again, statement.name)
        self.is_clean = not self.in_unit
        took = monotonic() - began
        if took > self._slow:
            _tell(statement.name, took, len(rows))
        return rows

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of parameters."""
        for row in rows:
            await self.fetch(statement, row)

    async def begin(self, *statements: str) -> str:
        """Begin a unit with these statements, in one message; gives what the last one's tag says.

        The server, too, ends what is still running at the deadline, and a unit whose process hangs.
        """
        began = monotonic()
        left = self._left(began, "begin")
        text = "; ".join(["BEGIN ISOLATION LEVEL READ COMMITTED", *_limits(left), *statements])
        self.is_clean = False
        try:
            said: str = await self.raw.execute(text, timeout=left)
        except FAILURES as exc:
            await self._renew(exc, "begin")
            said = await self._once(partial(self.raw.execute, text), "begin")
        self.in_unit = True
        took = monotonic() - began
        if took > self._slow:
            _tell("begin", took, 0)
        return said

    async def commit(self) -> None:
        """End the unit, so that everything in it stays.

        Raises :class:`StoreError` where a statement of it had failed, and where the answer is lost.
        """
        left = self._left(monotonic(), "commit")
        try:
            said = await self.raw.execute("COMMIT", timeout=left)
        except FAILURES as exc:
            if isinstance(exc, OSError) or self.raw.is_closed() or is_lost(exc):
                raise StoreError("commit: no answer; it is written or not: ask again") from None
            raise in_our_words(exc, "commit") from None
        self.ended()
        if said != "COMMIT":
            raise StoreError("commit: a statement had failed before; nothing was written")

    def ended(self) -> None:
        """Note that no unit is open any more."""
        self.in_unit = False
        self.is_clean = True

    async def hold(self, keys: Sequence[int]) -> None:
        """Lock these keys until the transaction ends, in an order that is everybody's."""
        if keys:
            await self.fetch(_HOLD, (sorted({key ^ self.mark for key in keys}),))

    async def _once(self, work: Callable[[], Awaitable[Any]], name: str) -> Any:
        try:
            async with asyncio.timeout(self._left(monotonic(), name)):
                return await work()
        except FAILURES as exc:
            raise in_our_words(exc, name) from None

    async def _renew(self, exc: BaseException, name: str) -> None:
        """Open a new connection where the old one had died unseen and nothing depends on it."""
        is_gone = self.raw.is_closed() or is_lost(exc)
        if self._connect is None or self.in_unit or not is_gone or isinstance(exc, TimeoutError):
            raise in_our_words(exc, name) from None
        self.raw.terminate()
        left = self._left(monotonic(), "connect")
        if left is not None and left < CONNECTING:  # a server ends its sessions at the deadline too
            raise DeadlineExceeded("timeout: there was no time left to connect") from None
        self.raw = await self._once(self._connect, "connect")

    def _left(self, now: float, name: str) -> float | None:
        if self.deadline is None:
            return None
        left = self.deadline - now
        if left <= 0:
            raise DeadlineExceeded(f"timeout: no time was left for {name}")
        return left


def _limits(left: float | None) -> list[str]:
    if left is None:
        return []
    limits = {
        "statement_timeout": left,
        "idle_in_transaction_session_timeout": left,
        "lock_timeout": left - min(left * _SPARE_SHARE, _SPARE_SECONDS),
    }
    return [f"SET LOCAL {name} = {max(1, round(at * 1000))}" for name, at in limits.items()]


def _tell(statement: str, took: float, rows: int) -> None:
    # Whoever waits for others is not slow: ten sign-ups of one person are no ten warnings.
    tell(statement, took, rows, level=logging.INFO if statement in WAITING else logging.WARNING)
