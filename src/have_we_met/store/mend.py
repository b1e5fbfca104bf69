"""Making the side tables say what some rows of the caller's table say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .base import Values
from .bulk import Bulk, Indexer
from .contacts import Contacts, Row, record_id
from .drift import Drift
from .forget import forget_lasting
from .prepare import prepare
from .sync_statements import SyncStatements
from .tombstones import Incoming
from .unit import SqlUnit


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found, and the rows that somebody else is writing: nothing was done about them."""

    drift: Drift
    busy: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Mender:
    """Mends records in one unit, given their primary keys as the database has them.

    A row is locked before it is compared, so nobody changes it in between; and no lock is waited
    for while another one is held, so a sync never stands in a circle with the caller's own
    transactions.
    """

    unit: SqlUnit
    bulk: Bulk
    statements: SyncStatements

    async def mend(self, keys: Iterable[Row]) -> Mended:
        """Index what is new, index anew what changed, and forget what is gone."""
        asked = list(dict.fromkeys(keys))
        rows = await self.bulk.fetch_each(self.statements.take, asked)
        taken = {self._contacts.key_of_row(row) for row in rows}
        not_taken = [key for key in asked if key not in taken]
        busy = await self._there(not_taken)
        gone = [key for key in not_taken if key not in busy]
        drift = await self._settle(rows) + await self._forget(gone)
        # One that was gone may be back: its writer waited for what we forgot, or we for him.
        back = await self._there(gone)
        return Mended(drift, [*busy, *back])

    async def mend_one(self, key: Row) -> Drift:
        """Mend one record, however long another unit holds it."""
        lock = self.unit.statements.lock_contact
        rows = await self.bulk.fetch_each(lock, [key])
        forgotten = Drift() if rows else await self._forget([key])
        return forgotten + await self._settle(rows or await self.bulk.fetch_each(lock, [key]))

    async def _there(self, keys: Sequence[Row]) -> dict[Row, None]:
        if not keys:
            return {}
        rows = await self.bulk.fetch_each(self.unit.statements.contact, keys)
        return dict.fromkeys(map(self._contacts.key_of_row, rows))

    async def _settle(self, rows: Sequence[Row]) -> Drift:
        """Compare rows with what is indexed of them, and write what differs."""
        if not rows:
            return Drift()
        keys = [self._contacts.key_of_row(row) for row in rows]
        indexed = await self._indexed(keys)
        prepared = prepare(self.unit.model, self._contacts.by_field(rows), len(rows))
        erased = await self._erased(keys, prepared.columns, indexed)
        kept_out = {at for at in erased if self._stays_out and keys[at] not in indexed}
        new, changed = [], 0
        for place, (key, *values) in enumerate(zip(keys, *prepared.columns, strict=True)):
            before = indexed.get(key)
            if place in kept_out:
                continue
            if before is None:
                new.append(place)
            elif before != tuple(values):
                changed += 1
                await self.unit.reindex(key, tuple(values))
        if new:
            ids = list(zip(*(keys[place] for place in new), strict=True))
            indexer = Indexer(self.unit.model, self.unit.side, self.bulk)
            added = prepared.only(new)
            self.unit.touch(added.hashes)
            await indexer.write(ids, added)
        unchanged = len(keys) - len(new) - changed - len(kept_out)
        return Drift(len(new), changed, 0, unchanged, 0, len(erased))

    @property
    def _stays_out(self) -> bool:
        return self.unit.tombstones.then == "refuse"

    async def _erased(
        self,
        keys: Sequence[Row],
        columns: Sequence[Sequence[str | None]],
        indexed: Mapping[Row, Values],
    ) -> set[int]:
        """Which rows bring back who was erased. An id alone does not: a database may reuse it."""
        unit = self.unit
        if not await unit.tombstones.stand(unit):
            return set()
        rows = zip(keys, zip(*columns, strict=True), strict=True)
        coming = [Incoming(None, values, indexed.get(key)) for key, values in rows]
        return await unit.tombstones.over(unit, unit.model, coming)

    async def _indexed(self, keys: Sequence[Row]) -> dict[Row, Values]:
        width = len(self._contacts.key)
        rows = await self.bulk.fetch_each(self.statements.indexed, keys)
        return {tuple(row[:width]): tuple(row[width + 1 :]) for row in rows}

    async def _forget(self, keys: Sequence[Row]) -> Drift:
        if not keys:
            return Drift()
        known = await self._indexed(keys)
        for key in known:
            await self.unit.forget(key)
            await forget_lasting(self.unit, record_id(key))
        return Drift(removed=len(known))

    @property
    def _contacts(self) -> Contacts:
        return self.unit.side.contacts
