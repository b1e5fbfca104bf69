"""What a normaliser is, and how a column is normalised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import NoneType
from typing import Protocol


class Normaliser(Protocol):
    """Turns one raw value into one canonical text, or ``None`` where nothing was said.

    Every normaliser is a frozen value of options. Calling it is pure, never raises, whatever the
    value, and doing it twice is the same as doing it once.
    """

    def __call__(self, value: object, /) -> str | None:
        """The canonical text of one value."""
        ...


_EQUAL_IS_SAME = frozenset({str, int, date, NoneType})
"""The types whose equal values are written the same. ``Decimal("1.0")`` and ``Decimal("1.00")``,
``0.0`` and ``-0.0``, or one instant in two time zones are equal and say different things."""


def normalise_column(normaliser: Normaliser, values: Iterable[object]) -> list[str | None]:
    """Normalise a column: each distinct value once.

    >>> normalise_column(lambda value: str(value).lower(), ["Ada", "Grace", "Ada"])
    ['ada', 'grace', 'ada']
    """
    known: dict[object, str | None] = {}
    return [_once(normaliser, value, known) for value in values]


def _once(normaliser: Normaliser, value: object, known: dict[object, str | None]) -> str | None:
    if type(value) not in _EQUAL_IS_SAME:
        return normaliser(value)
    try:
        return known[value]
    except KeyError:
        result = known[value] = normaliser(value)
        return result
