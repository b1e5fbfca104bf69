"""Answering a request once: the same key and body get the same answer, however often they come.

The answer is written in the unit that acts, so that both stay or neither does: whoever was not
told, because a process or a connection died after the commit, asks again and is told then. What is
written names records by their ids and says nothing of them; the contacts are read anew.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from .answer import Lack, Lookup, Registration
from .errors import IdempotencyConflict, InputError, Problem, RecordNotFound
from .looking import answer
from .model import Model
from .record import Record, RecordId
from .store.base import Contact, Remembered, Unit
from .store.lasting import read_id, spelt_id
from .verdict import Match, Status

LONGEST_KEY = 255
"""Characters of an idempotency key."""

Work = Callable[[Unit], Awaitable[Registration]]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request: a mark of its key, and a mark of what it asks."""

    key_mark: str
    body_mark: str

    @property
    def lock(self) -> int:
        """What two requests with one key both hold: 64 bits of the key's mark."""
        return int.from_bytes(bytes.fromhex(self.key_mark)[:8], "big", signed=True)


def ticket_of(entity: str, key: str, body: str) -> Ticket:
    """Mark a request. Neither mark gives away what it was made of.

    The body's mark is made with the key, which is not stored: without it nobody can try out
    whether a body was this or that. Raises :class:`InputError` for a key that is empty or longer
    than 255 characters.

    >>> one, two = ticket_of("contacts", "k-1", "[]"), ticket_of("contacts", "k-2", "[]")
    >>> one.key_mark == two.key_mark, one.body_mark == two.body_mark
    (False, False)
    """
    if not 0 < len(key) <= LONGEST_KEY:
        problem = f"must be 1 to {LONGEST_KEY} characters"
        raise InputError([Problem("idempotency_key", problem)])
    spelt = key.encode(errors="surrogatepass")
    inside = blake2b(entity.encode(), digest_size=64).digest()
    of_key = blake2b(spelt, digest_size=16, key=inside, person=b"hwm key")
    secret = blake2b(spelt, digest_size=64, key=inside, person=b"hwm body").digest()
    return Ticket(
        of_key.hexdigest(), blake2b(body.encode(), digest_size=16, key=secret).hexdigest()
    )


def said(model: Model, record: Record, *decided: str) -> str:
    """Write what a request says, so that the same said otherwise is the same text.

    A field counts as it is normalised, and as it stands where nothing was understood; other
    columns count as they stand. ``decided`` is what else the request says.

    >>> from have_we_met import preset
    >>> model = preset("contacts")
    >>> ada, same = ({"email": email} for email in ("ada@example.org", " ADA@example.org "))
    >>> said(model, model.record(ada)) == said(model, model.record(same))
    True
    """
    fields = dict(zip(model.field_names, record.values, strict=True))
    every = {**record.raw, **{name: v for name, v in fields.items() if v is not None}}
    kept = {name: value for name, value in every.items() if not _is_blank(value)}
    return json.dumps([sorted(kept.items()), decided], default=str)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without the contacts: which records it named, and what it said of them."""

    created: bool
    linked: bool
    status: Status
    ids: tuple[RecordId, ...]
    confidence: float | None
    lookup_id: str
    lacks: tuple[Lack, ...]


def write(registration: Registration) -> str:
    """Write an answer as one text, without anybody's data."""
    lookup = registration.lookup
    ids: Iterable[RecordId | None] = (match.record_id for match in lookup.matches)
    if registration.record_id is not None:
        ids = (registration.record_id,)
    facts = {
        "created": registration.created,
        "linked": registration.linked,
        "status": lookup.status.value,
        "ids": [spelt_id(record_id) for record_id in ids if record_id is not None],
        "confidence": lookup.confidence,
        "lookup": lookup.lookup_id,
        "lacks": [[lack.kind, lack.name, lack.reason] for lack in lookup.degraded],
    }
    return json.dumps(facts, separators=(",", ":"))


