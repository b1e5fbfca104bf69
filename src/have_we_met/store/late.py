"""Noting, taking on and answering late verdicts on any SQL database.

A note is taken on for a while: its ``due`` is put off and its ``attempts`` go up by one, in a unit
of its own. What was taken on by a process that died is due again when that while is over. Whoever
answers says which attempt it was, so of two who took a note on only the later one is heard.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from os import urandom
from typing import Any, Protocol

from ..answer import Lack
from ..record import RecordId
from .base import Contact
from .contacts import Row
from .lasting import read_id, spelt_id, spelt_moment
from .late_note import Doubt, Finding, Near, Note, State, Tally, Verdict
from .late_statements import LateStatements
from .memory import Running

KEEP_CLEAR = timedelta(days=30)
"""For how long a note is kept that turned out to be clear; others stay as long as their record."""


async def note(unit: Running, record_id: RecordId, doubt: Doubt, at: datetime) -> None:
    """Note that a record was created upon an incomplete answer; due at once."""
    await forget_late(unit, record_id)  # the note of another record that had this id before
    lacks = json.dumps([[lack.kind, lack.name, lack.reason] for lack in doubt.lacks])
    named = {
        "event": urandom(16).hex(),
        "record_id": spelt_id(unit.side.contacts.same_id(record_id)),
        "lookup_id": doubt.lookup_id,
        "lacks": lacks,
        "noted_at": spelt_moment(at),
        "state": State.WAITING.value,
        "due_at": spelt_moment(at),
    }
    await unit.run(_statements(unit).note, named)


async def forget_late(unit: Running, record_id: RecordId) -> int:
    """Delete a record's note, and the record from among those that other notes name.

    Gives how many rows that were.
    """
    named = {"id": spelt_id(unit.side.contacts.same_id(record_id))}
    late = _statements(unit)
    each = (late.forget_matches, late.forget_matched, late.forget_note)
    return sum([len(await unit.run(statement, named)) for statement in each])


async def take(unit: Running, state: State, now: datetime, until: datetime) -> Note | None:
    """Take on the note in this state that is due first, if any; it is ours until a moment."""
    named = {"state": state.value, "now": spelt_moment(now)}
    rows = await unit.run(_statements(unit).due, named)
    if not rows:
        return None
    found = await _note(unit, rows[0])
    taken = {"the_number": found.number, "due_at": spelt_moment(until)}
    await unit.run(_statements(unit).take, taken)
    return replace(found, attempts=found.attempts + 1, due=until)


async def is_due(unit: Running, state: State, now: datetime) -> bool:
    """Whether there is any to take on; asked before, it spares a unit that writes."""
    named = {"state": state.value, "now": spelt_moment(now)}
    return bool(await unit.run(_statements(unit).is_due, named))


async def put_off(unit: Running, note: Note, until: datetime) -> None:
    """Leave a note that we have taken on until a moment."""
    await unit.run(_statements(unit).put_off, _ours(note) | {"due_at": spelt_moment(until)})


async def drop(unit: Running, note: Note) -> None:
    """Delete a note that we have taken on: its record is gone."""
    await unit.run(_statements(unit).drop, _ours(note))


class Locking(Running, Protocol):
    """What runs statements in one unit, and keeps others from changing a record meanwhile."""

    async def lock(self, record_id: RecordId) -> Contact | None:
        """Read a record, and keep it as it is until the unit ends; ``None`` where it is gone."""
        ...


async def answer(unit: Locking, note: Note, finding: Finding) -> bool:
    """Write the verdict on a note; ``False`` where it is not ours any more.

    Nobody is named who was erased while somebody looked.
    """
    at = spelt_moment(finding.at)
    said = {"verdict": finding.verdict.value, "model": finding.model, "answered_at": at}
    rows = await unit.run(_statements(unit).answer, _ours(note) | said | {"due_at": at})
    if not rows:
        return False
    for place, near in enumerate(finding.near):
        if await unit.lock(near.record_id) is None:
            continue
        match = {"record_id": spelt_id(near.record_id), "confidence": near.confidence}
        await unit.run(_statements(unit).match, {"note": note.number, "place": place} | match)
    before = spelt_moment(finding.at - KEEP_CLEAR)
    await unit.run(_statements(unit).sweep_clear, {"before": before})
    return True


async def told(unit: Running, note: Note) -> None:
    """Write that a verdict was told."""
    named = {"the_number": note.number, "the_state": State.ANSWERED.value}
    await unit.run(_statements(unit).told, named)


async def notes(unit: Running, beyond: int = 0) -> Sequence[Note]:
    """Read the next notes beyond a number, in the order in which they were made."""
    rows = await unit.run(_statements(unit).notes, {"beyond": beyond})
    return [await _note(unit, row) for row in rows]


async def note_of(unit: Running, record_id: RecordId) -> Note | None:
    """Read the note of one record, if there is any."""
    named = {"id": spelt_id(unit.side.contacts.same_id(record_id))}
    rows = await unit.run(_statements(unit).note_of, named)
    return await _note(unit, rows[0]) if rows else None


async def tally(unit: Running, now: datetime) -> Tally:
    """Count the notes."""
    waiting = untold = 0
    lag, found = 0.0, dict.fromkeys(Verdict, 0)
    for state, verdict, count, due in await unit.run(_statements(unit).tally, {}):
        if state == State.WAITING:
            waiting += count
            lag = max(0.0, (now - datetime.fromisoformat(due)).total_seconds())
        else:
            found[Verdict(verdict)] += count
            untold += count if state == State.ANSWERED else 0
    return Tally(waiting, untold, lag, found)


async def _note(unit: Running, row: Row) -> Note:
    number, event, record_id, lookup_id, lacks, noted_at, state, attempts, due_at, *found = row
    return Note(
        number,
        event,
        read_id(record_id),
        Doubt(lookup_id, tuple(Lack(*lack) for lack in json.loads(lacks))),
        datetime.fromisoformat(noted_at),
        State(state),
        attempts,
        datetime.fromisoformat(due_at),
        await _finding(unit, number, *found),
    )


async def _finding(
    unit: Running, number: int, verdict: str | None, model: str, answered_at: str
) -> Finding | None:
    if verdict is None:
        return None
    rows = await unit.run(_statements(unit).matches, {"note": number})
    near = tuple(Near(read_id(record_id), confidence) for record_id, confidence in rows)
    return Finding(Verdict(verdict), near, model, datetime.fromisoformat(answered_at))


def _statements(unit: Running) -> LateStatements:
    return unit.statements.lasting.late


def _ours(note: Note) -> dict[str, Any]:
    return {
        "the_number": note.number,
        "the_state": note.state.value,
        "the_attempts": note.attempts,
    }
