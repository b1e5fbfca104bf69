"""Equal questions at the same moment are asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic

from ..answer import Lookup

Work = Callable[[], Awaitable[Lookup]]


class Flights:
    """The questions that are being asked now; belongs to one event loop."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[Lookup | None]] = {}

    async def share(self, name: Hashable, work: Work, until: float) -> tuple[Lookup, bool]:
        """Do the work, or wait for who does the same; says also whether it was another's.

        Where that one is broken off, the first of those who wait takes its place. What another one
        got is not taken where a store did not answer: who began earlier had to end earlier. Raises
        :class:`TimeoutError` where ``until`` passes, on the monotonic clock, while one waits.
        """
        while (flight := self._under_way.get(name)) is not None:
            async with asyncio.timeout(until - monotonic()):
                answer = await asyncio.shield(flight)
            if answer is not None:
                return (answer, True) if _is_everybodys(answer) else (await work(), False)
        return await self._lead(name, work), False

    async def _lead(self, name: Hashable, work: Work) -> Lookup:
        flight = self._under_way[name] = asyncio.get_running_loop().create_future()
        answer = None
        try:
            answer = await work()
            return answer
        finally:
            del self._under_way[name]
            flight.set_result(answer)


def _is_everybodys(answer: Lookup) -> bool:
    return all(lack.kind != "store" for lack in answer.degraded)
