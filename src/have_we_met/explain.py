"""Reasons: the terms of a score, as data, as a sentence, as a table.

Nothing is computed again here. The similarities and credits are those that made the score; this
module only finds words for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .record import RecordId
from .score import Scorecard, Term
from .verdict import Evidence, Judgement, Match, Outcome

_WORDS: Mapping[Outcome, str] = {
    Outcome.DEFINITE: "Definite match",
    Outcome.POTENTIAL: "Potential match",
    Outcome.NO_MATCH: "No match",
}
_JUDGED: Mapping[Judgement | None, str] = {
    None: "",
    Judgement.SAME: "judged to be one person",
    Judgement.DIFFERENT: "judged to be two people",
    Judgement.UNSURE: "judged to be unsure",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair got its outcome: the evidence in the model's order, and the sum."""

    record_id: RecordId | None
    outcome: Outcome
    score: float
    out_of: float | None
    confidence: float
    evidence: tuple[Evidence, ...]
    contradiction: str | None = None
    judgement: Judgement | None = None
    needed: float | None = None

    @property
    def held_back(self) -> str | None:
        """Say that too little could be compared, where nothing else kept a match from definite."""
        if self.needed is None or self.outcome is not Outcome.POTENTIAL:
            return None
        comparable = sum(item.weight for item in self.evidence if item.similarity is not None)
        scale = "bits" if self.out_of is None else "points"
        return (
            f"too little could be compared ({comparable:g} of the {self.needed:g} {scale} needed)"
        )

    @property
    def sentence(self) -> str:
        """Say the reasons in one sentence that quotes no value of either record."""
        heard = [item for item in self.evidence if item.similarity is not None]
        for_it = [f"{_label(item.field)} {item.reason}" for item in heard if item.credit > 0]
        against = [f"{_label(item.field)} {item.reason}" for item in heard if item.credit <= 0]
        missing = [_label(item.field) for item in self.evidence if item.similarity is None]
        parts = [
            _JUDGED[self.judgement],
            _listed("", for_it),
            _listed("but ", against) if for_it else _listed("", against),
            _listed("nothing to compare for ", missing),
            self.held_back or "",
            self.contradiction or "",
        ]
        reasons = "; ".join(filter(None, parts)) or "nothing to compare"
        return f"{_WORDS[self.outcome]} ({self._sum}): {reasons}."

    @property
    def _sum(self) -> str:
        if self.out_of is None:
            return f"{self.score:+.1f} bits, probability {self.confidence:.3f}"
        return f"{self.score:.1f} of {self.out_of:g} points"

    def rows(self, *, redact: bool = False) -> list[tuple[str, ...]]:
        """Give the evidence as rows of text, a heading first, the sum last.

        With ``redact`` the two columns of values are left out.
        """
        heading = ("field", "asked", "stored", "similarity", "credit", "of", "reason")
        total = ("total", "", "", "", f"{self.score:.1f}", self._out_of, _WORDS[self.outcome])
        rows = [heading, *map(_row, self.evidence), total]
        return [(row[0], *row[3:]) for row in rows] if redact else rows

    @property
    def _out_of(self) -> str:
        return "" if self.out_of is None else f"{self.out_of:g}"

    def table(self, *, redact: bool = False) -> str:
        """Give the evidence as an aligned table."""
        rows = self.rows(redact=redact)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        if self.held_back:
            lines.append(f"held back: {self.held_back}")
        if self.contradiction:
            lines.append(f"contradiction: {self.contradiction}")
        if self.judgement:
            lines.append(f"judgement: {self.judgement.value}")
        return "\n".join(lines)

    def data(self, *, redact: bool = False) -> dict[str, object]:
        """Give everything as plain values, ready for JSON; ``redact`` leaves out people's data."""
        judged = {"judgement": self.judgement.value} if self.judgement else {}
        return {
            "recordId": self.record_id,
            "outcome": self.outcome.value,
            "score": self.score,
            "outOf": self.out_of,
            "confidence": self.confidence,
            "heldBack": self.held_back,
            "contradiction": self.contradiction,
            "reason": self.sentence,
            "evidence": [_data(item, redact=redact) for item in self.evidence],
            **judged,
        }


def explain(card: Scorecard, match: Match) -> Explanation:
    """Find words for the terms of a match's score."""
    terms = zip(card.terms, match.similarity, match.credit, strict=True)
    return Explanation(
        record_id=match.record_id,
        outcome=match.outcome,
        score=match.score,
        out_of=card.total_weight if card.prior is None else None,
        confidence=match.confidence,
        evidence=tuple(_evidence(term, match, *heard) for term, *heard in terms),
        contradiction=match.contradiction,
        judgement=match.judgement,
        needed=match.needed,
    )


def _evidence(term: Term, match: Match, similarity: float, credit: float) -> Evidence:
    asked, stored = match.asked[term.position], match.stored[term.position]
    if asked is None or stored is None or math.isnan(similarity):
        level, reason, heard = "missing", "is missing", None
    else:
        level, reason = term.measure.describe(asked, stored, similarity)
        level = _own_label(term, similarity) or level
        heard = similarity
        if 0 < similarity < term.threshold:
            reason += ", below the threshold"
    return Evidence(term.field, level, heard, credit, term.weight, reason, asked, stored)


def _own_label(term: Term, similarity: float) -> str:
    return next((label for at_least, _, label in term.levels if similarity >= at_least), "")


def _label(field: str) -> str:
    return field.replace("_", " ")


def _listed(lead: str, parts: Iterable[str]) -> str:
    text = ", ".join(parts)
    return lead + text if text else ""


def _row(item: Evidence) -> tuple[str, ...]:
    similarity = "" if item.similarity is None else f"{item.similarity:.2f}"
    return (
        item.field,
        item.asked or "",
        item.stored or "",
        similarity,
        f"{item.credit:.1f}",
        f"{item.weight:g}",
        item.reason,
    )


def _data(item: Evidence, *, redact: bool) -> dict[str, object]:
    values = {} if redact else {"asked": item.asked, "stored": item.stored}
    return {
        "field": item.field,
        "level": item.level,
        "similarity": item.similarity,
        "credit": item.credit,
        "weight": item.weight,
        "reason": item.reason,
        **values,
    }
