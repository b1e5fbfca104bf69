"""Looking in a unit: candidates, score, decide, and the contacts that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import urandom
from time import monotonic
from types import MappingProxyType

from .answer import Lack, Lookup
from .decide import heed, matches, worth_asking
from .model import Model
from .record import Record, RecordId
from .store.base import Candidates, Contact, Unit
from .verdict import Judgement, Match, Outcome, Status

Judgements = Mapping[RecordId, Judgement]
"""What was asserted of the asked record and others, by their ids."""

NONE: Judgements = MappingProxyType({})
_CROWD = Lack("evidence", "crowd", "fits more people than can be told apart")


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks people up by one model; ``suggestions`` is how many are shown at most."""

    model: Model
    suggestions: int

    async def look(
        self,
        unit: Unit,
        record: Record,
        started: float,
        until: float,
        judgements: Judgements = NONE,
    ) -> Lookup:
        """Answer *have we met this person?*, bound by what was asserted already.

        Whoever was told apart is not shown; nor does anybody take their place who was not worth
        showing beside them.
        """
        candidates = await unit.candidates(self.model.cut.one(record.values))
        found = self._score(record, candidates)
        if monotonic() > until:
            return late(started, until)
        lacks = self._lacks(candidates)
        return await self._answer(unit, found, judgements, lacks, started)

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
        self,
        unit: Unit,
        found: Sequence[Match],
        judgements: Judgements,
        lacks: tuple[Lack, ...],
        started: float,
    ) -> Lookup:
        held = heed(found, judgements) if judgements else found
        definite = bool(held) and held[0].outcome is Outcome.DEFINITE
        worth = held if definite else worth_asking(found, self.suggestions)
        asked = heed(worth, judgements) if judgements and not definite else worth
        shown, contacts = await self._contacts(unit, asked, 1 if definite else self.suggestions)
        if found and not worth:
            lacks = (*lacks, _CROWD)
        elif asked and not shown:
            lacks = (*lacks, Lack("index", self.model.table, "names records that are gone"))
        status = (Status.FOUND if definite else Status.REVIEW) if shown else Status.NOT_FOUND
        return answer(
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
        for start in range(0, len(found), limit):
            if len(shown) == limit:
                break
            some = {
                match.record_id: match
                for match in found[start : start + limit]
                if match.record_id is not None
            }
            there = await unit.contacts(list(some))
            shown += [match for record_id, match in some.items() if record_id in there]
            contacts += [there[record_id] for record_id in some if record_id in there]
        return shown[:limit], contacts[:limit]

    def _lacks(self, candidates: Candidates) -> tuple[Lack, ...]:
        limit = self.model.key_limit
        return tuple(
            Lack("key", str(self.model.all_keys[place]), f"holds more than {limit} records")
            for place in candidates.over_full
        )


def nothing_to_ask_by(model: Model, record: Record) -> str | None:
    """Say what a record lacks to be looked up, if anything."""
    required = model.require_any
    if not required:
        return None
    for name in required:
        if record.values[model.position(name)] is not None:
            return None
    return f"{' or '.join(required).capitalize()} required for lookup"


def answer(status: Status, started: float, **facts: object) -> Lookup:
    """Make a lookup's answer, which began at ``started`` on the monotonic clock."""
    duration = (monotonic() - started) * 1000
    facts.setdefault("lookup_id", urandom(16).hex())
    return Lookup(status, duration, **facts)  # type: ignore[arg-type]


def late(started: float, until: float) -> Lookup:
    """Say that the answer did not come in time."""
    message = f"Lookup timed out (timeout of {(until - started) * 1000:.0f} ms)"
    lack = Lack("store", "deadline", "did not answer within the deadline")
    return answer(Status.NOT_FOUND, started, message=message, complete=False, degraded=(lack,))
