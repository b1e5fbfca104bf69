"""Looking in a unit: candidates, score, decide, and the contacts that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import urandom
from time import monotonic
from types import MappingProxyType

from .answer import Lack, Lookup
from .decide import found, heed, named, worth_asking
from .model import Model
from .record import Record, RecordId
from .store.base import Candidates, Contact, Unit
from .verdict import Judgement, Match, Outcome, Status

Judgements = Mapping[RecordId, Judgement]
"""What was asserted of the asked record and others, by their ids."""

NONE: Judgements = MappingProxyType({})
_SPARE = 3
"""How many definite matches are kept in case that the best one's contact is gone by now."""
_GONE = Lack("index", "side tables", "name records that are gone")
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

        The exact keys are asked first. Where they bring a definite match the question is answered,
        and the other keys, which bring most of the candidates and work, are not asked at all.

        Whoever was told apart is not shown; nor does anybody take their place who was not worth
        showing beside them.
        """
        cut, exact = self.model.cut.one, len(self.model.exact_keys)
        candidates = await unit.candidates(cut(record.values, 0, exact))
        chosen, crowd = self._choose(record, candidates, judgements)
        if not _is_definite(chosen) and (others := cut(record.values, exact)):
            candidates = candidates.joined(await unit.candidates(others))
            chosen, crowd = self._choose(record, candidates, judgements)
        if monotonic() > until:
            return late(started, until)
        lacks = (*self._lacks(record, candidates, chosen), *([_CROWD] if crowd else ()))
        return await self._answer(unit, chosen, lacks, started, len(candidates.ids))

    def _choose(
        self, record: Record, candidates: Candidates, judgements: Judgements
    ) -> tuple[list[Match], bool]:
        """Compare a record with its candidates: who it may be, best first; and if it is a crowd."""
        if not candidates.ids:
            return [], False
        scores = self.model.score(record, candidates.values)
        pairs = (record.values, candidates.values, candidates.ids)
        near = found(self.model.policy, scores, *pairs)
        if judgements:
            return self._heed(named(near, *pairs), judgements)
        definite = bool(near) and near[0].is_definite
        worth = near[:_SPARE] if definite else worth_asking(near, self.suggestions)
        return named(worth, *pairs), bool(near) and not worth

    def _heed(self, near: list[Match], judgements: Judgements) -> tuple[list[Match], bool]:
        held = heed(near, judgements)
        if _is_definite(held):
            return held, False
        worth = worth_asking(near, self.suggestions)
        return heed(worth, judgements), bool(near) and not worth

    async def _answer(
        self,
        unit: Unit,
        chosen: Sequence[Match],
        lacks: tuple[Lack, ...],
        started: float,
        candidates: int,
    ) -> Lookup:
        heard = {"candidates": candidates}
        if not chosen:
            return answer(Status.NOT_FOUND, started, complete=not lacks, degraded=lacks, **heard)
        definite = _is_definite(chosen)
        shown, contacts = await (_first if definite else _all)(unit, chosen)
        if not shown:
            lacks = (*lacks, _GONE)
            return answer(Status.NOT_FOUND, started, complete=False, degraded=lacks, **heard)
        return answer(
            Status.FOUND if definite else Status.REVIEW,
            started,
            contact=contacts[0] if definite else None,
            suggestions=() if definite else tuple(contacts),
            confidence=shown[0].confidence,
            complete=not lacks,
            degraded=lacks,
            matches=tuple(shown),
            card=self.model.scorecard,
            **heard,
        )

    def _lacks(
        self, record: Record, candidates: Candidates, chosen: Sequence[Match]
    ) -> tuple[Lack, ...]:
        """The over-full keys, where what they cut off could hide a match."""
        over_full, limit = candidates.over_full, self.model.key_limit
        if not over_full or _is_definite(chosen):
            return ()
        if not self.model.reach.could_match(record.values, frozenset(over_full)):
            return ()
        return tuple(
            Lack("key", str(self.model.all_keys[place]), f"holds more than {limit} records")
            for place in over_full
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


def _is_definite(chosen: Sequence[Match]) -> bool:
    return bool(chosen) and chosen[0].outcome is Outcome.DEFINITE


async def _first(unit: Unit, chosen: Sequence[Match]) -> tuple[list[Match], list[Contact]]:
    """Read the best match's contact; one that is gone makes room for the next."""
    for match in chosen:
        assert match.record_id is not None
        contact = await unit.contact(match.record_id)
        if contact is not None:
            return [match], [contact]
    return [], []


async def _all(unit: Unit, chosen: Sequence[Match]) -> tuple[list[Match], list[Contact]]:
    """Read the contacts of all matches; those that are gone are left out."""
    by_id = {match.record_id: match for match in chosen if match.record_id is not None}
    if not by_id:
        return [], []
    there = await unit.contacts(list(by_id))
    shown = [match for record_id, match in by_id.items() if record_id in there]
    return shown, [there[record_id] for record_id in by_id if record_id in there]


def answer(status: Status, started: float, **facts: object) -> Lookup:
    """Make a lookup's answer, which began at ``started`` on the monotonic clock."""
    return Lookup(status, (monotonic() - started) * 1000, new_lookup_id(), **facts)  # type: ignore[arg-type]


def new_lookup_id() -> str:
    """Draw a lookup's number, which no other has and nobody can guess."""
    return urandom(16).hex()


def nothing_asked(problem: str, started: float) -> Lookup:
    """Say what a record lacks to be looked up."""
    return answer(Status.ERROR, started, message=problem, complete=False)


def late(started: float, until: float) -> Lookup:
    """Say that the answer did not come in time."""
    message = f"Lookup timed out (timeout of {(until - started) * 1000:.0f} ms)"
    lack = Lack("store", "deadline", "did not answer within the deadline")
    return answer(Status.NOT_FOUND, started, message=message, complete=False, degraded=(lack,))


def unasked(started: float) -> Lookup:
    """Say that the store was left alone, since it failed too often of late."""
    message = "Lookup service temporarily unavailable"
    lack = Lack("store", "breaker", "failed too often of late, and is left alone for a while")
    return answer(Status.NOT_FOUND, started, message=message, complete=False, degraded=(lack,))
