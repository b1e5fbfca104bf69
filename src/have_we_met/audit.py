"""The audit: who looked up, created, linked, decided, erased, exported, when, under which policy.

Whatever writes is written down in its own transaction: both stay, or neither does. Lookups do not
wait: they are put in a queue, and a task writes them some moments later, many in one transaction.
Values are never written; keyed marks of the exact keys stand for them (:mod:`.store.marks`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from .answer import Lookup
from .asking import Ask, Question, Step
from .errors import BreakerOpen, DeadlineExceeded, InputError, Problem, StoreError
from .record import Record, RecordId
from .store.audit_chain import Act, Action
from .store.base import Store, Unit
from .store.retry import in_one_unit
from .store.tombstones import marks_of

log = logging.getLogger("have_we_met.audit")

MOST = 10_000
"""How many lookups wait to be written; of more is written how many they were."""
AT_ONCE = 200
"""How many are written in one transaction."""
EVERY = 0.2
"""Seconds between two of these: what a process that is killed can lose."""
_WRITE_SECONDS = 10.0
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, and under which policy: names that somebody chose, not people's data."""

    actor: str = "library"
    policy: str = "none"

    def __post_init__(self) -> None:
        for name in ("actor", "policy"):
            text = getattr(self, name)
            if not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
                raise InputError([Problem(name, "must be 1 to 200 printable characters")])


_ACTING: ContextVar[Who | None] = ContextVar("have_we_met_acting", default=None)


@contextmanager
def acting(actor: str, policy: str = "none") -> Iterator[None]:
    """Say who acts in the block, in this task and those that it starts.

    >>> with acting("key-7", "desk"):
    ...     who_acts().policy
    'desk'
    """
    token = _ACTING.set(Who(actor, policy))
    try:
        yield
    finally:
        _ACTING.reset(token)


def who_acts(otherwise: Who = Who()) -> Who:  # a frozen value
    """Give who acts now."""
    return _ACTING.get() or otherwise


class Audit:
    """Writes down what is done with one store, for a resolver.

    The store must have been opened with a secret (:class:`~have_we_met.store.StoreOptions`); raises
    :class:`InputError` where it was not. ``who`` acts where :func:`acting` says nothing else.
    """

    def __init__(
        self,
        store: Store,
        *,
        who: Who = Who(),  # a frozen value
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        most: int = MOST,
        every: float = EVERY,
    ) -> None:
        marks = store.tombstones.marks
        if marks is None:
            problem = "is needed for an audit; open the store with StoreOptions(secret=...)"
            raise InputError([Problem("secret", problem)])
        self._store, self._marks, self._who = store, marks, who
        self._clock, self._most, self._every = clock, most, every
        self._queue: deque[Act] = deque()
        self._lost = 0
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def step(self) -> Step:
        """The step that notes each lookup; it belongs first, before what may answer."""

        def step(ask: Ask) -> Ask:
            async def asked(question: Question) -> Lookup:
                answer = await ask(question)
                self.looked(question.record, answer)
                return answer

            return asked

        return step

    def looked(self, record: Record, answer: Lookup) -> None:
        """Note a lookup, to be written soon: what was asked by marks, who was shown by ids."""
        ids = (match.record_id for match in answer.matches)
        shown = tuple(one for one in ids if one is not None) if _shows(answer) else ()
        facts = {"status": answer.status.value, "complete": answer.complete}
        facts["lookup"] = answer.lookup_id
        self._note(self._act(Action.LOOKUP, shown, record, facts))

    def read(self, record_id: RecordId) -> None:
        """Note that a record was read by its id, to be written soon."""
        self._note(self._act(Action.READ, (record_id,)))

    async def wrote(
        self, unit: Unit, action: Action, ids: Iterable[RecordId], record: Record | None = None
    ) -> None:
        """Write down in a unit what it does; the last thing that it does."""
        await unit.audit(self._marks, [self._act(action, ids, record)])

    async def flush(self) -> None:
        """Write all that waits to be written; raises what the store raises."""
        async with self._turn:
            while self._queue or self._lost:
                await self._write_some()

    async def close(self) -> None:
        """Write what waits, once more, and stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        try:
            await self.flush()
        except (StoreError, BreakerOpen, DeadlineExceeded) as exc:
            left = len(self._queue) + self._lost
            log.error("%d lookups are not in the audit (%s)", left, type(exc).__name__)

    def _act(
        self,
        action: Action,
        ids: Iterable[RecordId],
        record: Record | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> Act:
        who = who_acts(self._who)
        said = () if record is None else record.values
        marks = sorted(marks_of(self._marks, self._store.model, said)) if said else ()
        at = self._clock()
        return Act(action, at, who.actor, who.policy, tuple(ids), tuple(marks), facts or {})

    def _note(self, act: Act) -> None:
        if len(self._queue) >= self._most:
            self._lost += 1
            return
        self._queue.append(act)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        """Write until nothing waits; where the store does not take it, try again."""
        while self._queue or self._lost:
            await asyncio.sleep(self._every)
            with suppress(StoreError, BreakerOpen, DeadlineExceeded):
                await self.flush()

    async def _write_some(self) -> None:
        some = [self._queue[place] for place in range(min(len(self._queue), AT_ONCE))]
        lost = self._lost
        acts = [*some, self._act(Action.LOST, (), facts={"lookups": lost})] if lost else some

        async def work(unit: Unit) -> None:
            await unit.audit(self._marks, acts)

        await in_one_unit(self._store.begin, monotonic() + _WRITE_SECONDS, work)
        for _ in some:
            self._queue.popleft()
        self._lost -= lost


def _shows(answer: Lookup) -> bool:
    return answer.contact is not None or bool(answer.suggestions)
