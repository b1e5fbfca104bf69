"""Taking notes on, one at a time and for a while, so that several processes share them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from ..resilience.retry import RetrySettings
from ..store import SqlStore, late
from ..store.late_note import Note, State
from ..store.retry import in_one_unit
from ..store.unit import SqlUnit

T = TypeVar("T")

LEASE = timedelta(seconds=60)
"""For how long a note is ours. More than a look or a delivery takes; whoever dies costs as much."""
WRITE_SECONDS = 10.0
"""How long a unit may wait for its turn."""


async def take_turn(store: SqlStore, state: State, now: datetime) -> Note | None:
    """Take on the note in this state that is due first; ``None`` where none is."""
    async with store.survey(None) as unit:  # which spares a unit that writes, mostly
        if not await late.is_due(unit, state, now):
            return None
    return await writing(store, lambda unit: late.take(unit, state, now, now + LEASE))


async def writing(store: SqlStore, work: Callable[[SqlUnit], Awaitable[T]]) -> T:
    """Do something in a unit of its own."""
    return await in_one_unit(store.begin, monotonic() + WRITE_SECONDS, work)


def next_turn(retry: RetrySettings, attempts: int, now: datetime) -> datetime:
    """When to try again after so many attempts: each pause is twice the one before, to a limit.

    Without chance: notes are of different moments, and are gone through one after the other.

    >>> noon, retry = datetime(2001, 2, 3, 12), RetrySettings(first=60.0, longest=3600.0)
    >>> [str(next_turn(retry, attempts, noon) - noon) for attempts in (1, 2, 9999)]
    ['0:01:00', '0:02:00', '1:00:00']
    """
    pause: float = retry.first * 2.0 ** min(attempts - 1, 64)
    return now + timedelta(seconds=min(pause, retry.longest))
