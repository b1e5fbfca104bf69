"""American phone numbers that no subscriber has, written in the ways people write them.

The area codes are real, so that the numbers are possible and valid; the exchanges are those that
the North American Numbering Plan never hands to a subscriber: the service codes (N11), the test
codes 958 and 959, and 555 without its two lines in service. That leaves 25 million numbers, which
an index walks through without coming to one twice.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from .draw import Dice, Index, Texts, texts
from .tables import PHONES

AREA_CODES, EXCHANGES = PHONES["area_codes"], PHONES["exchanges"]
IN_SERVICE: list[int] = PHONES["in_service"]  # lines left out, in every exchange
LINES = 10_000 - len(IN_SERVICE)
NUMBERS = len(AREA_CODES) * len(EXCHANGES) * LINES

_STRIDE = 15_485_863  # a prime that does not divide NUMBERS

# What stands before the area code, after it, and after the exchange; commonest first.
FORMATS = (
    ("(", ") ", "-"),
    ("", "-", "-"),
    ("", "", ""),
    ("+1", "", ""),
    ("", ".", "."),
    ("+1 ", "-", "-"),
    ("1-", "-", "-"),
    ("", " ", " "),
    ("+1 (", ") ", "-"),
)
FORMAT_SHARES = np.cumsum([0.28, 0.22, 0.14, 0.14, 0.07, 0.05, 0.04, 0.03, 0.03])


def numbers(dice: Dice, slots: Index) -> Index:
    """A ten-digit number for each slot; two slots less than ``NUMBERS`` apart never share one.

    >>> slots = np.array([0, 1, NUMBERS])
    >>> first, second, again = numbers(Dice(0), slots).tolist()
    >>> first == second, first == again
    (False, True)
    """
    start = int(dice.roll("phone start", np.zeros(1, np.int64))[0] * NUMBERS)
    place = (slots % NUMBERS * _STRIDE + start) % NUMBERS
    rest, line = np.divmod(place, LINES)
    area, exchange = np.divmod(rest, len(EXCHANGES))
    for taken in IN_SERVICE:
        line = line + (line >= taken)
    head = np.array(AREA_CODES)[area] * 1000 + np.array(EXCHANGES)[exchange]
    return np.asarray(head * 10_000 + line, np.int64)


def written(number: Index, style: Index) -> list[str]:
    """Ten-digit numbers in some of the ``FORMATS``.

    >>> written(np.array([2125550147, 2125550147]), np.array([0, 3]))
    ['(212) 555-0147', '+12125550147']
    """
    rest, line = np.divmod(number, 10_000)
    area, exchange = np.divmod(rest, 1000)
    before, middle, after = (texts([f[part] for f in FORMATS])[style] for part in range(3))
    digits = _digits()
    parts = zip(before, area.tolist(), middle, exchange.tolist(), after, digits[line], strict=True)
    return [f"{b}{a}{m}{e}{c}{d}" for b, a, m, e, c, d in parts]


@cache
def _digits() -> Texts:
    """``0000`` to ``9999``."""
    return texts([f"{n:04d}" for n in range(10_000)])
