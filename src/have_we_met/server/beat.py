"""Answers that leave at a fixed beat, so that nobody learns anything from how soon they are ready.

An answer waits for the next multiple of the beat since its request came in, and never leaves
before. One that takes longer than a beat leaves at a later one, which says that it was slow: so the
beat is chosen longer than nearly every lookup takes.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic

Sleep = Callable[[float], Awaitable[object]]


class Beat:
    """Holds answers back for multiples of ``seconds``."""

    def __init__(
        self, seconds: float, *, clock: Callable[[], float] = monotonic, sleep: Sleep = sleep
    ) -> None:
        self.seconds = seconds
        self.clock = clock
        self._sleep = sleep

    async def wait(self, since: float) -> None:
        """Wait for the next beat since a moment; never less."""
        beats = max(1, ceil((self.clock() - since) / self.seconds))
        until = since + beats * self.seconds
        while (left := until - self.clock()) > 0:
            await self._sleep(left)
