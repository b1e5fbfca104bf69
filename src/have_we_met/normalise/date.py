"""Dates of people's lives: ISO 8601, and as much of it as was said.

A date may be known to the year or to the month only; ``PartialDate`` keeps it so. Nothing is filled
in, not from today and not with a first of January.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as options

from .date_text import PartialDate, parse_date

__all__ = ["DateNormaliser", "PartialDate", "parse_date"]

_PLAIN: Final = re.compile(  # all days but 29 February, which needs a calendar
    "[12][0-9]{3}-(?:"
    "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)


@options(frozen=True, config=ConfigDict(extra="forbid"))
class DateNormaliser:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``: as much of a date as the source said.

    ``day_first`` says how 4/9/1956 was meant; without it such a date keeps its year only, since
    either reading would be a guess. A year of two digits up to ``pivot`` is of this century (20yy),
    a greater one of the last. The rules are those of ``parse_date``.

    >>> DateNormaliser()("April 9, 1956"), DateNormaliser()("4/9/1956")
    ('1956-04-09', '1956')
    >>> DateNormaliser(day_first=True)("4/9/56")
    '1956-09-04'
    """

    day_first: bool | None = None
    pivot: Annotated[int, Field(ge=0, le=99)] = 30

    def __call__(self, value: object, /) -> str | None:
        """The canonical date of one raw value."""
        if type(value) is str and _PLAIN.fullmatch(value):
            return value
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        found = parse_date(value, day_first=self.day_first, pivot=self.pivot)
        return None if found is None else str(found)
