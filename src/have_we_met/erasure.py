"""Erasing a person, and giving a person all that is known: GDPR articles 17 and 15, CCPA.

What goes: the row of the table, its values and keys, judgements, notes of late verdicts, and its
name in remembered answers. What stays: tombstones and entries of the audit, which hold keyed marks
and the record's id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .audit import who_acts
from .errors import InputError, RecordNotFound, StillReferenced
from .once import without
from .record import RecordId
from .store.audit import entries
from .store.audit_chain import Act, Action, Entry
from .store.base import Contact, Values
from .store.erasing import Purged
from .store.forget import answers_naming, rewrite_answer
from .store.late import note_of
from .store.late_note import Note
from .store.retry import in_one_unit
from .store.stamps import ERASED
from .store.syncing import SqlStore
from .store.tombstones import marks_of
from .store.unit import SqlUnit
from .verdict import Judged


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased: how much of what, when, and where the audit says so.

    ``deleted`` counts rows of the table, keys, judgements, notes, and remembered answers that named
    the record. ``tombstones`` is how many marks stay. ``entry`` is the number of the audit's entry
    and ``seal`` its seal, ``None`` where the store has no secret. ``purged`` says how far the bytes
    are gone from the database's files.
    """

    record_id: RecordId
    at: datetime
    deleted: Mapping[str, int]
    tombstones: int
    entry: int | None
    seal: str | None
    purged: Purged

    def as_json(self) -> dict[str, object]:
        """Give it under the names that JSON has for it."""
        return {
            "recordId": self.record_id,
            "at": self.at.isoformat(),
            "deleted": dict(self.deleted),
            "tombstones": self.tombstones,
            "audit": None if self.entry is None else {"number": self.entry, "seal": self.seal},
            "purged": self.purged.value,
        }


async def forget(
    store: SqlStore, record_id: RecordId, at: datetime, until: float, *, vacuum: bool = False
) -> Receipt:
    """Erase a record, in one transaction, and then its bytes from the files as far as we can.

    Raises :class:`RecordNotFound`, and :class:`StillReferenced` where rows of other tables forbid
    it; nothing was erased then.
    """
    record_id = store.side.contacts.same_id(record_id)

    async def work(unit: SqlUnit) -> Receipt:
        return await _erase(unit, record_id, at)

    with store.erasing():
        try:
            receipt = await in_one_unit(store.begin, until, work)
        except InputError as exc:
            rule = exc.problems[0].message.rpartition(": ")[2]
            raise StillReferenced(
                f"rows of other tables refer to this record and forbid that it goes ({rule});"
                " delete them or let go of it there; nothing was erased"
            ) from None
    return replace(receipt, purged=await store.purge(vacuum=vacuum))


async def _erase(unit: SqlUnit, record_id: RecordId, at: datetime) -> Receipt:
    values = await _held(unit, record_id)
    indexed = await unit.indexed(unit.side.contacts.key_values(record_id))
    unit.touched.add(ERASED)
    stones = unit.tombstones.of(unit.model, record_id, values, *(indexed or ())[1:])
    answers = await answers_naming(unit, record_id)
    for mark, text in answers:
        await rewrite_answer(unit, mark, without(text, record_id))
    deleted = {"contacts": 1, **await unit.delete(record_id), "answers": len(answers)}
    await unit.tombstones.bury(unit, stones, at)
    number, seal = await _written(unit, Action.FORGET, at, record_id, values, deleted)
    return Receipt(record_id, at, deleted, len(stones), number, seal, Purged.DATABASE)


async def _held(unit: SqlUnit, record_id: RecordId) -> Values:
    """Hold a record's keys, lock it, and read what it says; raises :class:`RecordNotFound`.

    Whoever finds it for a sign-up holds one of its keys until that is answered and remembered: so
    nobody remembers an answer that names it once it is gone. Keys come first, as with sign-ups.
    """
    held = set[tuple[int, int]]()
    for read in (unit.contact, unit.lock):
        contact = await read(record_id)
        if contact is None:
            raise RecordNotFound("there is no record with this id")
        values = unit.model.record(contact).values
        await unit.hold([key for key in unit.model.cut.one(values) if key not in held])
        held.update(unit.model.cut.one(values))
    return values


async def _written(
    unit: SqlUnit,
    action: Action,
    at: datetime,
    record_id: RecordId,
    values: Values,
    facts: Mapping[str, int],
) -> tuple[int, str] | tuple[None, None]:
    """Write it down where there is a secret, whether or not anything else is."""
    marks = unit.tombstones.marks
    if marks is None:
        return None, None
    said = tuple(sorted(marks_of(marks, unit.model, values)))
    who = who_acts()
    act = Act(action, at, who.actor, who.policy, (record_id,), said, facts)
    head = await unit.audit(marks, [act])
    return head.number, head.seal


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known of a record: as it stands, normalised, its keys, and what was noted of it.

    ``keys`` are (key, hash); ``answers`` are remembered answers that name it; ``audit`` are the
    entries that concern it.
    """

    record_id: RecordId
    contact: Contact
    normalised: Mapping[str, str | None]
    keys: Sequence[tuple[str, int]]
    judgements: Sequence[Judged]
    note: Note | None
    answers: Sequence[Mapping[str, Any]]
    audit: Sequence[Entry]

    def as_json(self) -> dict[str, object]:
        """Give it under the names that JSON has for it."""
        return {
            "recordId": self.record_id,
            "contact": self.contact,
            "normalised": self.normalised,
            "keys": [{"key": key, "hash": hashed} for key, hashed in self.keys],
            "judgements": [one.as_json() for one in self.judgements],
            "lateNote": None if self.note is None else self.note.as_json(),
            "rememberedAnswers": self.answers,
            "audit": [entry.as_json() for entry in self.audit],
        }


async def everything(store: SqlStore, record_id: RecordId, at: datetime, until: float) -> Dossier:
    """Read all that is known of a record, and note that it was given out.

    Raises :class:`RecordNotFound`.
    """
    record_id = store.side.contacts.same_id(record_id)

    async def work(unit: SqlUnit) -> Dossier:
        contact = await unit.lock(record_id)
        if contact is None:
            raise RecordNotFound("there is no record with this id")
        model = unit.model
        values = model.record(contact).values
        found = Dossier(
            record_id,
            contact,
            dict(zip(model.field_names, values, strict=True)),
            [(str(model.all_keys[place]), hashed) for place, hashed in model.cut.one(values)],
            await unit.judgements(record_id),
            await note_of(unit, record_id),
            [json.loads(text) for _, text in await answers_naming(unit, record_id)],
            (),
        )
        await _written(unit, Action.EXPORT, at, record_id, values, {})
        return found

    found = await in_one_unit(store.begin, until, work)
    marks = store.tombstones.marks
    values = tuple(found.normalised.values())
    said = set() if marks is None else marks_of(marks, store.model, values)
    concerns = [entry async for entry in entries(store) if entry.concerns(record_id, said)]
    return replace(found, audit=concerns)
