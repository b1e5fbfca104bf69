"""What is kept of an answer: ids, scores and its shape, nothing of anybody."""

from __future__ import annotations

import msgspec

from ..answer import Lookup
from ..record import RecordId
from ..store.stamps import Stamps
from ..verdict import Match, Outcome, Status


class HeldMatch(msgspec.Struct, frozen=True, array_like=True):
    """A match without the two records' values."""

    id: RecordId
    outcome: Outcome
    score: float
    confidence: float
    similarity: tuple[float, ...]
    credit: tuple[float, ...]
    contradiction: str | None
    needed: float | None


class Held(msgspec.Struct, frozen=True, array_like=True):
    """An answer, the stamps under which it holds, and when it was given, in seconds since 1970."""

    stamps: Stamps
    at: float
    status: Status
    confidence: float | None
    candidates: int
    matches: tuple[HeldMatch, ...]


encode = msgspec.msgpack.Encoder().encode
"""Write a :class:`Held` as bytes."""
decode = msgspec.msgpack.Decoder(Held).decode
"""Read what was written; raises :class:`msgspec.MsgspecError` for anything else."""


def held_of(lookup: Lookup, stamps: Stamps, at: float) -> Held | None:
    """What to keep of an answer; nothing of one that is no certain answer."""
    if not lookup.complete or lookup.status is Status.ERROR:
        return None
    matches = tuple(map(_held_match, lookup.matches))
    return Held(stamps, at, lookup.status, lookup.confidence, lookup.candidates, matches)


def _held_match(match: Match) -> HeldMatch:
    assert match.record_id is not None
    return HeldMatch(
        match.record_id,
        match.outcome,
        float(match.score),
        float(match.confidence),
        tuple(map(float, match.similarity)),
        tuple(map(float, match.credit)),
        match.contradiction,
        match.needed,
    )


def match_of(held: HeldMatch, asked: tuple[str | None, ...]) -> Match:
    """The match again, but for what is stored of the record."""
    return Match(
        held.id,
        held.outcome,
        held.score,
        held.confidence,
        held.similarity,
        held.credit,
        held.contradiction,
        asked,
        needed=held.needed,
    )
