from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from have_we_met.normalise.number import NumberNormaliser

normalisers = st.builds(
    NumberNormaliser,
    decimals=st.one_of(st.none(), st.integers(0, 4)),
    decimal_comma=st.booleans(),
)
written = st.text(alphabet="0123456789.,-+ '_eE−", max_size=14)
values = st.one_of(
    st.text(), written, st.integers(), st.floats(), st.decimals(), st.integers().map(str)
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1 234.50", "1234.5"),
        ("1\u202f234", "1234"),
        ("1’234’567.8", "1234567.8"),
        ("1_000", "1000"),
        ("12,34,567", "1234567"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("+5", "5"),
        ("−5", "-5"),
        ("- 5", "-5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0e9", "0"),
        ("٣٫٥", "3.5"),
        (" 12 ", "12"),
        (b"12.50", "12.5"),
        (12, "12"),
        (12.0, "12"),
        (0.1, "0.1"),
        (-1e-7, "-0.0000001"),
        (10**40, "1" + "0" * 40),
        (Decimal("12.50"), "12.5"),
    ],
)
def test_one_text_for_each_value(value: object, expected: str) -> None:
    """Plain decimal text, however the number was written."""
    assert NumberNormaliser()(value) == expected


NOT_TEXTS = [None, float("nan"), float("inf"), Decimal("sNaN"), Fraction(1, 3), True, b"\xff", []]
NOT_NUMBERS = [
    "",
    " ",
    "abc",
    ".",
    "-",
    "1.2.3",
    "0x10",
    "1e",
    "--5",
    "5-",
    "nan",
    "inf",
    "-Infinity",
]
WRONG_GROUPS = ["1,5", "1,23", "1,2345", "0,123", "1,234 567", "1234,567"]
TOO_LONG = ["1e999", "1e9999999", "9" * 500]


@pytest.mark.parametrize("value", [*NOT_TEXTS, *NOT_NUMBERS, *WRONG_GROUPS, *TOO_LONG])
def test_what_is_no_number_says_nothing(value: object) -> None:
    """Any value at all is taken, and what cannot be a number is None."""
    assert NumberNormaliser()(value) is None


def test_a_giant_integer_says_nothing() -> None:
    """Five thousand digits are nobody's number, and no error either."""
    assert NumberNormaliser()(10**5000) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.234,50", "1234.5"),
        ("1.234", "1234"),
        ("1,5", "1.5"),
        ("1,234", "1.2340"),
        ("1.2340", "1.2340"),
        ("-1,234", "-1.2340"),
        ("0,125", "0.125"),
        ("1.234.567", "1234567"),
        ("12.34", "12.34"),
        ("0,0", "0"),
        (1.234, "1.2340"),
        (b"1.234", "1234"),
    ],
)
def test_the_comma_as_decimal_mark(value: object, expected: str) -> None:
    """Comma and point change their parts in texts, and no result is a thousand when read again."""
    assert NumberNormaliser(decimal_comma=True)(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2.999", "3"), ("2.994", "2.99"), ("0.125", "0.12"), ("0.135", "0.14"), ("-0.001", "0")],
)
def test_decimals_round(value: str, expected: str) -> None:
    """Numbers are rounded half to even."""
    assert NumberNormaliser(decimals=2)(value) == expected


@given(values, normalisers)
@example("1,234", NumberNormaliser(decimal_comma=True))
def test_twice_is_once(value: object, normaliser: NumberNormaliser) -> None:
    """A canonical number stays as it is."""
    once = normaliser(value)

    assert once is None or normaliser(once) == once


@given(values, normalisers)
@example(1.234, NumberNormaliser(decimal_comma=True))
@example(2.675, NumberNormaliser(decimals=2))
def test_fast_is_full(value: object, normaliser: NumberNormaliser) -> None:
    """The short road gives what the full road gives."""
    assert normaliser(value) == normaliser.full(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_the_value_stays(number: Decimal) -> None:
    """The text is the same number, and equal numbers are one text."""
    text = NumberNormaliser()(number)

    assert text is not None
    assert Decimal(text) == number
    assert NumberNormaliser()(f"{number:.300e}") == text


@pytest.mark.parametrize("decimals", [-1, 31])
def test_decimals_are_few(decimals: int) -> None:
    """A number of places that makes no sense is a mistake."""
    with pytest.raises(ValueError, match="decimals"):
        NumberNormaliser(decimals=decimals)
