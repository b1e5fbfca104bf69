"""Remembering answers and judgements on any SQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ..record import RecordId
from ..verdict import Basis, Judged, Judgement
from .base import Remembered
from .contacts import Row
from .lasting import read_id, spelt_id, spelt_moment
from .side import SideTables
from .statements import Statement, Statements


class Running(Protocol):
    """What runs statements in one unit."""

    @property
    def side(self) -> SideTables:
        """The side tables."""
        ...

    @property
    def statements(self) -> Statements:
        """The statements on them."""
        ...

    async def run(self, statement: Statement, named: Mapping[str, object]) -> Sequence[Row]:
        """Run a statement with its parameters given by their names."""
        ...


async def recall(unit: Running, key_mark: str) -> Remembered | None:
    """Read the answer that was given under an idempotency key."""
    named = {"entity": unit.side.contacts.name, "key_mark": key_mark}
    rows = await unit.run(unit.statements.lasting.recall, named)
    if not rows:
        return None
    body_mark, answer, at = rows[0]
    return Remembered(body_mark, answer, datetime.fromisoformat(at))


async def remember(unit: Running, key_mark: str, given: Remembered, before: datetime) -> None:
    """Write an answer in place of what is under the key; forget some from ``before``."""
    lasting = unit.statements.lasting
    named = {"entity": unit.side.contacts.name, "key_mark": key_mark}
    await unit.run(lasting.sweep, named | {"before": spelt_moment(before)})
    answer = {
        "body_mark": given.body_mark,
        "answer": given.answer,
        "created_at": spelt_moment(given.at),
    }
    await unit.run(lasting.remember, named | answer)


async def judge(unit: Running, judged: Judged) -> None:
    """Write what is asserted of two records; nothing where that stands already."""
    lasting = unit.statements.lasting
    left, right = sorted(_spelt(unit, record) for record in (judged.left, judged.right))
    pair = {"left_id": left, "right_id": right}
    said = {"judgement": judged.judgement.value, "basis": judged.basis.value}
    stands = await unit.run(lasting.judged, pair)
    if stands and tuple(stands[0]) == tuple(said.values()):
        return
    who = {"judged_by": judged.by, "judged_at": spelt_moment(judged.at)}
    await unit.run(lasting.judge, pair | said | who)


async def judgements(unit: Running, record_id: RecordId) -> Sequence[Judged]:
    """Read all that was ever asserted of a record and others, oldest first."""
    named = {"id": _spelt(unit, record_id)}
    return [_judged(row) for row in await unit.run(unit.statements.lasting.judgements, named)]


async def forget_judgements(unit: Running, record_id: RecordId) -> int:
    """Delete all that was asserted of a record; gives how many judgements that were."""
    named = {"id": _spelt(unit, record_id)}
    return len(await unit.run(unit.statements.lasting.forget_judgements, named))


def _spelt(unit: Running, record_id: RecordId) -> str:
    return spelt_id(unit.side.contacts.same_id(record_id))


def _judged(row: Row) -> Judged:
    left, right, judgement, basis, by, at = row
    return Judged(
        read_id(left),
        read_id(right),
        Judgement(judgement),
        Basis(basis),
        by,
        datetime.fromisoformat(at),
    )
