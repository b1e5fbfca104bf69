"""The road: record, keys, candidates, score, decide, act, explain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from os import urandom
from time import monotonic
from typing import TypeVar

from .answer import KeyReport, Lack, Lookup, Registration, WhyNot
from .decide import matches, worth_asking
from .errors import DeadlineExceeded, InputError, Problem, RecordNotFound, StoreError
from .explain import Explanation, explain
from .model import Model
from .record import Record, RecordId
from .store.base import Candidates, Contact, Store, Unit
from .store.retry import in_one_unit
from .verdict import Match, Outcome, Status

T = TypeVar("T")
Raw = Mapping[str, object]

LOOKUP_SECONDS = 2.0
"""The guide's hard limit for a lookup."""
WRITE_SECONDS = 10.0
"""How long a write may wait for its turn."""

_CROWD = Lack("evidence", "crowd", "fits more people than can be told apart")


class Resolver:
    """Answers *have we met this person?* over a store, and acts on the answer.

    ``deadline`` is the time for one lookup in seconds; ``suggestions`` is how many candidates a
    review answer shows at most.

    >>> import asyncio
    >>> from have_we_met import Resolver, create_store, preset
    >>> async def main():
    ...     resolver = Resolver(await create_store("sqlite://", preset("contacts")))
    ...     await resolver.add({"email": "john@example.com", "first_name": "John"})
    ...     return await resolver.lookup({"email": "John@Example.com"})
    >>> asyncio.run(main()).status
    <Status.FOUND: 'found'>
    """

    def __init__(
        self, store: Store, *, deadline: float = LOOKUP_SECONDS, suggestions: int = 5
    ) -> None:
        self.store = store
        self.model: Model = store.model
        self.deadline = deadline
        self.suggestions = suggestions

    async def lookup(self, raw: Raw, *, deadline: float | None = None) -> Lookup:
        """Look a person up; never raises for what the store or the clock does.

        ``deadline`` is in seconds. Where it passes, the answer is ``not_found`` with "timeout" in
        its message and ``complete`` false; where the store fails, the answer is ``error``. Raises
        :class:`InputError` for a record that cannot be read.
        """
        started = monotonic()
        until = started + (self.deadline if deadline is None else deadline)
        record = self.model.record(raw)
        if problem := self._nothing_to_ask_by(record):
            return _answer(Status.ERROR, started, message=problem, complete=False)
        try:
            async with self.store.read(until) as unit:
                return await self._look(unit, record, started, until)
        except DeadlineExceeded:
            return _late(started, until)
        except StoreError as exc:
            lack = Lack("store", type(exc).__name__, str(exc))
            message = "Lookup service unavailable"
            return _answer(Status.ERROR, started, message=message, complete=False, degraded=(lack,))

    async def get_or_create(self, raw: Raw, *, deadline: float | None = None) -> Registration:
        """Give the contact that we have met, or create one, in one transaction.

        Two calls at the same moment make one person. A review answer creates nothing. Raises
        :class:`InputError`, :class:`StoreError` or :class:`DeadlineExceeded`; nothing was written
        then.
        """
        started = monotonic()
        until = started + (WRITE_SECONDS if deadline is None else deadline)
        record = self.model.record(raw)
        if problem := self._nothing_to_ask_by(record):
            raise InputError([Problem(" or ".join(self.model.require_any), problem)])

        async def work(unit: Unit) -> Registration:
            await unit.hold(self.model.cut.one(record.values))
            found = await self._look(unit, record, started, until)
            if found.status is not Status.NOT_FOUND:
                record_id = found.matches[0].record_id if found.contact is not None else None
                return Registration(False, found, found.contact, record_id)
            if monotonic() > until:
                raise DeadlineExceeded("timeout: nothing was created, since nobody was looked for")
            record_id = await unit.insert(record)
            return Registration(True, found, await unit.contact(record_id), record_id)

        return await in_one_unit(self.store.begin, until, work)

    async def add(self, raw: Raw, *, deadline: float = WRITE_SECONDS) -> RecordId:
        """Write a new contact without looking it up; gives back its id.

        Raises :class:`RecordExists` where the id is taken.
        """
        record = self.model.record(raw)
        return await self._write(deadline, lambda unit: unit.insert(record))

    async def get(self, record_id: RecordId) -> Contact:
        """Read one contact; raises :class:`RecordNotFound`."""
        async with self.store.read(None) as unit:
            return await _contact(unit, record_id)

    async def update(
        self, record_id: RecordId, changes: Raw, *, deadline: float = WRITE_SECONDS
    ) -> Contact:
        """Change some columns and give back the whole contact; raises :class:`RecordNotFound`."""

        async def work(unit: Unit) -> Contact:
            before = _there(await unit.lock(record_id))
            values = self.model.record(before | self.model.by_name(changes)).values
            await unit.update(record_id, Record(changes, values))
            return await _contact(unit, record_id)

        return await self._write(deadline, work)

    async def delete(self, record_id: RecordId, *, deadline: float = WRITE_SECONDS) -> None:
        """Delete a contact; raises :class:`RecordNotFound`."""

        async def work(unit: Unit) -> None:
            _there(await unit.lock(record_id))
            await unit.delete(record_id)

        await self._write(deadline, work)

    async def explain(self, left: Raw | RecordId, right: Raw | RecordId) -> Explanation:
        """Say how two records compare, each given by its values or its id."""
        async with self.store.read(None) as unit:
            asked, stored = await self._read(unit, left), await self._read(unit, right)
        return self._explanation(asked, stored)

    async def why_not(self, raw: Raw | RecordId, record_id: RecordId) -> WhyNot:
        """Say which keys bring a stored record to this question, and what it scores."""
        async with self.store.read(None) as unit:
            asked, stored = await self._read(unit, raw), await self._read(unit, record_id)
            over_full = (await unit.candidates(self.model.cut.one(asked.values))).over_full
        names = [str(key) for key in self.model.all_keys]
        return WhyNot(
            record_id=record_id,
            keys=tuple(self._compare_keys(names, asked, stored)),
            over_full=tuple(names[place] for place in over_full),
            explanation=self._explanation(asked, stored),
        )

    async def close(self) -> None:
        """Let go of the store."""
        await self.store.close()

    async def _write(self, deadline: float, work: Callable[[Unit], Awaitable[T]]) -> T:
        return await in_one_unit(self.store.begin, monotonic() + deadline, work)

    async def _look(self, unit: Unit, record: Record, started: float, until: float) -> Lookup:
        candidates = await unit.candidates(self.model.cut.one(record.values))
        found = self._score(record, candidates)
        if monotonic() > until:
            return _late(started, until)
        return await self._answer(unit, found, self._lacks(candidates), started)

    def _score(self, record: Record, candidates: Candidates) -> list[Match]:
        """Compare a record with its candidates, in columns; those that could be it, best first."""
        if not candidates.ids:
            return []
        scores = self.model.score(record, candidates.values)
        return matches(
            self.model.policy,
            scores,
            record.values,
            candidates.values,
            candidates.ids,
            most=2 * self.suggestions,  # more than are shown: a contact may be gone by now
        )

    async def _answer(
        self, unit: Unit, found: Sequence[Match], lacks: tuple[Lack, ...], started: float
    ) -> Lookup:
        definite = bool(found) and found[0].outcome is Outcome.DEFINITE
        asked = found if definite else worth_asking(found, self.suggestions)
        shown, contacts = await self._contacts(unit, asked, 1 if definite else self.suggestions)
        if found and not asked:
            lacks = (*lacks, _CROWD)
        elif asked and not shown:
            lacks = (*lacks, Lack("index", self.model.table, "names records that are gone"))
        status = (Status.FOUND if definite else Status.REVIEW) if shown else Status.NOT_FOUND
        return _answer(
            status,
            started,
            contact=contacts[0] if status is Status.FOUND else None,
            suggestions=tuple(contacts) if status is Status.REVIEW else (),
            confidence=shown[0].confidence if shown else None,
            complete=not lacks,
            degraded=lacks,
            matches=tuple(shown),
            card=self.model.scorecard,
        )

    async def _contacts(
        self, unit: Unit, found: Sequence[Match], limit: int
    ) -> tuple[list[Match], list[Contact]]:
        """Read the best matches' contacts; one that is gone makes room for the next."""
        shown: list[Match] = []
        contacts: list[Contact] = []
        for match in found:
            if len(shown) == limit:
                break
            contact = await unit.contact(match.record_id)  # type: ignore[arg-type]  # it is stored
            if contact is not None:
                shown.append(match)
                contacts.append(contact)
        return shown, contacts

    def _lacks(self, candidates: Candidates) -> tuple[Lack, ...]:
        limit = self.model.key_limit
        return tuple(
            Lack("key", str(self.model.all_keys[place]), f"holds more than {limit} records")
            for place in candidates.over_full
        )

    def _nothing_to_ask_by(self, record: Record) -> str | None:
        required = self.model.require_any
        if not required:
            return None
        for name in required:
            if record.values[self.model.position(name)] is not None:
                return None
        return f"{' or '.join(required).capitalize()} required for lookup"

    async def _read(self, unit: Unit, record: Raw | RecordId) -> Record:
        if isinstance(record, Mapping):
            return self.model.record(record)
        return self.model.record(await _contact(unit, record), id=record)

    def _explanation(self, asked: Record, stored: Record) -> Explanation:
        return explain(self.model.scorecard, self.model.compare(asked, stored))

    def _compare_keys(self, names: list[str], asked: Record, stored: Record) -> list[KeyReport]:
        left, right = self.model.cut.one(asked.values), self.model.cut.one(stored.values)
        reports = []
        for place, name in enumerate(names):
            mine = {key for at, key in left if at == place}
            theirs = {key for at, key in right if at == place}
            reports.append(KeyReport(name, len(mine), len(theirs), not mine.isdisjoint(theirs)))
        return reports


async def _contact(unit: Unit, record_id: RecordId) -> Contact:
    return _there(await unit.contact(record_id))


def _there(contact: Contact | None) -> Contact:
    if contact is None:
        raise RecordNotFound("there is no record with this id")
    return contact


def _answer(status: Status, started: float, **facts: object) -> Lookup:
    duration = (monotonic() - started) * 1000
    return Lookup(status, duration, urandom(16).hex(), **facts)  # type: ignore[arg-type]


def _late(started: float, until: float) -> Lookup:
    message = f"Lookup timed out (timeout of {(until - started) * 1000:.0f} ms)"
    lack = Lack("store", "deadline", "did not answer within the deadline")
    return _answer(Status.NOT_FOUND, started, message=message, complete=False, degraded=(lack,))
