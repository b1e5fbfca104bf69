from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from have_we_met.normalise.identifier import IdentifierNormaliser, schemes
from have_we_met.normalise.reference import load

CASES = Path(__file__).parents[1] / "cases" / "identifiers.csv"

written = st.text(alphabet="aAbBxX0129 -./:+#éДß٣", max_size=14)
values = st.one_of(written, st.text(), st.integers(), st.floats(), st.binary(max_size=8))


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['raw']} {case['options']}")
def test_cases(case: dict[str, str]) -> None:
    """Every row of identifiers.csv comes out as the table says."""
    options = dict(pair.split("=") for pair in case["options"].split(";") if pair)

    assert IdentifierNormaliser(**options)(case["raw"]) == (case["expected"] or None)  # type: ignore[arg-type]


@given(values, st.booleans())
@example("ŉ", True)
@example("ǅ", True)
def test_twice_is_once(value: object, keep_case: bool) -> None:
    """A canonical identifier stays as it is, and is letters and digits."""
    identifier = IdentifierNormaliser(keep_case=keep_case)
    once = identifier(value)

    assert once is None or (identifier(once) == once and once.isascii() and once.isalnum())


@given(values, st.booleans())
def test_fast_is_full(value: object, keep_case: bool) -> None:
    """The short road gives what the full road gives."""
    identifier = IdentifierNormaliser(keep_case=keep_case)

    assert identifier(value) == identifier.full(value)


@given(values, st.sampled_from(schemes()), st.booleans())
@example("b +2Xx30a99a", "se.personnummer", False)
@example("0 ß0", "sm.coe", False)
def test_every_scheme_takes_every_value(value: object, scheme: str, keep_case: bool) -> None:
    """No module of python-stdnum makes a normaliser fail, or change its own result."""
    identifier = IdentifierNormaliser(scheme=scheme, keep_case=keep_case)
    once = identifier(value)

    assert once is None or (identifier(once) == once and once.isascii())


@pytest.mark.parametrize("value", [None, "", " ", float("nan"), b"\xff", [], object()])
def test_what_is_no_text_says_nothing(value: object) -> None:
    """Any value at all is taken, and what cannot be an identifier is None."""
    assert IdentifierNormaliser()(value) is None


@pytest.mark.parametrize("value", [12345, 12345.0, b"12345"])
def test_numbers_of_a_table_are_read(value: object) -> None:
    """A column of integers, or of floats because of its gaps, holds identifiers too."""
    assert IdentifierNormaliser()(value) == "12345"


@pytest.mark.parametrize(
    ("scheme", "says"),
    [
        ("gb.nsh", "did you mean 'gb.nhs'"),
        ("GB.NHS", "did you mean 'gb.nhs'"),
        ("us.snn", "did you mean 'us.ssn'"),
        ("gb", "no identifier scheme 'gb'"),
        ("", "where 'gb.nhs' is one"),
        ("../os", "no identifier scheme"),
        ("util", "no identifier scheme"),
    ],
)
def test_an_unknown_scheme_is_refused_at_once(scheme: str, says: str) -> None:
    """A model with a misspelt scheme fails when it is made, and says what is near."""
    with pytest.raises(ValueError, match=says):
        IdentifierNormaliser(scheme=scheme)


@pytest.mark.parametrize("table", ["words", "identifiers"])
def test_the_table_is_in_order(table: str) -> None:
    """Capitals in alphabetical order, nothing twice."""
    words = load("fillers")[table]

    assert all(left < right for left, right in pairwise(words))
    assert all(word == word.upper() and word.isalnum() for word in words)
