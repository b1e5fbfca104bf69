from __future__ import annotations

import csv
from calendar import month_name
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from have_we_met.normalise.date import DateNormaliser, PartialDate, parse_date
from have_we_met.normalise.reference import load

CASES = Path(__file__).parents[1] / "cases" / "dates.csv"

days = st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31))
normalisers = st.builds(
    DateNormaliser, day_first=st.sampled_from([None, True, False]), pivot=st.integers(0, 99)
)
numbers = st.text(alphabet="0123456789", min_size=1, max_size=4)
written = st.builds(
    "".join,
    st.lists(st.one_of(numbers, st.sampled_from([*"-/. T:,", "Apr", "may", "Z", "年", "st"]))),
)
values = st.one_of(st.text(), written, days.map(str), st.integers(), st.floats(), st.datetimes())


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['raw']} {case['options']}")
def test_cases(case: dict[str, str]) -> None:
    """Every row of dates.csv comes out as the table says."""
    options = dict(pair.split("=") for pair in case["options"].split(";") if pair)

    assert DateNormaliser(**options)(case["raw"]) == (case["expected"] or None)  # type: ignore[arg-type]


@given(values, normalisers)
def test_twice_is_once(value: object, normaliser: DateNormaliser) -> None:
    """A canonical date stays as it is, under every hint."""
    once = normaliser(value)

    assert once is None or normaliser(once) == once


@given(st.one_of(values, st.from_regex(r"\A[0-3]\d{3}-[01]\d-[0-3]\d\Z")), normalisers)
@example("1900-02-29", DateNormaliser())
@example("1956-06-31", DateNormaliser())
@example("0999-01-01", DateNormaliser())
@example("١٩٥٦-٠٤-٠٩", DateNormaliser())
def test_fast_is_full(value: object, normaliser: DateNormaliser) -> None:
    """The short road gives what the full road gives."""
    assert normaliser(value) == normaliser.full(value)


@given(days, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%d%b%Y"]))
def test_unmistakable_writings_agree(day: date, style: str) -> None:
    """However a day is written, it is that day, if the writing can mean no other."""
    text = day.strftime(style)
    if style == "%Y%m%d" and not 1800 <= day.year <= 2199:
        return

    assert DateNormaliser()(text) == day.isoformat()


@given(days, st.sampled_from("/-. "), st.booleans())
def test_a_hint_settles_the_order(day: date, between: str, day_first: bool) -> None:
    """With a hint, day and month are read in its order; without, never in the wrong one."""
    text = day.strftime(f"%d{between}%m{between}%Y" if day_first else f"%m{between}%d{between}%Y")

    assert DateNormaliser(day_first=day_first)(text) == day.isoformat()
    if between != ".":
        assert DateNormaliser()(text) in (day.isoformat(), day.strftime("%Y"))


@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(2999, 12, 30)),
    st.integers(-12, 14),
)
def test_no_time_zone_moves_a_date(moment: datetime, hours: int) -> None:
    """The date is the one that stands in the value, on every machine."""
    zoned = moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert DateNormaliser()(zoned) == moment.date().isoformat()
    assert DateNormaliser()(zoned.isoformat()) == moment.date().isoformat()


@pytest.mark.parametrize("value", [19560409, 19560409.0, Decimal(19560409), b"1956-04-09"])
def test_numbers_written_like_a_date_are_read(value: object) -> None:
    """A column of integers may hold dates in the compact form."""
    assert DateNormaliser()(value) == "1956-04-09"


@pytest.mark.parametrize(
    "value",
    [
        None,
        " ",
        True,
        1956.5,
        Decimal("1956.04"),
        1e300,
        float("nan"),
        -1956,
        time(19, 56),
        b"\xff",
    ],
)
def test_what_is_no_date_says_nothing(value: object) -> None:
    """Any value at all is taken, and what cannot be a date is None."""
    assert DateNormaliser()(value) is None


def test_parts() -> None:
    """A date keeps what was said, and prints as ISO 8601."""
    assert parse_date("April 1956") == PartialDate(1956, 4)
    assert parse_date("4/9/56", day_first=True, pivot=60) == PartialDate(2056, 9, 4)
    assert [str(PartialDate(1956)), str(PartialDate(1956, 4, 9))] == ["1956", "1956-04-09"]


@pytest.mark.parametrize("pivot", [-1, 100])
def test_a_pivot_is_a_two_digit_year(pivot: int) -> None:
    """A pivot that no two-digit year can reach is a mistake."""
    with pytest.raises(ValueError, match="pivot"):
        DateNormaliser(pivot=pivot)


def test_the_table_is_in_order() -> None:
    """Twelve months in their order, words in alphabetical order, no word in two places."""
    tables = load("months")
    words = [word for names in tables.values() for word in names]

    assert [*tables] == [*map(str.lower, month_name[1:]), "silent"]
    assert len(words) == len(set(words))
    assert all(left < right for names in tables.values() for left, right in pairwise(names))
