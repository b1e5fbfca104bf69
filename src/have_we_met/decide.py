"""What scores mean under a policy: outcomes, best first, capped by contradictions.

On the points scale a pair is a *potential match* where its scaled score and its plain credit both
reach ``no_match`` (a shared company alone is nobody's twin), and a *definite match* where besides
the scaled score reaches ``definite_match``, at least ``minimum_evidence`` could be compared, and no
contradiction was found. On the bits scale both thresholds are probabilities.

What somebody asserted about a pair binds before all that: :func:`heed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .quick import Quick
from .record import RecordId
from .score import Scored, Scores
from .verdict import Judged, Judgement, Match, Outcome

Values = Sequence[str | None]
Contradicts = Callable[[Values, Values], str | None]
"""Looks at two records' values; the sentence that says why they are two people, or ``None``."""

T = TypeVar("T", "Found", Match)

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


def rank(policy: Policy, scored: Scored) -> int:
    """Rank one pair before contradictions are heard.

    0 is no match, 1 a potential match, 2 a definite match.
    """
    if policy.in_bits:
        held = scored.confidence
    else:
        held = scored.total
        if scored.plain < policy.no_match:
            return 0
    if held < policy.no_match:
        return 0
    definite = held >= policy.definite_match and scored.comparable >= policy.minimum_evidence
    return 2 if definite else 1


def _is_held_back(policy: Policy, found: Found) -> bool:
    """Whether a pair is no definite match only because too little could be compared."""
    scored = found.scored
    held = scored.confidence if policy.in_bits else scored.total
    lacks_evidence = scored.comparable < policy.minimum_evidence
    return found.rank == _POTENTIAL and lacks_evidence and held >= policy.definite_match


def ranks(policy: Policy, scores: Scores) -> NDArray[np.int8]:
    """Rank n pairs as :func:`rank` ranks one; shape (n,)."""
    if policy.in_bits:
        held = scores.confidence
        potential = held >= policy.no_match
    else:
        held = scores.total
        potential = (held >= policy.no_match) & (scores.plain >= policy.no_match)
    definite = (held >= policy.definite_match) & (scores.comparable >= policy.minimum_evidence)
    return potential.astype(np.int8) + (potential & definite)


class Found(Quick, frozen=True):
    """A pair that is worth looking at: its place, its rank and its score.

    ``needed`` is the minimum evidence, where a pair was held back for having less.
    """

    at: int
    rank: int
    scored: Scored
    contradiction: str | None = None
    needed: float | None = None

    @property
    def credit(self) -> tuple[float, ...]:
        """What each comparison earned."""
        return self.scored.credit

    @property
    def is_definite(self) -> bool:
        """Whether this is a definite match that nothing contradicts."""
        return self.rank == _DEFINITE


def found(
    policy: Policy,
    scores: Scores | Sequence[Scored],
    asked: Values,
    stored: Sequence[Values],
    ids: Sequence[RecordId | None],
    *,
    at_least: Outcome = Outcome.POTENTIAL,
) -> list[Found]:
    """Find the pairs whose outcome is ``at_least`` so good, best first.

    ``at_least`` is held against the outcome before contradictions are heard. Ties are broken by
    the records' ids, so the order of the candidates does not matter.
    """
    lowest = _OUTCOMES.index(at_least)
    if isinstance(scores, Scores):
        heard = _found_in_columns(policy, scores, lowest)
    else:
        heard = _found_in_rows(policy, scores, lowest)
    for place, one in enumerate(heard):
        if one.rank == _DEFINITE or one.scored.comparable < policy.minimum_evidence:
            heard[place] = _hear(policy, one, asked, stored[one.at])
    if len(heard) > 1:
        heard.sort(
            key=lambda one: (
                one.rank != _DEFINITE,
                -one.scored.total,
                -one.scored.plain,
                str(ids[one.at]),
            )
        )
    return heard


