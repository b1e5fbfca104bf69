"""The kernel: what a pair of records is worth, for one pair or a million, on columns.

It knows no models and no stores, only a :class:`Scorecard` (what a model compiles to) and columns
of normalised values. A lookup and a batch call the same arithmetic in the same order, so a pair
gets bit for bit the same score on every road.

Points (hand-set weights): credit is ``weight x similarity`` where the similarity reaches the
comparison's threshold, else 0. A comparison with a value missing on either side is not comparable:
it earns nothing and does not count. ``scaled = credit / comparable weight x total weight``.

Bits (Fellegi & Sunter, "A Theory for Record Linkage", JASA 64, 1969): each comparison adds the
log2 likelihood ratio of its level to the prior's log2 odds; missing adds 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

import numpy as np

from .compare.base import FloatArray, Measure

Column = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison, ready to be heard.

    ``levels`` holds ``(at_least, bits, label)`` best first, and is empty on the points scale.
    ``weight`` is the most that this term can add.
    """

    field: str
    position: int
    measure: Measure
    weight: float
    threshold: float = 0.0
    levels: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True)
class Scorecard:
    """All comparisons of a model and their scale: points, or bits where ``prior`` is given.

    ``prior`` is the log2 odds that two candidates are one person before anything is compared.
    """

    terms: tuple[Term, ...]
    prior: float | None = None

    @cached_property
    def total_weight(self) -> float:
        """The score of a pair that agrees in everything, in points."""
        return sum(term.weight for term in self.terms)

    @cached_property
    def _weights(self) -> FloatArray:
        return np.array([[term.weight] for term in self.terms])

    @cached_property
    def _thresholds(self) -> FloatArray:
        return np.array([[term.threshold] for term in self.terms])

    @cached_property
    def _levels(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """For each term its levels' lower ends, ascending, and the bits of each."""
        return tuple(
            (
                np.array([at_least for at_least, _, _ in reversed(term.levels)]),
                np.array([bits for _, bits, _ in reversed(term.levels)]),
            )
            for term in self.terms
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of n pairs, in columns.

    ``similarity`` and ``credit`` have shape (terms, n); similarity is NaN where not comparable.
    The others have shape (n,): ``plain`` the sum of credit, ``comparable`` the weight of what could
    be compared, ``total`` the score on the model's scale (scaled points, or bits with the prior),
    ``confidence`` in [0, 1] (share of the comparable weight, or probability).
    """

    similarity: FloatArray
    credit: FloatArray
    plain: FloatArray
    comparable: FloatArray
    total: FloatArray
    confidence: FloatArray


def score_one(card: Scorecard, values: Column, others: Sequence[Column], count: int) -> Scores:
    """Score one record against ``count`` others, given as one column a field."""
    similarity = np.empty((len(card.terms), count))
    for row, term in enumerate(card.terms):
        value = values[term.position]
        similarity[row] = (
            np.nan if value is None else term.measure.one_to_many(value, others[term.position])
        )
    return _sum(card, similarity)


def score_pairs(
    card: Scorecard, left: Sequence[Column], right: Sequence[Column], count: int
) -> Scores:
    """Score ``count`` pairs, given as one column a field for each side."""
    similarity = np.empty((len(card.terms), count))
    for row, term in enumerate(card.terms):
        similarity[row] = term.measure.pairs(left[term.position], right[term.position])
    return _sum(card, similarity)


def _sum(card: Scorecard, similarity: FloatArray) -> Scores:
    return _points(card, similarity) if card.prior is None else _bits(card, similarity)


def _points(card: Scorecard, similarity: FloatArray) -> Scores:
    weights = card._weights
    credit = np.where(similarity >= card._thresholds, similarity * weights, 0.0)
    plain = _add_rows(credit)
    comparable = _add_rows(np.where(similarity == similarity, weights, 0.0))
    # Where nothing is comparable, credit is 0: any divisor but 0 gives the ratio 0.
    ratio = plain / np.where(comparable == 0.0, 1.0, comparable)
    return Scores(similarity, credit, plain, comparable, ratio * card.total_weight, ratio)


def _bits(card: Scorecard, similarity: FloatArray) -> Scores:
    credit = np.zeros_like(similarity)
    for row, (at_least, bits) in enumerate(card._levels):
        present = similarity[row] == similarity[row]
        level = np.searchsorted(at_least, similarity[row], side="right") - 1
        heard = present & (level >= 0)
        credit[row][heard] = bits[level[heard]]
    plain = _add_rows(credit)
    comparable = _add_rows(np.where(similarity == similarity, card._weights, 0.0))
    total = plain + (card.prior or 0.0)
    return Scores(similarity, credit, plain, comparable, total, 1.0 / (1.0 + np.exp2(-total)))


def _add_rows(matrix: FloatArray) -> FloatArray:
    """Add the rows top down. numpy's own sum may add in another order for another shape."""
    result: FloatArray = reduce(add, matrix)
    return result
