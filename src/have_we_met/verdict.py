"""What we say about a pair, and the words in which we say it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as about
from datetime import datetime
from enum import StrEnum

from .quick import Quick
from .record import RecordId


class Outcome(StrEnum):
    """What a score means under the model's thresholds."""

    NO_MATCH = "no-match"
    POTENTIAL = "potential-match"
    DEFINITE = "definite-match"


class Status(StrEnum):
    """The four answers to *have we met this person?*"""

    FOUND = "found"
    REVIEW = "review"
    NOT_FOUND = "not_found"
    ERROR = "error"


class Judgement(StrEnum):
    """What was asserted about a pair of records; it outlives every score."""

    SAME = "same"
    """The two records are one person."""

    DIFFERENT = "different"
    """The two records are two people."""

    UNSURE = "unsure"
    """Somebody looked at the two records and could not tell."""


class Basis(StrEnum):
    """Why a judgement is believed."""

    ASSERTED = "asserted"
    """Somebody said so, who knows or was asked."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement of a pair of stored records: what, why, by whom and when.

    The pair is unordered: ``left`` is the one whose id sorts first.
    """

    left: RecordId
    right: RecordId
    judgement: Judgement
    basis: Basis
    by: str
    at: datetime

    def of(self, record_id: RecordId) -> RecordId:
        """The other record of the pair."""
        return self.right if self.left == record_id else self.left

    def as_json(self) -> dict[str, object]:
        """Give it under the names that JSON has for it."""
        told = {"judgement": self.judgement.value, "basis": self.basis.value, "by": self.by}
        return {"left": self.left, "right": self.right, **told, "at": self.at.isoformat()}


class Match(Quick, frozen=True):
    """One candidate that was scored.

    ``score`` is on the model's scale, ``confidence`` in [0, 1]. ``similarity`` and ``credit`` are
    the terms of the sum, one a comparison; similarity is NaN where a side said nothing.
    ``contradiction`` is the sentence of the rule that capped the outcome, where one did.
    ``asked`` and ``stored`` are the two records' normalised values, kept out of ``repr``.
    ``judgement`` is what was asserted of the pair, where that bound the outcome. ``needed`` is the
    evidence that must be comparable, where only having less kept the pair from being definite.
    """

    hidden = frozenset({"asked", "stored"})

    record_id: RecordId | None
    outcome: Outcome
    score: float
    confidence: float
    similarity: tuple[float, ...]
    credit: tuple[float, ...]
    contradiction: str | None = None
    asked: tuple[str | None, ...] = ()
    stored: tuple[str | None, ...] = ()
    judgement: Judgement | None = None
    needed: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison heard on one pair: a term of the score's sum, with its reason in words.

    ``similarity`` is ``None`` where either side said nothing (level ``missing``, credit 0).
    """

    field: str
    level: str
    similarity: float | None
    credit: float
    weight: float
    reason: str
    asked: str | None = about(default=None, repr=False)
    stored: str | None = about(default=None, repr=False)
