"""Reading, counting and forgetting what was noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

from ..record import RecordId
from ..resolver import utc_now
from ..store import SqlStore, late
from ..store.late_note import Note, Tally
from .turns import writing


async def notes(store: SqlStore) -> AsyncIterator[Note]:
    """Read all notes, in the order in which they were made."""
    beyond = 0
    while True:
        async with store.survey(None) as unit:
            page = await late.notes(unit, beyond)
        if not page:
            return
        for note in page:
            yield note
        beyond = page[-1].number


async def tally(store: SqlStore, *, clock: Callable[[], datetime] = utc_now) -> Tally:
    """Count the notes by where they stand and what was found."""
    async with store.survey(None) as unit:
        return await late.tally(unit, clock())


async def forget(store: SqlStore, record_id: RecordId) -> None:
    """Delete what was noted of a record, and the record's id from all other notes.

    Deleting the record through :class:`~have_we_met.Resolver` does this too.
    """
    await writing(store, partial(late.forget_late, record_id=record_id))
