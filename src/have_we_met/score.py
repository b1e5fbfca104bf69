"""The kernel: what a pair of records is worth, for one pair or a million, on columns.

It knows no models and no stores, only a :class:`Scorecard` (what a model compiles to) and
normalised values. Many pairs are measured and added up in columns: some thirty calls, however many
pairs. Where there are few, as in most lookups, those calls cost more than the sums themselves;
there each pair is measured and added up by itself. Both measure alike and add in the same order,
so a pair gets bit for bit the same score on every road.

Points (hand-set weights): credit is ``weight x similarity`` where the similarity reaches the
comparison's threshold, else 0. A comparison with a value missing on either side is not comparable:
it earns nothing and does not count. ``scaled = credit / comparable weight x total weight``.

Bits (Fellegi & Sunter, "A Theory for Record Linkage", JASA 64, 1969): each comparison adds the
log2 likelihood ratio of its level to the prior's log2 odds; missing adds 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import exp2
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compare.base import FloatArray, Measure
from .quick import Quick

Column = Sequence[str | None]

FEW = 32
"""Up to so many pairs it is quicker to go pair by pair."""


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

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out of these holds compiled scorers, which cannot be pickled.
        return {"terms": self.terms, "prior": self.prior}

    @cached_property
    def total_weight(self) -> float:
        """The score of a pair that agrees in everything, in points."""
        return sum(term.weight for term in self.terms)

    @cached_property
    def _heard(self) -> tuple[tuple[int, Callable[[str, str], float], float, float], ...]:
        """For each term where its values stand, what compares two, its weight, its threshold."""
        return tuple(
            (term.position, term.measure.similarity, term.weight, term.threshold)
            for term in self.terms
        )

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


class Scored(Quick, frozen=True):
    """The score of one pair, with its terms.

    ``similarity`` and ``credit`` hold one number a term; similarity is NaN where not comparable.
    ``plain`` is the sum of credit, ``comparable`` the weight of what could be compared, ``total``
    the score on the card's scale (scaled points, or bits with the prior), ``confidence`` in [0, 1]
    (share of the comparable weight, or probability).
    """

    similarity: tuple[float, ...]
    credit: tuple[float, ...]
    plain: float
    comparable: float
    total: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of n pairs in columns: what :class:`Scored` holds for one.

    ``similarity`` and ``credit`` have shape (terms, n), the others (n,).
    """

    similarity: FloatArray
    credit: FloatArray
    plain: FloatArray
    comparable: FloatArray
    total: FloatArray
    confidence: FloatArray

    def pairs(self, places: NDArray[np.intp]) -> list[Scored]:
        """Take some pairs out."""
        by_term = (self.similarity, self.credit)
        terms = [map(tuple, column[:, places].T.tolist()) for column in by_term]
        sums = (self.plain, self.comparable, self.total, self.confidence)
        columns = [*terms, *(column[places].tolist() for column in sums)]
        return list(map(Scored, *columns))


def score_few(card: Scorecard, values: Column, others: Sequence[Column]) -> list[Scored]:
    """Score one record against a few others, given as one row of values each."""
    asked = [
        (place, value, position, similarity, weight, threshold)
        for place, (position, similarity, weight, threshold) in enumerate(card._heard)
        if (value := values[position]) is not None
    ]
    if card.prior is None:
        return [_one_in_points(card, asked, other) for other in others]
    return [_one_in_bits(card, asked, other) for other in others]


def score_one(card: Scorecard, values: Column, others: Sequence[Column]) -> Scores:
    """Score one record against n others, given as one column a field."""
    similarity = np.empty((len(card.terms), len(others[0])))
    for at, term in enumerate(card.terms):
        value = values[term.position]
        similarity[at] = (
            math.nan if value is None else term.measure.one_to_many(value, others[term.position])
        )
    return _sum(card, similarity)


def score_pairs(card: Scorecard, left: Sequence[Column], right: Sequence[Column]) -> Scores:
    """Score n pairs, given as one column a field for each side."""
    similarity = np.empty((len(card.terms), len(left[0])))
    for at, term in enumerate(card.terms):
        similarity[at] = term.measure.pairs(left[term.position], right[term.position])
    return _sum(card, similarity)


# --- one pair, number by number ----------------------------------------------------------------
# Equal values are 1 by the law of measures, and are not measured. Sums are loops: the built-in sum
# is compensated from Python 3.12 on, and would differ in the last bit from the columns' and from
# older Pythons'.

_Asked = list[tuple[int, str, int, Callable[[str, str], float], float, float]]
"""For each term that can be heard its place, the value asked about, where the other's stands, and
how they are heard."""


def _one_in_points(card: Scorecard, asked: _Asked, other: Column) -> Scored:
    similarities, credits = [math.nan] * len(card.terms), [0.0] * len(card.terms)
    plain = comparable = 0.0
    for place, left, position, similarity, weight, threshold in asked:
        right = other[position]
        if right is None:
            continue
        similarities[place] = alike = 1.0 if left == right else similarity(left, right)
        comparable += weight
        if alike >= threshold:
            credits[place] = earned = alike * weight
            plain += earned
    ratio = plain / (comparable or 1.0)
    total = ratio * card.total_weight
    return Scored(tuple(similarities), tuple(credits), plain, comparable, total, ratio)


def _one_in_bits(card: Scorecard, asked: _Asked, other: Column) -> Scored:
    similarities, credits = [math.nan] * len(card.terms), [0.0] * len(card.terms)
    plain = comparable = 0.0
    for place, left, position, similarity, weight, _ in asked:
        right = other[position]
        if right is None:
            continue
        similarities[place] = alike = 1.0 if left == right else similarity(left, right)
        levels = card.terms[place].levels
        credits[place] = earned = next((bits for least, bits, _ in levels if alike >= least), 0.0)
        comparable += weight
        plain += earned
    total = plain + (card.prior or 0.0)
    certain = probability(total)
    return Scored(tuple(similarities), tuple(credits), plain, comparable, total, certain)


def probability(bits: float) -> float:
    """Turn log2 odds into a probability.

    >>> probability(0.0), round(probability(10.0), 4)
    (0.5, 0.999)
    """
    return 1.0 / (1.0 + exp2(-bits)) if bits > _CERTAINLY_NOT else 0.0


_CERTAINLY_NOT = -1000.0
"""Odds whose inverse no float holds are near."""


# --- many pairs, in columns --------------------------------------------------------------------


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
    # numpy's own exp2 may differ from the library's in the last bit.
    certain = np.fromiter(map(probability, total.tolist()), np.float64, len(total))
    return Scores(similarity, credit, plain, comparable, total, certain)


def _add_rows(matrix: FloatArray) -> FloatArray:
    """Add the rows top down. numpy's own sum may add in another order for another shape."""
    result: FloatArray = reduce(add, matrix)
    return result
