"""A question on its way to the store, and what may stand on that way.

A cache, services, a note of what was missing: each is a :data:`Step` that takes the rest of the
way and gives a way of its own. A resolver without steps goes straight to the store.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import reduce

import msgspec

from .answer import Lookup
from .quick import Quick
from .record import Record
from .resilience import Budget, Spent


class Question(Quick, frozen=True):
    """Who is asked about, when that began, and when the answer is late.

    Both moments are on :func:`time.monotonic`'s clock. What stands on the way writes down in
    ``spent`` how long it took, which a question that is made of this one goes on with.
    """

    hidden = frozenset({"spent"})

    record: Record
    started: float
    until: float
    spent: list[Spent] = msgspec.field(default_factory=list)

    @property
    def budget(self) -> Budget:
        """The time that is left, to give portions of it."""
        return Budget(self.until, self.spent)


Ask = Callable[[Question], Awaitable[Lookup]]
"""Answers a question; never raises for what a store, a service or the clock does."""

Step = Callable[[Ask], Ask]
"""Stands on the way: may answer, change the question, look at the answer, or let both pass."""


def timed(part: str) -> Step:
    """Write down, under this name, how long the rest of the way takes."""

    def step(ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            with question.budget.part(part):
                return await ask(question)

        return asked

    return step


def way(ask: Ask, steps: Iterable[Step]) -> Ask:
    """Put steps before what answers at last; the first of them is asked first."""
    return reduce(lambda rest, step: step(rest), reversed(tuple(steps)), ask)
