"""The road: record, keys, candidates, score, decide, act, explain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from . import once
from .answer import Lack, Lookup, Registration, WhyNot
from .asking import Question, Step, timed, way
from .consulting import Consulting
from .errors import BreakerOpen, DeadlineExceeded, InputError, Problem, StoreError
from .explain import Explanation
from .looking import Looker, answer, late, nothing_asked, nothing_to_ask_by, unasked
from .model import Model
from .noting import Doubts
from .reasons import Reasons, there
from .record import Record, RecordId
from .resilience.budget import totals
from .shown import NOT_KNOWN, Likenesses, likeness
from .signing_up import Asked, SignUps, asserted
from .store.audit_chain import Action
from .store.base import Contact, Store, Unit
from .store.guarded import unguarded
from .store.lasting import spelt_id
from .store.retry import in_one_unit
from .verdict import Judged, Judgement, Status

if TYPE_CHECKING:
    from .audit import Audit
    from .cache import Cache
    from .erasure import Dossier, Receipt
    from .services.client import Client

T = TypeVar("T")
Raw = Mapping[str, object]

LOOKUP_SECONDS = 2.0
"""The guide's hard limit for a lookup."""
WRITE_SECONDS = 10.0
"""How long a write may wait for its turn."""
REMEMBER_SECONDS = 24 * 60 * 60.0
"""How long the answer to an idempotency key is kept."""
CALLER = "caller"
"""Who asserts something where nobody is named."""


def utc_now() -> datetime:
    """Read the clock on the wall."""
    return datetime.now(UTC)


