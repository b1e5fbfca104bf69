"""A deadline that travels, and what each part on the way took of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple


class Spent(NamedTuple):
    """How long one part took, in seconds; never whose lookup it was."""

    part: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The time that is left until a moment on ``clock``, and who spent how much of it.

    Whoever does a part of the work gets what is left, or less; all portions of a budget write what
    they took on one list.

    >>> budget = Budget(until=12.0, clock=lambda: 10.0)
    >>> budget.left, budget.portion(0.5).left, budget.portion(60.0).left
    (2.0, 0.5, 2.0)
    >>> with budget.part("services"):
    ...     pass
    >>> budget.spent
    [Spent(part='services', seconds=0.0)]
    """

    until: float
    spent: list[Spent] = field(default_factory=list)
    clock: Callable[[], float] = monotonic

    @property
    def left(self) -> float:
        """Seconds until the deadline; 0 where it has passed."""
        return max(0.0, self.until - self.clock())

    def portion(self, seconds: float) -> Budget:
        """Give a part its own deadline, which is never later than this one."""
        return Budget(min(self.until, self.clock() + seconds), self.spent, self.clock)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Write down how long this part takes, however it ends."""
        began = self.clock()
        try:
            yield
        finally:
            self.spent.append(Spent(name, self.clock() - began))


def totals(spent: list[Spent]) -> tuple[Spent, ...]:
    """Add up what each part took, in the order in which the parts first ended.

    >>> totals([Spent("cache", 1.0), Spent("store", 3.0), Spent("cache", 0.5)])
    (Spent(part='cache', seconds=1.5), Spent(part='store', seconds=3.0))
    """
    sums: dict[str, float] = {}
    for part, seconds in spent:
        sums[part] = sums.get(part, 0.0) + seconds
    return tuple(Spent(*item) for item in sums.items())