def named(
    pairs: Iterable[Found],
    asked: Values,
    stored: Sequence[Values],
    ids: Sequence[RecordId | None],
) -> list[Match]:
    """Make matches of the pairs that were found."""
    asked = tuple(asked)
    return [
        Match(
            ids[pair.at],
            _OUTCOMES[pair.rank],
            pair.scored.total,
            pair.scored.confidence,
            pair.scored.similarity,
            pair.scored.credit,
            pair.contradiction,
            asked,
            tuple(stored[pair.at]),
            needed=pair.needed,
        )
        for pair in pairs
    ]


def worth_asking(pairs: Sequence[T], most: int) -> list[T]:
    """Keep the best few, without those that nothing tells apart.

    Of sixty namesakes nobody could choose, and any five of them would be five strangers shown for
    nothing. Where more than ``most`` agree with what was asked in the same comparisons and in no
    other, all of them are left out. ``pairs`` is all that was found, best first.
    """
    if len(pairs) <= most:
        return list(pairs)
    agreements = [tuple([credit > 0 for credit in pair.credit]) for pair in pairs]
    crowds = Counter(agreements)
    told_apart = zip(pairs, agreements, strict=True)
    return [one for one, agreement in told_apart if crowds[agreement] <= most][:most]


def bound(match: Match, judgement: Judgement | None) -> Match:
    """Let a judgement bind the outcome of a match, whatever its score.

    The score and its terms stay as they are.

    >>> scored = Match("2", Outcome.DEFINITE, 70.0, 0.9, (), ())
    >>> bound(scored, Judgement.DIFFERENT).outcome.value, bound(scored, None) is scored
    ('no-match', True)
    """
    if judgement is None:
        return match
    return match.changed(outcome=_BOUND[judgement](match.outcome), judgement=judgement)


_BOUND: Mapping[Judgement, Callable[[Outcome], Outcome]] = {
    Judgement.SAME: lambda outcome: Outcome.DEFINITE,
    Judgement.DIFFERENT: lambda outcome: Outcome.NO_MATCH,
    Judgement.UNSURE: lambda outcome: min(outcome, Outcome.POTENTIAL, key=_OUTCOMES.index),
}


def heed(found: Iterable[Match], judgements: Mapping[RecordId, Judgement]) -> list[Match]:
    """Let judgements bind matches: those of two people fall out, those of one are definite.

    ``judgements`` says what was asserted of the asked record and each of the others, by their ids.
    Definite matches come first, otherwise the order stays.
    """
    heard = [bound(match, judgements.get(match.record_id)) for match in found]  # type: ignore[arg-type]  # no id, no judgement
    kept = [match for match in heard if match.outcome is not Outcome.NO_MATCH]
    return sorted(kept, key=lambda match: match.outcome is not Outcome.DEFINITE)


def standing(judgements: Iterable[Judged], record_id: RecordId) -> dict[RecordId, Judgement]:
    """Say what stands of a record and each other one, given all judgements, oldest first."""
    return {judged.of(record_id): judged.judgement for judged in judgements}


def _found_in_columns(policy: Policy, scores: Scores, lowest: int) -> list[Found]:
    ranked = ranks(policy, scores)
    kept = (ranked >= lowest).nonzero()[0]
    pairs = zip(kept.tolist(), ranked[kept].tolist(), scores.pairs(kept), strict=True)
    return [Found(at, rank_of, scored) for at, rank_of, scored in pairs]


def _found_in_rows(policy: Policy, scores: Sequence[Scored], lowest: int) -> list[Found]:
    kept = []
    for at, scored in enumerate(scores):
        ranked = rank(policy, scored)
        if ranked >= lowest:
            kept.append(Found(at, ranked, scored))
    return kept


def _hear(policy: Policy, found: Found, asked: Values, stored: Values) -> Found:
    """Cap a definite match where a rule contradicts it; say what held another one back."""
    if found.rank != _DEFINITE:
        held_back = _is_held_back(policy, found)
        return found.changed(needed=policy.minimum_evidence) if held_back else found
    for contradicts in policy.contradictions:
        if sentence := contradicts(asked, stored):
            return found.changed(rank=_POTENTIAL, contradiction=sentence)
    return found
