"""Acting on a sign-up: the contact that we have met, or a new one, in one unit and once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from .answer import Registration
from .consulting import Consulting
from .errors import DeadlineExceeded, InputError, Problem, RecordChanged
from .looking import Looker, answer, nothing_to_ask_by
from .model import Model
from .noting import doubt_of
from .once import Once, Ticket, Work, said, ticket_of
from .reasons import there
from .record import Record, RecordId
from .shown import NOT_KNOWN, Likenesses, is_as_shown
from .store.audit_chain import Action
from .store.base import Store, Unit
from .store.lasting import spelt_id
from .store.retry import in_one_unit
from .verdict import Basis, Judged, Judgement, Status

if TYPE_CHECKING:
    from .audit import Audit


@dataclass(frozen=True, slots=True)
class Asked:
    """A sign-up: who asks, under which idempotency key, and since and until when.

    Both moments are on :func:`time.monotonic`'s clock. ``shown`` is what the records that it speaks
    of said when they were shown.
    """

    record: Record
    key: str | None
    started: float
    until: float
    shown: Likenesses = field(default_factory=lambda: NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class SignUps:
    """Gives or creates the contact of a sign-up: each in one unit, once where it has a key."""

    store: Store
    looker: Looker
    consulting: Consulting
    once: Once
    audit: Audit | None

    async def create(self, asked: Asked, others: Sequence[RecordId], by: str) -> Registration:
        """Create a contact that is none of the ``others``, unless it is found, or in doubt."""
        started, until, model, clock = asked.started, asked.until, self._model, self.once.clock
        ticket = self._ticket(asked, *map(spelt_id, others))
        again = partial(self._known, ticket, until)
        heard = await self.consulting.before_writing(asked.record, until, again)
        record = askable(model, heard.record)

        async def work(unit: Unit) -> Registration:
            await unit.hold(model.cut.one(record.values))
            told_apart = await self._still_shown(unit, others, asked.shown)
            apart = dict.fromkeys(told_apart, Judgement.DIFFERENT)
            found = heard.lacking(await self.looker.look(unit, record, started, until, apart))
            if found.status is not Status.NOT_FOUND:
                record_id = found.matches[0].record_id if found.contact is not None else None
                return Registration(False, found, found.contact, record_id)
            if monotonic() > until:
                raise DeadlineExceeded("timeout: nothing was created, since nobody was looked for")
            record_id = await unit.insert(record)
            if doubt := doubt_of(found):
                await unit.note(record_id, doubt, clock())
            for other in told_apart:
                await unit.judge(asserted(record_id, other, Judgement.DIFFERENT, by, clock()))
            await self.log(unit, Action.CREATE, [record_id], record)
            return Registration(True, found, await unit.contact(record_id), record_id)

        made = await self._in_one_unit(ticket, record, asked, work)
        if self.audit and not made.created:
            self.audit.looked(record, made.lookup)
        return await self.consulting.after_writing(heard, made, until)

    async def confirm(self, asked: Asked, record_id: RecordId) -> Registration:
        """Give the contact that somebody confirmed to be this person."""
        model = self._model
        record = askable(model, asked.record)

        async def work(unit: Unit) -> Registration:
            contact = there(await unit.lock(record_id))
            if not is_as_shown(model, record_id, contact, asked.shown):
                raise RecordChanged("the record does not say any more what was shown of it")
            match = model.compare(record, model.record(contact, id=record_id))
            facts = {"contact": contact, "confidence": match.confidence, "matches": (match,)}
            found = answer(Status.FOUND, asked.started, card=model.scorecard, **facts)
            await self.log(unit, Action.LINK, [record_id], record)
            return Registration(False, found, contact, record_id, linked=True)

        ticket = self._ticket(asked, "confirm", spelt_id(record_id))
        return await self._in_one_unit(ticket, record, asked, work)

    async def _still_shown(
        self, unit: Unit, ids: Sequence[RecordId], shown: Likenesses
    ) -> list[RecordId]:
        """Lock those that are there and say what was shown of them; nothing is known of others."""
        read = [(record_id, await unit.lock(record_id)) for record_id in ids]
        return [
            record_id
            for record_id, contact in read
            if contact is not None and is_as_shown(self._model, record_id, contact, shown)
        ]

    @property
    def _model(self) -> Model:
        return self.store.model

    async def log(
        self, unit: Unit, action: Action, ids: Sequence[RecordId], record: Record | None = None
    ) -> None:
        """Write down what was done in a unit, where that is wanted."""
        if self.audit is not None:
            await self.audit.wrote(unit, action, ids, record)

    async def _in_one_unit(
        self, ticket: Ticket | None, record: Record, asked: Asked, work: Work
    ) -> Registration:
        """Do work in one unit; once, where the request has a ticket."""
        if ticket is None:
            return await in_one_unit(self.store.begin, asked.until, work)

        async def at_most_once(unit: Unit) -> Registration:
            return await self.once.answer(unit, ticket, record, asked.started, work)

        return await in_one_unit(self.store.begin, asked.until, at_most_once)

    def _ticket(self, asked: Asked, *decided: str) -> Ticket | None:
        if asked.key is None:
            return None
        body = said(self._model, asked.record, *decided)
        return ticket_of(self.store.side.contacts.name, asked.key, body)

    async def _known(self, ticket: Ticket | None, until: float) -> bool:
        """Whether a request was answered before."""
        if ticket is None:
            return False
        async with self.store.read(until) as unit:
            return await self.once.knows(unit, ticket)


def askable(model: Model, record: Record) -> Record:
    """Give a record that can be looked up; raises :class:`InputError` that says what it lacks."""
    if problem := nothing_to_ask_by(model, record):
        raise InputError([Problem(" or ".join(model.require_any), problem)])
    return record


def asserted(
    left: RecordId, right: RecordId, judgement: Judgement, by: str, at: datetime
) -> Judged:
    """Make a judgement of what somebody says of two records."""
    return Judged(left, right, judgement, Basis.ASSERTED, by, at)
