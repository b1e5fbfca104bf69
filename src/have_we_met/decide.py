"""What scores mean under a policy: outcomes, best first, capped by contradictions.

On the points scale a pair is a *potential match* where its scaled score and its plain credit both
reach ``no_match`` (a shared company alone is nobody's twin), and a *definite match* where besides
the scaled score reaches ``definite_match``, at least ``minimum_evidence`` could be compared, and no
contradiction was found. On the bits scale both thresholds are probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .record import RecordId
from .score import Scores
from .verdict import Match, Outcome

Values = Sequence[str | None]
Contradicts = Callable[[Values, Values], str | None]
"""Looks at two records' values; the sentence that says why they are two people, or ``None``."""

_OUTCOMES = (Outcome.NO_MATCH, Outcome.POTENTIAL, Outcome.DEFINITE)
_POTENTIAL, _DEFINITE = 1, 2


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds and rules, ready to be applied.

    ``in_bits`` holds the thresholds against probabilities instead of points.
    """

    no_match: float
    definite_match: float
    minimum_evidence: float = 0.0
    contradictions: tuple[Contradicts, ...] = ()
    in_bits: bool = False


def ranks(policy: Policy, scores: Scores) -> NDArray[np.int8]:
    """Rank each pair before contradictions are heard; shape (n,).

    0 is no match, 1 a potential match, 2 a definite match.
    """
    if policy.in_bits:
        held = scores.confidence
        potential = held >= policy.no_match
    else:
        held = scores.total
        potential = (held >= policy.no_match) & (scores.plain >= policy.no_match)
    definite = (held >= policy.definite_match) & (scores.comparable >= policy.minimum_evidence)
    return potential.astype(np.int8) + (potential & definite)


def matches(
    policy: Policy,
    scores: Scores,
    asked: Values,
    stored: Sequence[Values],
    ids: Sequence[RecordId | None],
    *,
    at_least: Outcome = Outcome.POTENTIAL,
    most: int | None = None,
) -> list[Match]:
    """Name the pairs whose outcome is ``at_least`` so good, best first, no more than ``most``.

    ``at_least`` is held against the outcome before contradictions are heard. Ties are broken by
    the records' ids, so the order of the candidates does not matter.
    """
    ranked = ranks(policy, scores).tolist()
    lowest = _OUTCOMES.index(at_least)
    kept = [at for at, rank in enumerate(ranked) if rank >= lowest]
    contradictions = {
        at: sentence
        for at in kept
        if ranked[at] == _DEFINITE and (sentence := _contradiction(policy, asked, stored[at]))
    }
    for at in contradictions:
        ranked[at] = _POTENTIAL
    if len(kept) > 1:
        total, plain = scores.total.tolist(), scores.plain.tolist()
        kept.sort(key=lambda at: (ranked[at] != _DEFINITE, -total[at], -plain[at], str(ids[at])))
    return [
        Match(
            ids[at],
            _OUTCOMES[ranked[at]],
            scores.total.item(at),
            scores.confidence.item(at),
            tuple(scores.similarity[:, at].tolist()),
            tuple(scores.credit[:, at].tolist()),
            contradictions.get(at),
            tuple(asked),
            tuple(stored[at]),
        )
        for at in kept[:most]
    ]


def _contradiction(policy: Policy, asked: Values, stored: Values) -> str | None:
    for contradicts in policy.contradictions:
        if sentence := contradicts(asked, stored):
            return sentence
    return None
