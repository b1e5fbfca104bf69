"""Tombstones: marks of those who were erased, so that nobody brings them back unnoticed.

One stands for each exact key of an erased record (e-mail, phone, identifiers) and for its id. What
comes in bulk, from a file or out of the caller's table, is held against them. Whoever signs up
himself is not: he may come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..errors import StoreError
from ..keys.cut import Values
from ..model import Model
from ..record import RecordId
from .audit_statements import MARKS, AuditStatements
from .lasting import spelt_id, spelt_moment
from .marks import Marks
from .memory import Running

Then = Literal["refuse", "report", "off"]
"""What becomes of a record under a tombstone: it stays out, it comes in and is counted, or both
and nobody looks."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record that comes in: its id where that was given by hand, and what it said before."""

    id: RecordId | None
    values: Values
    before: Values | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Makes tombstones and holds records against them; ``marks`` is ``None`` without a secret."""

    marks: Marks | None = None
    then: Then = "refuse"

    def of(self, model: Model, record_id: RecordId, *said: Values) -> set[str]:
        """Mark what a record said, now and before, and its id; nothing where nobody looks.

        Raises :class:`StoreError` without a secret.
        """
        if self.marks is None:
            if self.then == "off":
                return set()
            raise StoreError(
                "erasing leaves keyed marks behind, and needs a secret that lasts:"
                " set HAVE_WE_MET_MARKS_SECRET, or say that erased is off"
            )
        return self._of_id(record_id).union(*(self._of_values(model, one) for one in said))

    def needed(self) -> Marks:
        """Give what makes the marks; raises :class:`StoreError` without a secret."""
        if self.marks is None:
            raise StoreError("this needs the secret of the marks: set HAVE_WE_MET_MARKS_SECRET")
        return self.marks

    async def bury(self, unit: Running, marks: set[str], at: datetime) -> None:
        """Put up tombstones."""
        for mark in sorted(marks):
            secret = self.marks.name if self.marks else ""
            named = {"mark": mark, "secret": secret, "erased_at": spelt_moment(at)}
            await unit.run(_statements(unit).bury, named)

    async def stand(self, unit: Running) -> bool:
        """Whether there are any to hold records against.

        Raises :class:`StoreError` where there are, and they cannot be read without their secret.
        """
        if self.then == "off":
            return False
        secrets = {secret for (secret,) in await unit.run(_statements(unit).secrets, {})}
        if secrets and secrets != {self.marks.name if self.marks else ""}:
            raise StoreError(
                "people were erased from this table, and their tombstones were made with a secret"
                " that is not given: set HAVE_WE_MET_MARKS_SECRET to it, or say that erased is off"
            )
        return bool(secrets)

    async def over(self, unit: Running, model: Model, records: Sequence[Incoming]) -> set[int]:
        """Say which records, by their places, bring in what stands on a tombstone."""
        marks = [self._coming(model, record) for record in records]
        buried = (await self.buried(unit, {mark for some in marks for mark in some})).keys()
        under = [place for place, some in enumerate(marks) if some & buried]
        return {at for at in under if marks[at] & buried - self._had(model, records[at])}

    async def buried(self, unit: Running, marks: set[str]) -> dict[str, str]:
        """Which of these marks are on tombstones, and since when."""
        found: dict[str, str] = {}
        asked = sorted(marks)
        for start in range(0, len(asked), MARKS):
            some = asked[start : start + MARKS]
            padded = [*some, *some[-1:] * (MARKS - len(some))]
            named = {f"mark{place}": mark for place, mark in enumerate(padded)}
            found |= dict(await unit.run(_statements(unit).buried, named))
        return found

    def _coming(self, model: Model, record: Incoming) -> set[str]:
        return self._of_id(record.id) | self._of_values(model, record.values)

    def _had(self, model: Model, record: Incoming) -> set[str]:
        """What the record that is there already says: that is nothing new."""
        if record.before is None:
            return set()
        return self._of_id(record.id) | self._of_values(model, record.before)

    def _of_id(self, record_id: RecordId | None) -> set[str]:
        assert self.marks is not None
        return set() if record_id is None else {self.marks.of("id", spelt_id(record_id))}

    def _of_values(self, model: Model, values: Values) -> set[str]:
        assert self.marks is not None
        return marks_of(self.marks, model, values)


def marks_of(marks: Marks, model: Model, values: Values) -> set[str]:
    """Mark each exact key of a record: e-mail, phone, identifiers."""
    exact = model.exact_keys
    cut = model.cut.one(values, 0, len(exact))
    return {marks.of(str(exact[place]), str(hashed)) for place, hashed in cut}


def _statements(unit: Running) -> AuditStatements:
    return unit.statements.lasting.audit
