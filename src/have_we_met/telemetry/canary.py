"""A canary: known people are looked up with small changes, to see that they are still found.

It is the alarm for what breaks without an error: an index that lost keys, a normaliser that no
longer does what it did when the records were written. Nothing is written anywhere, no service is
told, and no cache is asked or filled.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from numpy.random import Generator, default_rng

from ..answer import Lookup
from ..errors import BreakerOpen, DeadlineExceeded, StoreError
from ..looking import Looker
from ..record import RecordId
from ..resolver import LOOKUP_SECONDS
from ..store import Store, unguarded
from ..store.sample import sample
from ..synthetic import Raw
from ..verdict import Status
from .slips import slipped

STATUSES = ("found", "review", "other", "missed", "unknown")
QUESTIONS = 5
"""Questions a round."""
SHARE = 0.01
"""A canary works for this share of the time at most: after each question it rests."""
PARTS = 2
"""The parts of a question, drawing and looking, each of which has the whole time of a lookup."""


class Canary:
    """Asks about contacts drawn at random from a store; ``counts`` what became of each question.

    ``found``: the very record; ``review``: it is among the suggestions; ``other``: somebody else
    was found, a duplicate perhaps; ``missed``: it was not shown; ``unknown``: nobody could look
    everywhere, which other alarms tell of.

    >>> import asyncio
    >>> from have_we_met import create_store, preset
    >>> async def main():
    ...     store = await create_store("sqlite://", preset("contacts"))
    ...     await store.load([{"id": "1", "email": "john@example.com", "first_name": "John"}])
    ...     canary = Canary(store, questions=1)
    ...     await canary.round()
    ...     return canary.recall
    >>> asyncio.run(main())
    1.0
    """

    def __init__(
        self,
        store: Store,
        *,
        questions: int = QUESTIONS,
        suggestions: int = 5,
        deadline: float = LOOKUP_SECONDS,
        rng: Generator | None = None,
        rest: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.counts = Counter(dict.fromkeys(STATUSES, 0))
        self._store, self._model = store, store.model
        self._looker = Looker(store.model, suggestions)
        self._questions, self._deadline = questions, deadline
        self._rng, self._rest = rng or default_rng(), rest

    @property
    def recall(self) -> float | None:
        """The share that was shown among all that were looked for everywhere, in [0, 1]."""
        asked = self.counts.total() - self.counts["unknown"]
        return (self.counts["found"] + self.counts["review"]) / asked if asked else None

    async def round(self) -> None:
        """Ask a round of questions, with a rest after each but the last.

        Raises :class:`StoreError`, :class:`BreakerOpen` or :class:`DeadlineExceeded` where no
        contact can be drawn.
        """
        for left in reversed(range(self._questions)):
            began = monotonic()
            await self._ask(began)
            if left:
                # Whatever a question took beyond its time, the machine stood still and not we.
                took = min(monotonic() - began, PARTS * self._deadline)
                await self._rest(took / SHARE)

    async def _ask(self, began: float) -> None:
        drawn = await sample(unguarded(self._store), self._rng.random, began + self._deadline)
        if drawn is None:
            return
        record_id, contact = drawn
        raw = slipped(self._model, contact, self._rng)
        if raw is not None:
            self.counts[await self._became(record_id, raw)] += 1

    async def _became(self, record_id: RecordId, raw: Raw) -> str:
        began = monotonic()
        until = began + self._deadline
        record = self._model.record(raw)
        try:
            async with self._store.read(until) as unit:
                lookup = await self._looker.look(unit, record, began, until)
        except (StoreError, DeadlineExceeded, BreakerOpen):
            return "unknown"
        return _status(lookup, record_id)


def _status(lookup: Lookup, record_id: RecordId) -> str:
    if any(match.record_id == record_id for match in lookup.matches):
        return "found" if lookup.status is Status.FOUND else "review"
    if not lookup.complete:
        return "unknown"
    return "other" if lookup.status is Status.FOUND else "missed"
