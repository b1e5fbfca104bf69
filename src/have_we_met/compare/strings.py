"""Measures on texts as such: equality, edits, words.

Jaro (JASA 84, 1989) and Winkler (Proc. Survey Research Methods, ASA, 1990) for names, which are
more often right at the start than at the end; edit distances for codes and numbers read as text;
words for companies and addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from rapidfuzz import distance, fuzz

from .base import NAN, OPTIONS, FloatArray
from .batch import BatchMeasure
from .degrees import DEGREE_NAMES, DIFFERENT, EXACT, describe_degree


@dataclass(frozen=True, config=OPTIONS)
class Exact:
    """1 where the texts are equal, else 0.

    Levels: ``exact``, ``different``.

    >>> Exact().one_to_many("ada", ["ada", "adam"]).tolist()
    [1.0, 0.0]
    """

    levels: ClassVar[tuple[str, ...]] = ("exact", "different")

    def similarity(self, left: str, right: str) -> float:
        """Compare two values: 1 or 0."""
        return 1.0 if left == right else 0.0

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        return np.array(
            [1.0 if other == value else NAN if other is None else 0.0 for other in others],
            dtype=np.float64,
        )

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        return np.array(
            [
                NAN if a is None or b is None else 1.0 if a == b else 0.0
                for a, b in zip(left, right, strict=True)
            ],
            dtype=np.float64,
        )

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        return EXACT if left == right else DIFFERENT


class _Degrees:
    levels: ClassVar[tuple[str, ...]] = DEGREE_NAMES

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        return describe_degree(left, right, similarity)


@dataclass(frozen=True, config=OPTIONS)
class JaroWinkler(_Degrees, BatchMeasure):
    """Jaro's share of common and transposed letters, raised for a common start.

    ``prefix_weight`` is what each of the first four letters in common adds; above 0.25 similarities
    would pass 1. As in Winkler's own program the start counts only where Jaro's similarity passes
    0.7, so "lee" and "li" stay at 0.6111.

    Levels: ``exact``, ``very_similar`` (0.92), ``similar`` (0.80), ``different``.

    >>> JaroWinkler().one_to_many("martha", ["marhta", "ivan"]).round(4).tolist()
    [0.9611, 0.4722]
    """

    prefix_weight: Annotated[float, Field(ge=0.0, le=0.25)] = 0.1
    scorer = staticmethod(distance.JaroWinkler.similarity)

    @property
    def scorer_options(self) -> Mapping[str, object] | None:
        """The weight of the start, where it is not rapidfuzz's own 0.1."""
        return None if self.prefix_weight == 0.1 else {"prefix_weight": self.prefix_weight}


@dataclass(frozen=True, config=OPTIONS)
class Levenshtein(_Degrees, BatchMeasure):
    """1 - edits / length of the longer text; an edit adds, drops or replaces one letter.

    Levels: ``exact``, ``very_similar`` (0.92), ``similar`` (0.80), ``different``.

    >>> Levenshtein().one_to_many("kitten", ["sitting"]).round(4).tolist()
    [0.5714]
    """

    scorer = staticmethod(distance.Levenshtein.normalized_similarity)


@dataclass(frozen=True, config=OPTIONS)
class DamerauLevenshtein(_Degrees, BatchMeasure):
    """As Levenshtein, where two neighbouring letters that changed places are one edit.

    This is the restricted form ("optimal string alignment"): no letter is edited twice, so "ca" to
    "abc" takes three edits, not two. People's slips do not tell the two forms apart, and this one
    takes half the time.

    Levels: ``exact``, ``very_similar`` (0.92), ``similar`` (0.80), ``different``.

    >>> DamerauLevenshtein().one_to_many("0123456789", ["0123465789"]).tolist()
    [0.9]
    """

    scorer = staticmethod(distance.OSA.normalized_similarity)


@dataclass(frozen=True, config=OPTIONS)
class TokenSort(_Degrees, BatchMeasure):
    """How much of the texts is common once their words are sorted.

    1 - (letters added and dropped) / (letters of both). For values whose words come in any order.

    Levels: ``exact``, ``same_words`` (in another order), ``very_similar`` (0.92), ``similar``
    (0.80), ``different``.

    >>> TokenSort().one_to_many("acme london", ["london acme", "acme paris"]).round(4).tolist()
    [1.0, 0.4762]
    """

    levels: ClassVar[tuple[str, ...]] = ("exact", "same_words", *DEGREE_NAMES[1:])
    scorer = staticmethod(fuzz.token_sort_ratio)
    multiplier: ClassVar[float] = 0.01

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        if left != right and similarity == 1.0:
            return "same_words", "has the same words in another order"
        return describe_degree(left, right, similarity)


@dataclass(frozen=True, config=OPTIONS)
class TokenSet(_Degrees, BatchMeasure):
    """How much the words have in common; words left out do not count.

    Where all words of one text are in the other they are 1.0, so "acme" and "acme holdings" are:
    right for companies, whose name people shorten, and too generous for addresses. The measure is
    rapidfuzz's ``token_set_ratio``.

    Levels: ``exact``, ``contained`` (all words of the one are in the other), ``very_similar``
    (0.92), ``similar`` (0.80), ``different``.

    >>> TokenSet().one_to_many("acme ltd", ["acme holdings ltd", "acme limited"]).tolist()
    [1.0, 0.8]
    """

    levels: ClassVar[tuple[str, ...]] = ("exact", "contained", *DEGREE_NAMES[1:])
    scorer = staticmethod(fuzz.token_set_ratio)
    multiplier: ClassVar[float] = 0.01

    @cached_property
    def similarity(self) -> Callable[[str, str], float]:
        """Compares two values; symmetric, in [0, 1]."""
        scored = self.scored()
        return lambda left, right: 1.0 if left == right else scored(left, right)

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        # To rapidfuzz a text without words is unlike everything, itself included.
        if not value.split():
            return Exact().one_to_many(value, others)
        return super().one_to_many(value, others)

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        result = super().pairs(left, right)
        for row in np.flatnonzero(result == 0.0).tolist():
            if left[row] == right[row]:
                result[row] = 1.0
        return result

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        if left != right and similarity == 1.0:
            return "contained", "has all the words of the shorter one in common"
        return describe_degree(left, right, similarity)
