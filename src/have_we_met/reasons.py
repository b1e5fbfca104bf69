"""Reasons read from a store: how two records compare, and why one was not an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .answer import KeyReport, WhyNot
from .decide import bound, standing
from .errors import RecordNotFound
from .explain import Explanation, explain
from .model import Model
from .record import Record, RecordId
from .store.base import Contact, Unit
from .store.contacts import Contacts
from .verdict import Judgement

Raw = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Gives reasons by one model, for one table of contacts."""

    model: Model
    contacts: Contacts

    async def explain(self, unit: Unit, left: Raw | RecordId, right: Raw | RecordId) -> Explanation:
        """Compare two records, bound by what was asserted of them."""
        asked, stored = await self._read(unit, left), await self._read(unit, right)
        return await self._explanation(unit, asked, stored)

    async def why_not(self, unit: Unit, raw: Raw | RecordId, record_id: RecordId) -> WhyNot:
        """Say which keys bring a stored record to this question, and what it scores."""
        asked, stored = await self._read(unit, raw), await self._read(unit, record_id)
        over_full = (await unit.candidates(self.model.cut.one(asked.values))).over_full
        names = [str(key) for key in self.model.all_keys]
        return WhyNot(
            record_id=record_id,
            keys=tuple(self._compare_keys(names, asked, stored)),
            over_full=tuple(names[place] for place in over_full),
            explanation=await self._explanation(unit, asked, stored),
        )

    async def _read(self, unit: Unit, record: Raw | RecordId) -> Record:
        if isinstance(record, Mapping):
            return self.model.record(record)
        return self.model.record(there(await unit.contact(record)), id=record)

    async def _explanation(self, unit: Unit, asked: Record, stored: Record) -> Explanation:
        judgement = await self._judged(unit, asked.id, stored.id)
        return explain(self.model.scorecard, bound(self.model.compare(asked, stored), judgement))

    async def _judged(
        self, unit: Unit, asked: RecordId | None, stored: RecordId | None
    ) -> Judgement | None:
        """What stands of two stored records; of one that is not stored nobody could assert it."""
        if asked is None or stored is None:
            return None
        asked, stored = self.contacts.same_id(asked), self.contacts.same_id(stored)
        return standing(await unit.judgements(asked), asked).get(stored)

    def _compare_keys(
        self, names: Iterable[str], asked: Record, stored: Record
    ) -> Iterable[KeyReport]:
        left, right = self.model.cut.one(asked.values), self.model.cut.one(stored.values)
        for place, name in enumerate(names):
            mine = {key for at, key in left if at == place}
            theirs = {key for at, key in right if at == place}
            yield KeyReport(name, len(mine), len(theirs), not mine.isdisjoint(theirs))


def there(contact: Contact | None) -> Contact:
    """Give a contact that was read; raises :class:`RecordNotFound` where there is none."""
    if contact is None:
        raise RecordNotFound("there is no record with this id")
    return contact