class Resolver:
    """Answers *have we met this person?* over a store, and acts on the answer.

    ``deadline`` is the time for one lookup in seconds; ``suggestions`` is how many candidates a
    review answer shows at most; ``remember`` is for how many seconds the answer to an idempotency
    key is kept; ``clock`` says what time it is, for what is written; ``steps`` stand on a lookup's
    way to the store, the first of them asked first; ``cache``, from
    :func:`have_we_met.cache.open_cache`, stands behind them, next to the store; ``audit`` is where
    it is written down who did what (:class:`have_we_met.audit.Audit`).

    >>> import asyncio
    >>> from have_we_met import Resolver, create_store, preset
    >>> async def main():
    ...     resolver = Resolver(await create_store("sqlite://", preset("contacts")))
    ...     await resolver.add({"email": "john@example.com", "first_name": "John"})
    ...     return await resolver.lookup({"email": "John@Example.com"})
    >>> asyncio.run(main()).status
    <Status.FOUND: 'found'>
    """

    def __init__(
        self,
        store: Store,
        *,
        deadline: float = LOOKUP_SECONDS,
        suggestions: int = 5,
        remember: float = REMEMBER_SECONDS,
        clock: Callable[[], datetime] = utc_now,
        steps: Iterable[Step] = (),
        cache: Cache | None = None,
        audit: Audit | None = None,
    ) -> None:
        self.store = store
        self.model: Model = store.model
        self.deadline = deadline
        self.suggestions = suggestions
        self.clock = clock
        self._looker = Looker(self.model, suggestions)
        self._consulting = Consulting(self.model)
        self.cache = cache
        kept = (cache.step(suggestions),) if cache else ()
        # Services are heard on each question, so it is normalised in any case.
        self._read = (
            cache.reader(suggestions) if cache and not self.model.services else self.model.record
        )
        self._audit = audit
        noted = (audit.step,) if audit else ()
        steps = (*noted, *self._consulting.steps, *steps, *kept)
        self._ask = way(self._look, (*steps, timed("store")) if steps else ())
        # Whoever stands before the cache sees every question.
        self._at_hand = cache.at_hand if cache and steps == kept else None
        self._doubts = Doubts(self.model)
        self._sign_ups = SignUps(
            store, self._looker, self._consulting, once.Once(self.model, remember, clock), audit
        )

    @property
    def services(self) -> Mapping[str, Client]:
        """Who asks each of the model's services, by its name: their breakers and counts."""
        return self._consulting.clients

    def behind(self, *steps: Step) -> Resolver:
        """Give the same resolver with further steps before those that it has, asked first."""
        other = copy(self)
        other._ask, other._at_hand = way(self._ask, steps), None
        return other

    async def lookup(self, raw: Raw, *, deadline: float | None = None) -> Lookup:
        """Look a person up; never raises for what the store or the clock does.

        ``deadline`` is in seconds. Where it passes, the answer is ``not_found`` with "timeout" in
        its message and ``complete`` false, as it is at once where a breaker guards the store and is
        open; where the store fails, the answer is ``error``. Raises
        :class:`InputError` for a record that cannot be read.
        """
        started = monotonic()
        until = started + (self.deadline if deadline is None else deadline)
        record = self._read(raw)
        if self._at_hand is not None and (hit := self._at_hand(record, started)):
            return hit
        if not (self.model.services or record.was_asked) and (
            problem := nothing_to_ask_by(self.model, record)
        ):
            return nothing_asked(problem, started)
        question = Question(record, started, until)
        found = await self._ask(question)
        if not found.complete:
            self._doubts.heed(record, found)
        return replace(found, spent=totals(question.spent)) if question.spent else found

    async def _look(self, question: Question) -> Lookup:
        started, until = question.started, question.until
        try:
            async with self.store.read(until) as unit:
                return await self._looker.look(unit, question.record, started, until)
        except DeadlineExceeded:
            return late(started, until)
        except BreakerOpen:
            return unasked(started)
        except StoreError as exc:
            lack = Lack("store", type(exc).__name__, str(exc))
            message = "Lookup service unavailable"
            return answer(Status.ERROR, started, message=message, complete=False, degraded=(lack,))

    async def get_or_create(
        self, raw: Raw, *, idempotency_key: str | None = None, deadline: float | None = None
    ) -> Registration:
        """Give the contact that we have met, or create one, in one transaction.

        Two calls at the same moment make one person. A review answer creates nothing; go on with
        :meth:`confirm` or :meth:`create_apart`. The same ``idempotency_key`` with the same record
        gets the same answer for as long as it is remembered; with another record it raises
        :class:`IdempotencyConflict`. Raises :class:`InputError`, which is a
        :class:`RecordRejected` where a service says not to take the record,
        :class:`ServiceUnavailable` where one that must be heard is not, :class:`StoreError` or
        :class:`DeadlineExceeded`; nothing was written then.
        """
        return await self.create_apart(raw, (), idempotency_key=idempotency_key, deadline=deadline)

    async def create_apart(
        self,
        raw: Raw,
        from_ids: Iterable[RecordId],
        *,
        by: str = CALLER,
        shown: Likenesses = NOT_KNOWN,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> Registration:
        """Create a contact that is none of these records, and remember them as told apart.

        It is looked up again in the same transaction: where somebody else created the person
        meanwhile, that contact is given, and where others have turned up who may be the person,
        the answer is a review of those. ``by`` is who said so. ``shown`` is what the records said
        when they were shown, by :meth:`likeness`; one that says something else now is not told
        apart, since its id may have become somebody else's. Otherwise as :meth:`get_or_create`.
        """
        started, until = self._times(deadline)
        asked = Asked(self.model.record(raw), idempotency_key, started, until, shown)
        return await self._sign_ups.create(asked, self._each_once(from_ids), by)

    async def confirm(
        self,
        raw: Raw,
        record_id: RecordId,
        *,
        shown: Likenesses = NOT_KNOWN,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> Registration:
        """Give the contact that somebody confirmed to be this person; nothing is created.

        Their word counts, whatever the score. Raises :class:`RecordNotFound` where the record is
        gone, and :class:`RecordChanged` where it does not say what ``shown`` has of it, by
        :meth:`likeness`. Otherwise as :meth:`get_or_create`.
        """
        started, until = self._times(deadline)
        asked = Asked(self.model.record(raw), idempotency_key, started, until, shown)
        return await self._sign_ups.confirm(asked, self.store.side.contacts.same_id(record_id))

    def likeness(self, contact: Raw) -> str:
        """Mark what a contact says as it is shown, to be given back with what is decided on it."""
        return likeness(self.model, contact)

    async def judge(
        self,
        left: RecordId,
        right: RecordId,
        judgement: Judgement,
        *,
        by: str = CALLER,
        deadline: float = WRITE_SECONDS,
    ) -> None:
        """Assert of two stored records that they are one person, or two; the latest word counts.

        ``by`` is who says so. Raises :class:`RecordNotFound`, and :class:`InputError` where both
        are the same record.
        """
        pair = self._each_once((left, right))
        if len(pair) < 2:
            raise InputError([Problem("right", "is the same record as left")])

        async def work(unit: Unit) -> None:
            for record_id in pair:
                there(await unit.lock(record_id))
            await unit.judge(asserted(pair[0], pair[1], judgement, by, self.clock()))
            await self._sign_ups.log(unit, Action.DECIDE, pair)

        await self._write(deadline, work)

    async def judgements(self, record_id: RecordId) -> Sequence[Judged]:
        """Read all that was ever asserted of a record and others, oldest first."""
        async with self.store.read(None) as unit:
            return await unit.judgements(record_id)

    async def add(self, raw: Raw, *, deadline: float = WRITE_SECONDS) -> RecordId:
        """Write a new contact without looking it up; gives back its id.

        Where a lookup of the last minutes could not look everywhere for this person, that is noted
        (see :mod:`have_we_met.late`). Raises :class:`RecordExists` where the id is taken, and
        what services that reject it raise in :meth:`get_or_create`.
        """
        until = monotonic() + deadline
        record = (await self._consulting.before_writing(self.model.record(raw), until)).record
        doubt = self._doubts.about(record)

        async def work(unit: Unit) -> RecordId:
            record_id = await unit.insert(record)
            if doubt is not None:
                await unit.note(record_id, doubt, self.clock())
            await self._sign_ups.log(unit, Action.CREATE, [record_id], record)
            return record_id

        return await self._write(deadline, work)

    async def get(self, record_id: RecordId) -> Contact:
        """Read one contact; raises :class:`RecordNotFound`."""
        if self._audit:
            self._audit.read(record_id)
        async with self.store.read(None) as unit:
            return await _contact(unit, record_id)

    async def update(
        self, record_id: RecordId, changes: Raw, *, deadline: float = WRITE_SECONDS
    ) -> Contact:
        """Change some columns and give back the whole contact; raises :class:`RecordNotFound`."""

        async def work(unit: Unit) -> Contact:
            before = there(await unit.lock(record_id))
            values = self.model.record(before | self.model.by_name(changes)).values
            await unit.update(record_id, Record(changes, values))
            await self._sign_ups.log(unit, Action.UPDATE, [record_id])
            return await _contact(unit, record_id)

        return await self._write(deadline, work)

    async def delete(self, record_id: RecordId, *, deadline: float = WRITE_SECONDS) -> None:
        """Delete a contact; raises :class:`RecordNotFound`."""

        async def work(unit: Unit) -> None:
            there(await unit.lock(record_id))
            await unit.delete(record_id)
            await self._sign_ups.log(unit, Action.DELETE, [record_id])

        await self._write(deadline, work)

    async def forget(
        self, record_id: RecordId, *, vacuum: bool = False, deadline: float = WRITE_SECONDS
    ) -> Receipt:
        """Erase a contact and all that is known of it, and leave tombstones.

        ``vacuum`` has SQLite write its file anew, so that no byte of it is left there. Raises
        :class:`RecordNotFound`; :class:`StillReferenced` where rows of other tables forbid it; and
        :class:`StoreError` where the store has no secret for tombstones
        (:class:`~have_we_met.store.StoreOptions`). Nothing was erased then.
        """
        from .erasure import forget

        until, store = monotonic() + deadline, unguarded(self.store)
        try:
            return await forget(store, record_id, self.clock(), until, vacuum=vacuum)
        finally:
            if self.cache is not None:
                self.cache.erasures.pass_by()

    async def everything(self, record_id: RecordId, *, deadline: float = WRITE_SECONDS) -> Dossier:
        """Read all that is known of a contact; raises :class:`RecordNotFound`."""
        from .erasure import everything

        until = monotonic() + deadline
        return await everything(unguarded(self.store), record_id, self.clock(), until)

    async def explain(self, left: Raw | RecordId, right: Raw | RecordId) -> Explanation:
        """Say how two records compare, each given by its values or its id.

        What was asserted of two stored records binds the outcome.
        """
        async with self.store.read(None) as unit:
            return await self._reasons.explain(unit, left, right)

    async def why_not(self, raw: Raw | RecordId, record_id: RecordId) -> WhyNot:
        """Say which keys bring a stored record to this question, and what it scores."""
        async with self.store.read(None) as unit:
            return await self._reasons.why_not(unit, raw, record_id)

    async def close(self) -> None:
        """Let go of the store, of the cache, and of what services hold."""
        await self._consulting.close()
        if self._audit is not None:
            await self._audit.close()
        if self.cache is not None:
            await self.cache.close()
        await self.store.close()

    async def _write(self, deadline: float, work: Callable[[Unit], Awaitable[T]]) -> T:
        return await in_one_unit(self.store.begin, monotonic() + deadline, work)

    def _times(self, deadline: float | None) -> tuple[float, float]:
        """When a write began and when it is late, on the monotonic clock."""
        started = monotonic()
        return started, started + (WRITE_SECONDS if deadline is None else deadline)

    def _each_once(self, ids: Iterable[RecordId]) -> list[RecordId]:
        """Ids as the table spells them, in the order in which everybody locks them."""
        return sorted({self.store.side.contacts.same_id(one) for one in ids}, key=spelt_id)

    @property
    def _reasons(self) -> Reasons:
        return Reasons(self.model, self.store.side.contacts)


async def _contact(unit: Unit, record_id: RecordId) -> Contact:
    return there(await unit.contact(record_id))
