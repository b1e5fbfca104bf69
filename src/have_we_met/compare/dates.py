"""The measure on dates: kinds of agreement, not distances.

A date of birth one day off is as wrong as one a decade off; what matters is how such a difference
comes about. People swap day and month, hit a wrong key, or say less than they know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic.dataclasses import dataclass
from rapidfuzz import distance

from .base import OPTIONS, KindMeasure, Share

_REASONS = {
    "exact": "is the same",
    "swapped": "has day and month swapped",
    "typo": "differs in one digit, or in two that changed places",
    "same_to_month": "is the same as far as both say, to the month",
    "same_month": "has the same year and month",
    "same_to_year": "is the same as far as both say, to the year",
    "same_day": "has the same day and month in another year",
    "same_year": "has the same year",
    "different": "differs",
}
_YEAR, _MONTH, _DAY = 4, 7, 10
"""The lengths of ``YYYY``, ``YYYY-MM`` and ``YYYY-MM-DD``."""


@dataclass(frozen=True, config=OPTIONS)
class Date(KindMeasure):
    """How two dates agree, each as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Every option is what one level is worth. The levels, best first; the first that fits is taken:

    - ``exact``: 1.0, the same text, however much of the date it says;
    - ``swapped``: day and month changed places;
    - ``typo``: both complete, and one digit differs or two neighbouring digits changed places;
    - ``same_to_month``: one says the month and the other the day, and they agree to the month;
    - ``same_month``: both complete, the same year and month;
    - ``same_to_year``: one says the year alone, and they agree in it;
    - ``same_day``: both complete, the same day and month of another year;
    - ``same_year``: nothing but the year is the same;
    - ``different``: 0.0.

    >>> others = ["1980-04-03", "1980-03-05", "1980-03", "1980", "1980-11-30", "1975-08-21"]
    >>> Date().one_to_many("1980-03-04", others).tolist()
    [0.9, 0.85, 0.8, 0.65, 0.4, 0.0]
    """

    swapped: Share = 0.9
    typo: Share = 0.85
    same_to_month: Share = 0.8
    same_month: Share = 0.7
    same_to_year: Share = 0.65
    same_day: Share = 0.5
    same_year: Share = 0.4

    reasons: ClassVar[Mapping[str, str]] = _REASONS
    levels: ClassVar[tuple[str, ...]] = tuple(_REASONS)

    def kind(self, left: str, right: str) -> str:
        """Name the kind of agreement of two values."""
        return kind_of_agreement(left, right)


def kind_of_agreement(left: str, right: str) -> str:
    """Name the kind of agreement of two dates.

    >>> kind_of_agreement("1980-03-04", "1980-04-03")
    'swapped'
    """
    if left == right:
        return "exact"
    if len(left) == len(right) == _DAY:
        return _kind_of_complete(left, right)
    return _kind_of_partial(left, right)


def _kind_of_complete(left: str, right: str) -> str:
    same_year = left[:_YEAR] == right[:_YEAR]
    if same_year and left[5:7] == right[8:] and left[8:] == right[5:7]:
        return "swapped"
    if _one_slip(left, right):
        return "typo"
    if left[:_MONTH] == right[:_MONTH]:
        return "same_month"
    if left[_YEAR:] == right[_YEAR:]:
        return "same_day"
    return "same_year" if same_year else "different"


def _one_slip(left: str, right: str) -> bool:
    """Whether one digit differs, or two neighbours changed places; the lengths are equal."""
    return distance.OSA.distance(left, right, score_cutoff=1) == 1


def _kind_of_partial(left: str, right: str) -> str:
    short, long = sorted((left, right), key=len)
    if len(short) not in (_YEAR, _MONTH) or left[:_YEAR] != right[:_YEAR]:
        return "different"
    if len(short) == _YEAR:
        return "same_to_year"
    return "same_to_month" if long.startswith(short) else "same_year"
