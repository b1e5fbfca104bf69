"""Counting in Redis, for all processes: one round trip a question, and by ourselves without it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from time import time
from typing import Any

from ..cache.redis import PREFIX, SECONDS, connect
from ..errors import BreakerOpen
from .counting import Budget, Counted, Spent, window_of

log = logging.getLogger("have_we_met.server")

_MORE = 60
"""Seconds that a count outlives its window: clocks of several machines differ."""


class CountedInRedis:
    """Counts in the Redis at ``address``; while it does not answer, in this process alone.

    Different people are counted by HyperLogLog (``PFADD``, ``PFCOUNT``), 12 KB at most and within
    1 % (Flajolet et al., "HyperLogLog", AofA 2007). Raises :class:`InputError` for an address that
    cannot be read.
    """

    def __init__(self, address: str, clock: Callable[[], float] = time) -> None:
        self._client, self.breaker, self._failures = connect(address, "limits", name="limits")
        self._clock = clock
        self._alone = Counted(clock)

    async def hit(self, budgets: Sequence[Budget]) -> list[Spent]:
        """Count one more of each."""
        pipeline = self._client.pipeline(transaction=False)
        for budget in budgets:
            name = self._name(budget)
            pipeline.incr(name).expire(name, budget.seconds + _MORE)
        used = await self._sent(pipeline)
        if used is None:
            return await self._alone.hit(budgets)
        return self._spent(budgets, used[::2])

    async def meet(self, budgets: Sequence[Budget], marks: Iterable[bytes]) -> list[Spent]:
        """Count different marks of each."""
        marks = list(marks)
        pipeline = self._client.pipeline(transaction=False)
        for budget in budgets:
            name = self._name(budget)
            pipeline.pfadd(name, *marks).pfcount(name).expire(name, budget.seconds + _MORE)
        used = await self._sent(pipeline)
        if used is None:
            return await self._alone.meet(budgets, marks)
        return self._spent(budgets, used[1::3])

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()
        await self._client.connection_pool.disconnect()

    def _name(self, budget: Budget) -> bytes:
        window, _ = window_of(self._clock(), budget.seconds)
        return PREFIX + f"limit:{budget.seconds}:{window}:{budget.name}".encode()

    def _spent(self, budgets: Sequence[Budget], used: Sequence[int]) -> list[Spent]:
        now = self._clock()
        pairs = zip(budgets, used, strict=True)
        return [Spent(budget, count, window_of(now, budget.seconds)[1]) for budget, count in pairs]

    async def _sent(self, pipeline: Any) -> list[int] | None:
        try:
            with self.breaker.attempt():
                async with asyncio.timeout(SECONDS):
                    sent: list[int] = await pipeline.execute()
                    return sent
        except BreakerOpen:
            return None
        except self._failures as error:
            log.warning("limits are counted by each process alone (%s)", type(error).__name__)
            return None
