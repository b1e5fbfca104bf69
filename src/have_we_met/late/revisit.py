"""Looking again at records that were created upon an incomplete answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from time import monotonic

from ..answer import Lookup
from ..errors import HaveWeMetError, RecordNotFound
from ..looking import answer
from ..resilience.retry import RetrySettings
from ..resolver import utc_now
from ..store import SqlStore, late
from ..store.base import Progress
from ..store.late_note import Finding, Near, Note, State, Verdict
from ..verdict import Status
from .look import LongLook, looking
from .notes import tally
from .turns import next_turn, take_turn, writing

log = logging.getLogger("have_we_met.late")

LOOKS = RetrySettings(attempts=12, first=60.0, longest=6 * 60 * 60.0)
"""At once, after a minute, two, four, ...: a day and a half until we give up."""


@dataclass(frozen=True, slots=True)
class Revisited:
    """What became of the notes that were due: a verdict each, or none.

    ``put_off`` could not be told yet and are due again later; ``gone`` are records that were
    deleted, and ``others`` notes that another process took over meanwhile.
    """

    duplicate: int = 0
    review: int = 0
    clear: int = 0
    unknown: int = 0
    put_off: int = 0
    gone: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        """How many notes were looked at."""
        return sum(getattr(self, one.name) for one in fields(self))

    def and_one(self, fate: str) -> Revisited:
        """Count one more.

        >>> Revisited().and_one("clear").clear
        1
        """
        return replace(self, **{fate: getattr(self, fate) + 1})


def _silent(done: int, total: int) -> None:
    """Show no progress."""


async def revisit(
    store: SqlStore,
    *,
    look: LongLook | None = None,
    retry: RetrySettings = LOOKS,
    clock: Callable[[], datetime] = utc_now,
    most: int | None = None,
    progress: Progress = _silent,
) -> Revisited:
    """Look again at the notes that are due, ``most`` of them or all; say what became of them.

    Each note is taken on in a unit of its own and answered in another one, so whatever dies in
    between leaves it to be taken on again, and no note is answered twice. A note that could not be
    answered because something is missing still is put off, each time twice as long; after
    ``retry.attempts`` looks the verdict is what can be said by then.

    >>> import asyncio
    >>> from have_we_met import create_store, preset
    >>> async def main():
    ...     return await revisit(await create_store("sqlite://", preset("contacts")))
    >>> asyncio.run(main()).total
    0
    """
    waiting, done = 0, Revisited()
    async with looking(store, look) as look:
        visits = _Visits(store, look, retry, clock)
        while most is None or done.total < most:
            note = await take_turn(store, State.WAITING, clock())
            if note is None:
                break
            waiting = waiting or (await tally(store, clock=clock)).waiting
            done = done.and_one(await visits.settle(note))
            progress(done.total, max(waiting, done.total))
            await asyncio.sleep(0)  # a turn for others: on SQLite nothing here waits for anything
    return done


@dataclass(frozen=True, slots=True)
class _Visits:
    """Settles notes that were taken on; names what became of each."""

    store: SqlStore
    look: LongLook
    retry: RetrySettings
    clock: Callable[[], datetime]

    async def settle(self, note: Note) -> str:
        """Look, and write what was seen."""
        try:
            found = await self._look(note)
        except RecordNotFound:
            await writing(self.store, partial(late.drop, note=note))
            return "gone"
        verdict = verdict_of(found, is_last=note.attempts >= self.retry.attempts)
        if verdict is None:
            later = next_turn(self.retry, note.attempts, self.clock())
            await writing(self.store, partial(late.put_off, note=note, until=later))
            return "put_off"
        model = self.store.model.fingerprint
        finding = Finding(verdict, near_of(found), model, self.clock())
        is_ours = await writing(self.store, partial(late.answer, note=note, finding=finding))
        return verdict.value if is_ours else "others"

    async def _look(self, note: Note) -> Lookup:
        """Look, but not once more where whoever looked died each time."""
        if note.attempts <= self.retry.attempts:
            try:
                return await self.look.at(note.record_id)
            except RecordNotFound:
                raise
            except HaveWeMetError as exc:
                log.warning("a late look failed: %s", type(exc).__name__)
        return answer(Status.ERROR, monotonic(), complete=False)


def verdict_of(found: Lookup, *, is_last: bool) -> Verdict | None:
    """Say what a look means; ``None`` where another one may see more.

    A definite match is one whatever else was missing.

    >>> unsure = Lookup(Status.NOT_FOUND, 1.0, "1f0c", complete=False)
    >>> verdict_of(unsure, is_last=False), verdict_of(unsure, is_last=True)
    (None, <Verdict.UNKNOWN: 'unknown'>)
    """
    if not (found.status is Status.FOUND or found.complete or is_last):
        return None
    if found.status is Status.NOT_FOUND and found.complete:
        return Verdict.CLEAR
    return _MEANS.get(found.status, Verdict.UNKNOWN)


_MEANS: Mapping[Status, Verdict] = {
    Status.FOUND: Verdict.DUPLICATE,
    Status.REVIEW: Verdict.REVIEW,
}


def near_of(found: Lookup) -> tuple[Near, ...]:
    """The records that a look found, best first."""
    return tuple(
        Near(match.record_id, match.confidence)
        for match in found.matches
        if match.record_id is not None
    )
