"""Reading a date from a text, as far as the text says it and no further."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from numbers import Number
from typing import Final

from anyascii import anyascii

from .reference import load
from .text import clean, compose


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, to the month, or to the year.

    >>> str(PartialDate(1956, 4))
    '1956-04'
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def parse_date(
    value: object, *, day_first: bool | None = None, pivot: int = 30
) -> PartialDate | None:
    """The date in a value, ``None`` where there is none or the calendar does not have it.

    Read are ISO 8601 and its compact form, times of day behind it (the date stays as written, in
    whatever time zone), three numbers with ``/``, ``-``, ``.`` or spaces between, month names in
    seven languages, year and month, and a year alone. Zeros stand for what is not known
    (1956-00-00). A number is a date only if it is written like one (19560409): seconds since 1970
    and serial days of a spreadsheet are not guessed at.

    ``day_first`` settles which of two numbers is the day where both can be. Without it dots mean
    the day comes first (1.4.1956), since no country writes the month first with dots; all other
    such dates keep the year only. Two-digit years up to ``pivot`` are 20yy, the others 19yy. Years
    before 1000 and after 2999 are no dates of people: such dates (0001-01-01, 9999-12-31) fill a
    column.

    >>> parse_date("9. April 1956")
    PartialDate(year=1956, month=4, day=9)
    >>> parse_date("9/4/1956"), parse_date("9/4/1956", day_first=False).month
    (PartialDate(year=1956, month=None, day=None), 9)
    >>> parse_date("2023-02-29") is None
    True
    """
    text = _text(value)
    hint = _Hint(day_first, pivot)
    for form, read in _FORMS:
        if found := form.fullmatch(text):
            return read(hint, *found.groups())
    return _with_month_name(hint, text)


@dataclass(frozen=True, slots=True)
class _Hint:
    """What the caller knows about how the dates of this field are written."""

    day_first: bool | None
    pivot: int

    def year(self, digits: str) -> int:
        """A year of four digits, or of two by the pivot."""
        year = int(digits)
        if len(digits) == 4:
            return year
        return year + (2000 if year <= self.pivot else 1900)

    def month_and_day(self, first: int, second: int, dotted: bool) -> tuple[int, int] | None:
        """Month and day of two numbers; (0, 0) where both orders are possible."""
        orders = {
            (month, day)
            for month, day in ((first, second), (second, first))
            if 1 <= month <= 12 or month == day == 0
        }
        if len(orders) != 2:
            return orders.pop() if orders else None
        if self.day_first is None and not dotted:
            return 0, 0
        return (first, second) if self.day_first is False else (second, first)


def _date(year: int, month: int, day: int) -> PartialDate | None:
    """A date of the calendar, in which 0 is what is not known."""
    if not 1000 <= year <= 2999 or month > 12:
        return None
    if month == 0:
        return PartialDate(year)
    if day == 0:
        return PartialDate(year, month)
    return PartialDate(year, month, day) if day <= monthrange(year, month)[1] else None


def _year(hint: _Hint, year: str) -> PartialDate | None:
    return _date(int(year), 0, 0)


def _year_month(hint: _Hint, year: str, month: str) -> PartialDate | None:
    return _date(int(year), int(month), 0)


def _month_year(hint: _Hint, month: str, year: str) -> PartialDate | None:
    return _date(int(year), int(month), 0)


def _year_month_day(hint: _Hint, year: str, month: str, day: str) -> PartialDate | None:
    return _date(int(year), int(month), int(day))


def _day_month_year(
    hint: _Hint, first: str, between: str, second: str, last: str
) -> PartialDate | None:
    if int(first) > 31:  # 56/4/9
        return _date(hint.year(first), int(second), int(last)) if len(last) < 3 else None
    found = hint.month_and_day(int(first), int(second), "." in between)
    return _date(hint.year(last), *found) if found and len(last) > 1 else None


def _compact(hint: _Hint, digits: str) -> PartialDate | None:
    """Eight digits: year first where that is a date of our age, else year last.

    No text is both: 1800 to 2199 read as day and month leave a year before 1300.
    """
    for year, first, second in ((0, 4, 6), (4, 0, 2)):
        number = int(digits[year : year + 4])
        pair = int(digits[first : first + 2]), int(digits[second : second + 2])
        found = hint.month_and_day(*pair, False) if year else pair
        date = _date(number, *found) if found and 1800 <= number <= 2199 else None
        if date is not None:
            return date
    return None


def _timestamp(hint: _Hint, digits: str) -> PartialDate | None:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return _date(year, month, day) if 1800 <= year <= 2199 else None


_BETWEEN: Final = "[-/. ]+"  # written ~ in the forms
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[..., PartialDate | None]], ...]] = tuple(
    (re.compile(form.replace("~", _BETWEEN)), read)
    for form, read in (
        (r"(\d{4})", _year),
        (r"(\d{4})~(\d{1,2})", _year_month),
        (r"(\d{1,2})~(\d{4})", _month_year),
        (r"(\d{4})~(\d{1,2})~(\d{1,2})", _year_month_day),
        (r"(\d{1,2})(~)(\d{1,2})~(\d{4}|\d{1,2})", _day_month_year),
        (r"(\d{8})", _compact),
        (r"(\d{8})(?:\d{4}|\d{6})", _timestamp),
    )
)


def _with_month_name(hint: _Hint, text: str) -> PartialDate | None:
    """A date with one month in words, and one or two numbers."""
    words = [word for word in re.findall(r"[a-z]+|[0-9]+", text) if word not in _silent()]
    months = [_months()[word] for word in words if word in _months()]
    numbers = [word for word in words if word.isdigit()]
    if not months or len(numbers) != len(words) - 1:
        return None
    if len(numbers) == 1 and _is_year(numbers[0]):
        return _date(hint.year(numbers[0]), months[0], 0)
    if len(numbers) != 2:
        return None
    year, day = numbers if _is_year(numbers[0]) else numbers[::-1]
    return _date(hint.year(year), months[0], int(day)) if len(year) in (2, 4) else None


def _is_year(digits: str) -> bool:
    """Whether a number beside a month can only be a year: "May 56", but not "May 12"."""
    return len(digits) == 4 or (len(digits) == 2 and int(digits) > 31)


@cache
def _months() -> dict[str, int]:
    tables = [names for name, names in load("months").items() if name != "silent"]
    return {word: month for month, words in enumerate(tables, 1) for word in words}


@cache
def _silent() -> frozenset[str]:
    return frozenset(load("months")["silent"])


_LONGEST: Final = 60
_EAST_ASIAN: Final = str.maketrans("年月日년월일", "------")
_TIME: Final = re.compile(
    r"(?<=\d)(?:t|[ ,]+)\d{1,2}:\d\d.*"
    r"|(?<=\d)t\d{2,6}(?:[.,]\d+)?(?:z|[-+]\d\d:?\d\d)?"
    r"|(?<=-\d\d)(?:z|[-+]\d\d:\d\d)"
)


def _text(value: object) -> str:
    """The date in small ASCII letters and digits, without a time of day; "" where nothing is."""
    text = clean(value)
    if not text or len(text) > _LONGEST or (isinstance(value, Number) and not text.isdigit()):
        return ""
    if not text.isascii():
        text = anyascii(compose(text).translate(_EAST_ASIAN))
    text = text.lower()
    time = _TIME.search(text)
    return (text[: time.start()] if time and time.end() == len(text) else text).strip(" -,.")
