"""What a measure is: how similar two normalised values are, on columns.

A measure is a frozen value of options. It compares two values or one with many (a lookup) or pairs
with pairs (a batch), and gives bit for bit the same number on every road. Its laws:

- symmetric: left and right may change places;
- between 0 and 1; equal values are exactly 1.0;
- NaN where a value is missing, and nowhere else.

Values arrive normalised: folded to ASCII, in one canonical form, ``None`` where nothing was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

FloatArray = NDArray[np.float64]
NAN = float("nan")

OPTIONS = ConfigDict(extra="forbid")
"""How every measure reads its options: a misspelt one is an error."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""An option that says what a kind of agreement is worth."""


class Measure(Protocol):
    """How similar two values are, from 0 (nothing in common) to 1 (the same)."""

    def similarity(self, left: str, right: str) -> float:
        """Compare two values: the quickest road where there are only a few."""
        ...

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        ...

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        ...

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words.

        The words follow the field's name ("is similar") and quote no value.
        """
        ...


class LevelledMeasure(Measure, Protocol):
    """A measure that lists its levels, as all of this package do."""

    levels: ClassVar[tuple[str, ...]]
    """The names that ``describe`` gives to degrees of agreement, best first."""


class ScalarMeasure:
    """A measure made of a function of two texts.

    For measures that no batch function computes. Pairs that occur often are compared once.
    """

    def similarity(self, left: str, right: str) -> float:
        """Compare two values; symmetric, in [0, 1]."""
        raise NotImplementedError

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        similarity = self.similarity
        return np.array(
            [NAN if other is None else similarity(value, other) for other in others],
            dtype=np.float64,
        )

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        known = {
            pair: NAN if None in pair else self.similarity(*pair)  # type: ignore[arg-type]
            for pair in set(zip(left, right, strict=True))
        }
        found = map(known.__getitem__, zip(left, right, strict=True))
        return np.fromiter(found, dtype=np.float64, count=len(left))


class KindMeasure(ScalarMeasure):
    """A measure that finds the kind of agreement; an option of the kind's name is its worth.

    ``exact`` is always worth 1, ``different`` 0.
    """

    reasons: ClassVar[Mapping[str, str]]
    """The kinds, best first, in words."""

    def kind(self, left: str, right: str) -> str:
        """Name the kind of agreement of two values."""
        raise NotImplementedError

    def similarity(self, left: str, right: str) -> float:
        """Compare two values: what their kind of agreement is worth."""
        if left == right:
            return 1.0
        kind = self.kind(left, right)
        worth: float = 0.0 if kind == "different" else getattr(self, kind)
        return worth

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        kind = "exact" if left == right else self.kind(left, right)
        return kind, self.reasons[kind]


def mark_missing(
    result: FloatArray, left: Sequence[str | None], right: Sequence[str | None]
) -> FloatArray:
    """Put NaN where either side of a pair is missing, in place, and give the array back."""
    if None in left or None in right:
        missing = (a is None or b is None for a, b in zip(left, right, strict=True))
        result[np.fromiter(missing, dtype=bool, count=len(left))] = NAN
    return result
