"""The measure on numbers: how large the difference is beside the numbers themselves."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from .base import OPTIONS, ScalarMeasure
from .degrees import DEGREE_NAMES, describe_degree


@dataclass(frozen=True, config=OPTIONS)
class Number(ScalarMeasure):
    """1 - |a - b| / max(|a|, |b|), and not below 0; a difference within ``tolerance`` is none.

    A text that is no finite number is like its equal and like nothing else.

    Levels: ``exact``, ``within_tolerance``, ``very_similar`` (0.92), ``similar`` (0.80),
    ``different``.

    >>> Number().one_to_many("100", ["100", "90", "-5"]).tolist()
    [1.0, 0.9, 0.0]
    >>> Number(tolerance=10).one_to_many("100", ["90"]).tolist()
    [1.0]
    """

    tolerance: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0

    levels: ClassVar[tuple[str, ...]] = ("exact", "within_tolerance", *DEGREE_NAMES[1:])

    def similarity(self, left: str, right: str) -> float:
        """Compare two numbers given as text."""
        if left == right:
            return 1.0
        a, b = _finite(left), _finite(right)
        if a is None or b is None:
            return 0.0
        difference = abs(a - b)
        if difference <= self.tolerance:
            return 1.0
        return max(0.0, 1.0 - difference / max(abs(a), abs(b)))

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        if left != right and similarity == 1.0:
            return "within_tolerance", "is the same within the tolerance"
        return describe_degree(left, right, similarity)


def _finite(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
