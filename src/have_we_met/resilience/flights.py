"""Equal questions at the same moment are asked once: single flight."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """The questions that are being asked now; belongs to one event loop.

    ``is_everybodys`` says of an answer whether those take it who waited for it: all do, unless told
    otherwise. Who does not asks for itself.

    >>> async def ask():
    ...     await asyncio.sleep(0)
    ...     return "yes"
    >>> async def main():
    ...     flights, until = Flights(), monotonic() + 1
    ...     return await asyncio.gather(*(flights.share("it", ask, until) for _ in range(2)))
    >>> asyncio.run(main())
    [('yes', False), ('yes', True)]
    """

    def __init__(self, is_everybodys: Callable[[T], bool] = lambda _: True) -> None:
        self._is_everybodys = is_everybodys
        self._under_way: dict[Hashable, asyncio.Future[tuple[T] | None]] = {}

    async def share(
        self, name: Hashable, work: Callable[[], Awaitable[T]], until: float
    ) -> tuple[T, bool]:
        """Do the work, or wait for who does the same; says also whether it was another's.

        Where that one is broken off, by an error too, the first of those who wait takes its place.
        Raises :class:`TimeoutError` where ``until`` passes, on the monotonic clock, while one
        waits, and what one's own work raises.
        """
        while (flight := self._under_way.get(name)) is not None:
            async with asyncio.timeout(until - monotonic()):
                landed = await asyncio.shield(flight)
            if landed is not None:
                (answer,) = landed
                return (answer, True) if self._is_everybodys(answer) else (await work(), False)
        return await self._lead(name, work), False

    async def _lead(self, name: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        flight = self._under_way[name] = asyncio.get_running_loop().create_future()
        landed = None
        try:
            answer = await work()
            landed = (answer,)
            return answer
        finally:
            del self._under_way[name]
            flight.set_result(landed)