def read(text: str) -> Told:
    """Read what :func:`write` wrote."""
    facts = json.loads(text)
    return Told(
        facts["created"],
        facts["linked"],
        Status(facts["status"]),
        tuple(map(read_id, facts["ids"])),
        facts["confidence"],
        facts["lookup"],
        tuple(Lack(*lack) for lack in facts["lacks"]),
    )


def without(text: str, record_id: RecordId) -> str:
    """Take an erased record out of an answer.

    A review loses one of those that it suggested. Whatever else named the record is now an answer
    that created somebody who is gone: whoever sends the request again is told so, and nobody is
    created by it a second time.

    >>> without('{"status":"review","ids":["7","8"],"created":false}', 7)
    '{"status":"review","ids":["8"],"created":false}'
    """
    facts = json.loads(text)
    facts["ids"] = [one for one in facts["ids"] if one != spelt_id(record_id)]
    if facts["status"] != Status.REVIEW:
        facts |= {"created": True, "ids": []}
    return json.dumps(facts, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Once:
    """Answers each request once, for ``keep`` seconds after it first came."""

    model: Model
    keep: float
    clock: Callable[[], datetime]

    async def answer(
        self, unit: Unit, ticket: Ticket, record: Record, started: float, work: Work
    ) -> Registration:
        """Repeat the answer that was given, or do ``work`` and remember what it gives.

        Two requests with one key come one after the other. Raises :class:`IdempotencyConflict`
        where the key was used for another request, and :class:`RecordNotFound` where the record
        that was created then is gone.
        """
        await unit.hold([(0, ticket.lock)])
        now = self.clock()
        before = now - timedelta(seconds=self.keep)
        known = await unit.recall(ticket.key_mark)
        if known is not None and known.at > before:
            if known.body_mark != ticket.body_mark:
                raise IdempotencyConflict("this idempotency key was used for another request")
            again = await self._repeat(unit, record, read(known.answer), started)
            if again is not None:
                return again
        made = await work(unit)
        given = Remembered(ticket.body_mark, write(made), now)
        await unit.remember(ticket.key_mark, given, before=before)
        return made

    async def knows(self, unit: Unit, ticket: Ticket) -> bool:
        """Whether this very request was answered already, and not too long ago."""
        known = await unit.recall(ticket.key_mark)
        before = self.clock() - timedelta(seconds=self.keep)
        return known is not None and known.at > before and known.body_mark == ticket.body_mark

    async def _repeat(
        self, unit: Unit, record: Record, told: Told, started: float
    ) -> Registration | None:
        """Say it again of those who are still there; ``None`` where nobody is and none was made."""
        read = [(record_id, await unit.contact(record_id)) for record_id in told.ids]
        there = [(record_id, contact) for record_id, contact in read if contact is not None]
        if told.created and not there:
            raise RecordNotFound("the record that was created under this key is gone")
        if not there:
            return None
        if told.status is Status.REVIEW:
            return Registration(False, self._lookup(record, told, there, started))
        record_id, contact = there[0]
        lookup = self._lookup(record, told, [] if told.created else there, started)
        return Registration(told.created, lookup, contact, record_id, told.linked)

    def _lookup(
        self,
        record: Record,
        told: Told,
        there: list[tuple[RecordId, Contact]],
        started: float,
    ) -> Lookup:
        contacts = tuple(contact for _, contact in there)
        again = answer(
            told.status,
            started,
            contact=contacts[0] if told.status is Status.FOUND else None,
            suggestions=contacts if told.status is Status.REVIEW else (),
            confidence=told.confidence,
            complete=not told.lacks,
            degraded=told.lacks,
            matches=tuple(self._match(record, *one) for one in there),
            card=self.model.scorecard,
        )
        return replace(again, lookup_id=told.lookup_id)

    def _match(self, record: Record, record_id: RecordId, contact: Contact) -> Match:
        return self.model.compare(record, self.model.record(contact, id=record_id))
