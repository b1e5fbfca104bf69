"""Numbers: one decimal text for each value, however it was written."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, Final

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as options

from .text import clean, compose

_WHOLE: Final = re.compile(r"-?[1-9][0-9]{0,30}|0")
_FRACTION: Final = re.compile(r"-?(?:[1-9][0-9]{0,30}|0)\.[0-9]{0,30}[1-9]")


@options(frozen=True, config=ConfigDict(extra="forbid"))
class NumberNormaliser:
    """A number as plain decimal text: ``1234.5``, never ``1.2345e3``, ``-0`` or ``007``.

    ``decimals`` rounds to so many places (half to even): 2.999 and 3 are one value to two.
    Groups of digits may be parted by commas, spaces, apostrophes or underscores; with
    ``decimal_comma`` the comma and the point change their parts in texts (1.234,50). Groups of the
    wrong size are no number: 1,5 is not fifteen. Text that is no number, NaN and the infinities are
    ``None``, and so is what would take more than 400 digits.

    With ``decimal_comma`` a result such as 1.234 has a zero behind it (1.2340), so that it cannot
    be read again as a thousand.

    >>> number = NumberNormaliser()
    >>> number("1,234.50"), number("1e3"), number("-0.0")
    ('1234.5', '1000', '0')
    >>> NumberNormaliser(decimal_comma=True)("1.234,50")
    '1234.5'
    """

    decimals: Annotated[int, Field(ge=0, le=30)] | None = None
    decimal_comma: bool = False

    def __call__(self, value: object, /) -> str | None:
        """The canonical text of one raw value."""
        if type(value) is int and -_LARGE < value < _LARGE:
            return str(value)
        text = str(value) if type(value) is float else value
        if type(text) is str and self._is_canonical(text):
            return text
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        text = None if isinstance(value, bool) else clean(value)
        if not text or len(text) > _LONGEST:
            return None
        text = compose(text).translate(_TYPED)
        with_comma = self.decimal_comma and isinstance(value, str | bytes)
        number = _parse(text.translate(_SWAPPED)) if with_comma else None
        if number is None:
            number = _parse(text)
        return None if number is None else self._written(number)

    def _is_canonical(self, text: str) -> bool:
        if _WHOLE.fullmatch(text):
            return True
        return self.decimals is None and not self.decimal_comma and bool(_FRACTION.fullmatch(text))

    def _written(self, number: Decimal) -> str:
        if self.decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-self.decimals), context=_EXACT)
        text = f"{number:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if text.strip("-0") == "":
            return "0"
        return f"{text}0" if self.decimal_comma and _LIKE_A_THOUSAND.fullmatch(text) else text


_LARGE: Final = 10**30
_LONGEST: Final = 400
_EXACT: Final = Context(prec=3 * _LONGEST, rounding=ROUND_HALF_EVEN)
_TYPED: Final = str.maketrans({"−": "-", "’": "'", "٫": ".", "٬": ","})
_SWAPPED: Final = str.maketrans(",.", ".,")
_LIKE_A_THOUSAND: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_NUMBER: Final = re.compile(
    r"(?P<sign>[-+]?) ?"
    r"(?P<whole>\d+"
    r"|[1-9]\d{0,2}(?P<mark>[,' _])\d{3}(?:(?P=mark)\d{3})*"
    r"|[1-9]\d?(?:,\d\d)+,\d{3}"  # India and its neighbours
    r"|(?=\.\d))"
    r"(?P<rest>(?:\.\d*)?(?:[eE][-+]?\d{1,4})?)"
)
_MARKS: Final = str.maketrans("", "", ",' _")


def _parse(text: str) -> Decimal | None:
    """The value of a text with a decimal point, ``None`` where it is no number, or too long."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number = Decimal(found["sign"] + (found["whole"].translate(_MARKS) or "0") + found["rest"])
    return number if abs(number.adjusted()) <= _LONGEST else None
