"""A unit of work on any SQL database: written once over a connection that runs statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from ..model import Model
from ..record import Record, RecordId
from ..verdict import Judged
from .audit import append
from .audit_chain import Act, Head
from .base import Candidates, Contact, Remembered, Values
from .contacts import Contacts, Row, record_id
from .forget import forget_lasting
from .late import note
from .late_note import Doubt
from .marks import Marks
from .memory import judge, judgements, recall, remember
from .over_full import OverFull
from .side import SideTables
from .stamps import Hashes, buckets_of
from .statements import Statement, Statements
from .tombstones import Tombstones


class Connection(Protocol):
    """One connection of a driver, on which statements run."""

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        ...

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of parameters."""
        ...

    async def hold(self, keys: Sequence[int]) -> None:
        """Lock these keys until the transaction ends, in an order that is everybody's."""
        ...


@dataclass(frozen=True, slots=True)
class SqlUnit:
    """The road's questions, asked in SQL.

    ``touched`` are the buckets of the keys under which was written: see :mod:`.stamps`.
    """

    model: Model
    side: SideTables
    statements: Statements
    connection: Connection
    over_full: OverFull = field(default_factory=OverFull)
    touched: set[int] = field(default_factory=set)
    tombstones: Tombstones = field(default_factory=Tombstones)

    async def hold(self, keys: Sequence[tuple[int, int]]) -> None:
        """Keep every other unit that holds one of these keys waiting until this one ends."""
        await self.connection.hold([key for _, key in keys])

    async def candidates(self, keys: Sequence[tuple[int, int]]) -> Candidates:
        """Find the records under these keys, given as (place in the model, hash)."""
        keys, cut_off = self.over_full.part(keys)
        if not keys:
            return Candidates((), (), cut_off)
        statement = self.statements.candidates(len(keys))
        asked = self.statements.asked([key for _, key in keys])
        rows = await self.connection.fetch(statement, asked)
        if len(rows) > self.model.key_limit and (more := self._over_full(rows)):
            rows = self._worth_comparing(keys, rows, more)
            cut_off = tuple(sorted((*cut_off, *(keys[at][0] for at in more))))
        once = {row[1]: row for row in rows}.values()
        first = 2 + len(self.side.key_columns)
        return Candidates(
            ids=_ids(once, first),
            values=[row[first:] for row in once],
            over_full=cut_off,
        )

    def _over_full(self, rows: Sequence[Row]) -> Sequence[int]:
        """Which of the keys that were asked brought more than the limit."""
        held = Counter(row[0] for row in rows)
        return [at for at, count in held.items() if count > self.model.key_limit]

    def _worth_comparing(
        self, keys: Sequence[tuple[int, int]], rows: Sequence[Row], over_full: Sequence[int]
    ) -> Sequence[Row]:
        """Leave out what over-full keys brought; whoever is under an exact key may be meant."""
        exact = len(self.model.exact_keys)
        passed = {at for at in over_full if keys[at][0] >= exact}
        for at in passed:
            self.over_full.note(keys[at][1])
        return [row for row in rows if row[0] not in passed] if passed else rows

    async def contact(self, record_id: RecordId) -> Contact | None:
        """Read one row of the caller's table."""
        return await self._contact(self.statements.contact, record_id)

    async def contacts(self, record_ids: Sequence[RecordId]) -> dict[RecordId, Contact]:
        """Read several rows of the caller's table at once; one that is gone is left out."""
        contacts = self._contacts
        keys = [value for record in record_ids for value in contacts.key_values(record)]
        rows = await self.connection.fetch(self.statements.contacts(len(record_ids)), keys)
        return contacts.by_id(rows)

    async def lock(self, record_id: RecordId) -> Contact | None:
        """Read one row, and keep everybody else from changing it until this unit ends."""
        return await self._contact(self.statements.lock_contact, record_id)

    async def _contact(self, statement: Statement, record_id: RecordId) -> Contact | None:
        rows = await self.connection.fetch(statement, self._contacts.key_values(record_id))
        return self._contacts.contact(rows[0]) if rows else None

    async def insert(self, record: Record) -> RecordId:
        """Write a new contact and its keys."""
        columns = self._contacts.columns(record.raw, self.model)
        if name := self._contacts.invents_ids:
            columns.setdefault(name, str(uuid4()))
        self._contacts.must_have_key(columns)
        statement = self.statements.insert_contact(tuple(columns))
        rows = await self.run(statement, self._column_parameters(columns))
        await self.index(rows[0], record.values)
        return record_id(rows[0])

    async def index(self, key: Row, values: Values) -> None:
        """Write a record's values and keys beside the caller's table."""
        names = (*self.side.key_columns, *self.side.value_columns)
        parameters = {c.name: v for c, v in zip(names, (*key, *values), strict=True)}
        rows = await self.run(self.statements.insert_values, parameters)
        if not rows:
            return await self.reindex(key, values)
        hashes = self._hashes(values)
        self.touch(hashes)
        return await self._put(rows[0][0], hashes)

    async def update(self, record_id: RecordId, record: Record) -> None:
        """Set a contact's columns and its keys."""
        key = self._contacts.key_values(record_id)
        columns = self._contacts.columns(record.raw, self.model)
        if columns:
            parameters = self._column_parameters(columns) | self._key_parameters(key)
            await self.run(self.statements.update_contact(tuple(columns)), parameters)
        await self.reindex(key, record.values)

    async def reindex(self, key: Row, values: Values) -> None:
        """Set a record's values, and only those of its keys that differ."""
        indexed = await self.indexed(key)
        if indexed is None:
            return await self.index(key, values)
        number, before = indexed
        if before == values:
            return None
        parameters = dict(zip((c.name for c in self.side.value_columns), values, strict=True))
        await self.run(self.statements.update_values, {**parameters, "the_record": number})
        old, new = self._hashes(before), self._hashes(values)
        self.touch(old | new)
        await self._take(number, old - new)
        await self._put(number, new - old)
        return None

    async def delete(self, record_id: RecordId) -> dict[str, int]:
        """Delete a contact, its keys and what was judged and noted of it; says how much of each."""
        key = self._contacts.key_values(record_id)
        keys = await self.forget(key)
        await self.run(self.statements.delete_contact, self._key_parameters(key))
        return {"keys": keys, **await forget_lasting(self, record_id)}

    async def forget(self, key: Row) -> int:
        """Delete a record's values and keys beside the caller's table; says how many keys."""
        indexed = await self.indexed(key)
        if indexed is None:
            return 0
        number, values = indexed
        hashes = self._hashes(values)
        self.touch(hashes)
        await self._take(number, hashes)
        await self.run(self.statements.delete_values, {"record": number})
        return len(hashes)

    async def audit(self, marks: Marks, acts: Sequence[Act]) -> Head:
        """Write down who did what, at the end of the chain: the last thing that a unit does."""
        return await append(self, marks, acts)

    def touch(self, hashes: Hashes) -> None:
        """Note that answers to questions with these keys may have changed."""
        self.touched.update(buckets_of(hashes))

    async def recall(self, key_mark: str) -> Remembered | None:
        """Read the answer that was given under an idempotency key, however long ago."""
        return await recall(self, key_mark)

    async def remember(self, key_mark: str, given: Remembered, *, before: datetime) -> None:
        """Write an answer in place of what is under the key; forget some from ``before``."""
        await remember(self, key_mark, given, before)

    async def judge(self, judged: Judged) -> None:
        """Write what is asserted of two records; nothing where that stands already."""
        await judge(self, judged)

    async def judgements(self, record_id: RecordId) -> Sequence[Judged]:
        """Read all that was ever asserted of a record and others, oldest first."""
        return await judgements(self, record_id)

    async def note(self, record_id: RecordId, doubt: Doubt, at: datetime) -> None:
        """Note that a record was created upon an incomplete answer."""
        await note(self, record_id, doubt, at)

    async def indexed(self, key: Row) -> tuple[object, Values] | None:
        """Read the number and the values that are indexed under a primary key."""
        rows = await self.run(self.statements.indexed, self._key_parameters(key))
        if not rows:
            return None
        number, *values = rows[0]
        return number, tuple(values)

    def _hashes(self, values: Values) -> set[int]:
        return {key for _, key in self.model.cut.one(values)}

    async def _put(self, number: object, hashes: Iterable[int]) -> None:
        await self.run_many(self.statements.insert_key, self.statements.under(number, hashes))

    async def _take(self, number: object, hashes: Iterable[int]) -> None:
        await self.run_many(self.statements.delete_key, self.statements.under(number, hashes))

    @property
    def _contacts(self) -> Contacts:
        return self.side.contacts

    def _column_parameters(self, columns: Mapping[str, object]) -> dict[str, object]:
        return {f"c_{name}": value for name, value in self._contacts.fitted(columns).items()}

    def _key_parameters(self, key: Row) -> dict[str, object]:
        return {f"key_{c.name}": v for c, v in zip(self._contacts.key, key, strict=True)}

    async def run(self, statement: Statement, named: Mapping[str, object]) -> Sequence[Row]:
        """Run a statement with its parameters given by their names."""
        return await self.connection.fetch(statement, [named[n] for n in statement.parameters])

    async def run_many(self, statement: Statement, named: list[dict[str, object]]) -> None:
        """Run a statement once for each set of named parameters."""
        rows = [[row[n] for n in statement.parameters] for row in named]
        await self.connection.execute_many(statement, rows)


def _ids(rows: Iterable[Row], first: int) -> list[RecordId]:
    if first == 3:  # one column, and no tuple to make of it: the ordinary case
        return [key if isinstance(key := row[2], int | str) else str(key) for row in rows]
    return [record_id(row[2:first]) for row in rows]
