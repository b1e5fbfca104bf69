"""Forgetting all that is written of a record beside what is cut from it."""

from __future__ import annotations

from ..record import RecordId
from .late import forget_late
from .memory import Running, forget_judgements


async def forget_lasting(unit: Running, record_id: RecordId) -> None:
    """Delete what was judged and noted of a record: its id may come to mean somebody else."""
    await forget_judgements(unit, record_id)
    await forget_late(unit, record_id)
