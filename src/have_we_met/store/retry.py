"""Work that another unit was in the way of is done again."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import TypeVar

from ..errors import StoreConflict
from ..resilience import RetrySettings, retried
from ..resilience.values import one_of

T = TypeVar("T")
U = TypeVar("U")

_UNTIL_THE_DEADLINE = RetrySettings(attempts=sys.maxsize, first=0.005, longest=0.2)
_CONFLICT = one_of(StoreConflict)


async def in_one_unit(
    begin: Callable[[float | None], AbstractAsyncContextManager[U]],
    deadline: float | None,
    work: Callable[[U], Awaitable[T]],
) -> T:
    """Do ``work`` in a unit of its own; where another one was in its way, again until the deadline.

    ``work`` may run several times, each time in a new unit and after nothing of the last one
    stayed. Raises :class:`StoreConflict` where the deadline would pass before the next try.
    """

    async def once() -> T:
        async with begin(deadline) as unit:
            return await work(unit)

    # Conflicts are rare, and to try again takes more than nothing to set up. The second try is at
    # once: whoever was in the way has won, and goes on.
    try:
        return await once()
    except StoreConflict:
        if deadline is not None and monotonic() > deadline:
            raise
    return await retried(once, _UNTIL_THE_DEADLINE, worth=_CONFLICT, until=deadline)
