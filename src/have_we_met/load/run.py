"""Making a load: connections, whose turn it is, and when it ends."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from time import perf_counter

from ..errors import Problem
from .connection import Connection
from .plan import LoadError, Plan
from .result import Result
from .tally import Tally

Show = Callable[[float, int, int], None]
"""Told seconds gone, answers and errors so far, a few times a second."""

LOOK_SECONDS = 0.25
"""How often lost and dawdling connections are looked after."""
_TICK = 0.001
"""No shorter sleep is worth waking up for; what falls due meanwhile counts from when it did."""


async def run(plan: Plan, bodies: Sequence[bytes], show: Show = lambda *_: None) -> Result:
    """Ask a server; gives what came back. ``bodies`` come again once all were asked.

    Raises :class:`LoadError` where nobody answers at the address.
    """
    requests = [plan.request(body) for body in bodies]
    load = _Load(plan, cycle(requests))
    gc.collect()
    gc.freeze()
    try:
        await load.connect()
        await load.ask(show)
    finally:
        load.close()
        gc.unfreeze()
    return Result.of(plan, load.tally, distinct=len(bodies))


class _Load:
    """The connections of one load, and the questions that wait for one."""

    def __init__(self, plan: Plan, requests: Iterator[bytes]) -> None:
        self._plan, self._requests = plan, requests
        self._started = perf_counter()
        self.tally = Tally(0.0)
        self._all: list[Connection] = []
        self._free: deque[Connection] = deque()
        self._due: deque[float] = deque()
        self._until = 0.0

    async def connect(self) -> None:
        """Open every connection; raises :class:`LoadError` where that cannot be done."""
        try:
            await asyncio.gather(*(self._open() for _ in range(self._plan.connections)))
        except OSError as exc:
            raise LoadError([Problem("url", f"nobody answers ({type(exc).__name__})")]) from None

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        host, port = self._plan.address
        made = loop.create_connection(lambda: Connection(self.tally, self._idle), host, port)
        _, connection = await asyncio.wait_for(made, self._plan.patience)
        self._all.append(connection)
        if perf_counter() < self._until:  # in the place of one that was lost
            self._idle(connection)

    async def ask(self, show: Show) -> None:
        """Ask until the time is over, and wait for the last answers."""
        self._started = perf_counter()
        self.tally.since = self._started + self._plan.warm_up
        self._until = self.tally.since + self._plan.duration
        for connection in self._all:
            self._idle(connection)
        timer = asyncio.create_task(self._keep_time()) if self._plan.rate else None
        while (now := perf_counter()) < self._until:
            show(now - self._started, len(self.tally.seconds), self.tally.errors.total())
            await self._look_after(now)
            await asyncio.sleep(min(LOOK_SECONDS, self._until - now))
        if timer is not None:
            await timer
        await self._drain()

    def _idle(self, connection: Connection) -> None:
        """Give a connection the next question: at once, or once one is due."""
        if self._plan.rate is not None:
            if self._due:
                connection.ask(next(self._requests), self._due.popleft())
            else:
                self._free.append(connection)
        elif (now := perf_counter()) < self._until:
            connection.ask(next(self._requests), now)

    async def _keep_time(self) -> None:
        """Have a question fall due every so often, whether or not anybody is free to ask it."""
        assert self._plan.rate is not None
        rate, span = self._plan.rate, self._plan.warm_up + self._plan.duration
        number = 0  # of questions: adding up moments would drift
        while (due := number / rate) < span:
            if due <= perf_counter() - self._started:
                self._fall_due(self._started + due)
                number += 1
            else:
                await asyncio.sleep(max(_TICK, self._started + due - perf_counter()))

    def _fall_due(self, asked: float) -> None:
        while self._free:
            connection = self._free.popleft()
            if connection.is_open:
                connection.ask(next(self._requests), asked)
                return
        self._due.append(asked)

    async def _look_after(self, now: float) -> None:
        """Give up those who dawdle, and open a line in the place of each that is gone."""
        for connection in self._all:
            if connection.asked is not None and now - connection.sent > self._plan.patience:
                connection.give_up("timeout")
        lost = [connection for connection in self._all if not connection.is_open]
        if lost:
            self._all = [connection for connection in self._all if connection.is_open]
            opened = (self._open() for _ in lost)
            await asyncio.gather(*opened, return_exceptions=True)

    async def _drain(self) -> None:
        """Wait for the answers that are under way; what does not come is an error."""
        until = perf_counter() + self._plan.patience
        while perf_counter() < until and self._is_waiting:  # noqa: ASYNC110  # nobody tells of the last
            await asyncio.sleep(0.01)
        for connection in self._all:
            connection.give_up("timeout")
        while self._due:
            self.tally.failed(self._due.popleft(), perf_counter(), "never asked")

    @property
    def _is_waiting(self) -> bool:
        return bool(self._due) or any(one.asked is not None for one in self._all)

    def close(self) -> None:
        """Close every line."""
        for connection in self._all:
            connection.give_up("closed")
