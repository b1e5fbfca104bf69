"""Forgetting all that is written of a record beside what is cut from it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..record import RecordId
from .lasting import spelt_id
from .late import forget_late
from .memory import Running, forget_judgements


async def forget_lasting(unit: Running, record_id: RecordId) -> dict[str, int]:
    """Delete what was judged and noted of a record: its id may come to mean somebody else.

    Gives how many rows of what went.
    """
    judged = await forget_judgements(unit, record_id)
    return {"judgements": judged, "notes": await forget_late(unit, record_id)}


async def answers_naming(unit: Running, record_id: RecordId) -> Sequence[tuple[str, str]]:
    """Read the remembered answers that name a record: the marks of their keys, and the texts."""
    spelt = spelt_id(unit.side.contacts.same_id(record_id))
    named = {"entity": unit.side.contacts.name, "text": json.dumps(spelt)}
    rows = await unit.run(unit.statements.lasting.naming, named)
    return [(mark, text) for mark, text in rows if spelt in json.loads(text)["ids"]]


async def rewrite_answer(unit: Running, key_mark: str, text: str) -> None:
    """Put another answer in place of the one under a key."""
    named = {"entity": unit.side.contacts.name, "the_key_mark": key_mark, "new_answer": text}
    await unit.run(unit.statements.lasting.rewrite, named)
