"""Work that another unit was in the way of is done again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import TypeVar

from ..errors import StoreConflict

T = TypeVar("T")
U = TypeVar("U")

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.2


async def in_one_unit(
    begin: Callable[[float | None], AbstractAsyncContextManager[U]],
    deadline: float | None,
    work: Callable[[U], Awaitable[T]],
) -> T:
    """Do ``work`` in a unit of its own; where another one was in its way, again until the deadline.

    ``work`` may run several times, each time in a new unit and after nothing of the last one
    stayed. Raises :class:`StoreConflict` where the deadline would pass before the next try.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            async with begin(deadline) as unit:
                return await work(unit)
        except StoreConflict:
            wait = pause * random.uniform(0.5, 1.5)
            if deadline is not None and monotonic() + wait > deadline:
                raise
        await asyncio.sleep(wait)
        pause = min(2 * pause, _LONGEST_PAUSE)
