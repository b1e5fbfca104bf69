"""Counting what callers do in a minute or a day: in this process, or in Redis for all of them.

Windows are fixed: a minute begins with the minute, a day with the day (UTC). Measured, the library
``limits`` takes 20 to 30 microseconds a request for the two counts and their headers, and as many
round trips to Redis as there are counts; this takes one microsecond, or one round trip.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from time import time
from typing import NamedTuple, Protocol, TypeVar

from .settings import Settings

T = TypeVar("T")

MINUTE, DAY = 60, 24 * 60 * 60
_NAMES = 65_536
"""How many names one window keeps apart; further ones share one, so memory stays bounded."""
OTHERS = "others"


class Budget(NamedTuple):
    """How much one name may do in a window of ``seconds``."""

    name: str
    limit: int
    seconds: int


class Spent(NamedTuple):
    """How much of a budget is used, this time included, and in how many seconds it is whole."""

    budget: Budget
    used: int
    reset: float

    @property
    def over(self) -> bool:
        """Whether it is more than there is."""
        return self.used > self.budget.limit

    @property
    def left(self) -> int:
        """How much is left."""
        return max(0, self.budget.limit - self.used)


class Counter(Protocol):
    """Counts."""

    async def hit(self, budgets: Sequence[Budget]) -> list[Spent]:
        """Count one more of each."""
        ...

    async def meet(self, budgets: Sequence[Budget], marks: Iterable[bytes]) -> list[Spent]:
        """Count different marks of each; one that was met in the window counts no more."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class Counted:
    """Counts in this process."""

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._hits: dict[int, tuple[int, dict[str, int]]] = {}
        self._met: dict[int, tuple[int, dict[str, set[bytes]]]] = {}

    async def hit(self, budgets: Sequence[Budget]) -> list[Spent]:
        """Count one more of each."""
        now, spent = self._clock(), []
        for budget in budgets:
            window, reset = window_of(now, budget.seconds)
            names = _current(self._hits, budget.seconds, window)
            name = _known(names, len(names), budget.name)
            names[name] = used = names.get(name, 0) + 1
            spent.append(Spent(budget, used, reset))
        return spent

    async def meet(self, budgets: Sequence[Budget], marks: Iterable[bytes]) -> list[Spent]:
        """Count different marks of each; a budget that is used up is not added to."""
        now, spent, marks = self._clock(), [], list(marks)
        for budget in budgets:
            window, reset = window_of(now, budget.seconds)
            names = _current(self._met, budget.seconds, window)
            met = names.setdefault(_known(names, len(names), budget.name), set())
            if len(met) <= budget.limit:
                met.update(marks)
            spent.append(Spent(budget, len(met), reset))
        return spent

    async def close(self) -> None:
        """Nothing is open."""


def window_of(now: float, seconds: int) -> tuple[int, float]:
    """Say which window a moment is in, and how many seconds are left of it.

    >>> window_of(125.0, 60)
    (2, 55.0)
    """
    window = int(now // seconds)
    return window, (window + 1) * seconds - now


def _current(
    windows: dict[int, tuple[int, dict[str, T]]], seconds: int, window: int
) -> dict[str, T]:
    begun = windows.get(seconds)
    if begun is None or begun[0] != window:
        begun = windows[seconds] = window, {}
    return begun[1]


def _known(names: Container[str], size: int, name: str) -> str:
    return name if name in names or size < _NAMES else OTHERS


def open_counter(settings: Settings) -> Counter:
    """Open what the settings name."""
    if not settings.limits:
        return Counted()
    from .counting_redis import CountedInRedis

    return CountedInRedis(settings.limits)
