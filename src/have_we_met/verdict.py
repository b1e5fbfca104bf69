"""What we say about a pair, and what a lookup answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison heard on one pair: a term of the score's sum.

    ``credit`` and ``weight`` are on the model's scale (points or bits). ``similarity`` is in
    [0, 1], ``None`` where either side said nothing (level ``missing``, credit 0).
    """

    comparison: str
    level: str
    similarity: float | None
    credit: float
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate that was scored: the outcome, the sum and its terms.

    ``score`` is what the thresholds are held against; ``confidence`` is in [0, 1].
    ``contradiction`` is the sentence of the rule that capped the outcome, if one did.
    """

    record_id: RecordId | None
    outcome: Outcome
    score: float
    confidence: float
    evidence: tuple[Evidence, ...]
    contradiction: str | None = None
