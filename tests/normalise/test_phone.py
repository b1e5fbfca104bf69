from __future__ import annotations

import csv
import re
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from have_we_met.normalise.phone import PhoneNormaliser, PhoneNumber, parse_phone
from have_we_met.normalise.phone_plan import plan_of, read_plain

CASES = Path(__file__).parents[1] / "cases" / "phones.csv"
REGIONS = ["US", "GB", "DE", "FR", "IN", "BR", "CN", "AU"]
# Countries whose plans are odd: shared codes, rewriting trunk prefixes, zeros that stay.
ODD_REGIONS = ["CA", "GG", "AG", "KZ", "RU", "MX", "AR", "IT", "HU", "SM", "SH", "FI", "JP", "UZ"]

PREFIXES = [
    "",
    "",
    "",
    "0",
    "1",
    "8",
    "00",
    "011",
    "+",
    "(+",
    "++",
    "90",
    "15",
    "0015",
    "06",
    "183",
]
GAPS = ["", "", "", " ", "-", ".", "/", ") ", " ("]

regions = st.one_of(st.none(), st.sampled_from(REGIONS), st.sampled_from(ODD_REGIONS))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str | None]:
    """A number as people write it: some prefix, digits, punctuation, perhaps an extension."""
    region = draw(regions)
    code = plan_of(draw(st.sampled_from(REGIONS + ODD_REGIONS))).code
    own = plan_of(region).code if region else "1"
    prefix = draw(st.sampled_from([*PREFIXES, f"+{code}", f"00{code}", own, f"+{own} (0)"]))
    digits = draw(st.text(alphabet="0123456789", min_size=4, max_size=12))
    gaps = draw(st.lists(st.sampled_from(GAPS), max_size=12))
    spread = "".join(d + (gaps[i] if i < len(gaps) else "") for i, d in enumerate(digits))
    return prefix + spread + draw(st.sampled_from(["", "", "", "", " x12", "#3", ";ext=4"])), region


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['raw']} {case['options']}")
def test_cases(case: dict[str, str]) -> None:
    """Every row of phones.csv comes out as the table says."""
    options = dict(pair.split("=") for pair in case["options"].split(";") if pair)

    assert PhoneNormaliser(**options)(case["raw"]) == (case["expected"] or None)  # type: ignore[arg-type]


@given(numbers())
@settings(max_examples=400)
@example(("0 9012345678", "BR"))
@example(("+55 9034567890", None))
def test_fast_is_full(number: tuple[str, str | None]) -> None:
    """The short road gives what the full parser gives, in every numbering plan."""
    text, region = number
    phone = PhoneNormaliser(region=region)

    assert phone(text) == phone.full(text)


@pytest.mark.parametrize("region", REGIONS)
def test_the_ordinary_number_takes_the_short_road(region: str) -> None:
    """National and international writing of an example number need no full parser."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    for style in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.E164):
        written = phonenumbers.format_number(number, style)

        assert read_plain(written, region) == PhoneNormaliser(region=region).full(written)


@given(numbers(), st.booleans())
def test_twice_is_once(number: tuple[str, str | None], extensions: bool) -> None:
    """A canonical number stays as it is; it is E.164, or marked as national."""
    text, region = number
    phone = PhoneNormaliser(region=region, extensions=extensions)
    once = phone(text)

    assert once is None or phone(once) == once
    assert once is None or re.fullmatch(r"\+[1-9][0-9]{4,14}(;ext=[0-9]+)?|n:[0-9]{6,15}", once)


@given(st.one_of(st.text(), st.text(alphabet="+0123 x;=:extn", max_size=20)), regions)
def test_any_text_is_taken(text: str, region: str | None) -> None:
    """No text makes the parser fail, and none is changed by a second reading."""
    phone = PhoneNormaliser(region=region)
    once = phone(text)

    assert once is None or phone(once) == once


@given(numbers())
def test_no_number_is_fabricated(number: tuple[str, str | None]) -> None:
    """Every digit of the result but the country code stood in the text; without + none is added."""
    text, region = number
    result = PhoneNormaliser(region=region)(text) or ""
    written = re.sub(r"\D", "", text)
    if result.startswith("n:"):
        assert result[2:] in written
    elif region is None and result:
        assert "+" in text


@pytest.mark.parametrize("value", [None, "", " ", True, b"\xff", [], object(), float("nan")])
def test_what_is_no_number_says_nothing(value: object) -> None:
    """Any value at all is taken, and what cannot be a number is None."""
    assert PhoneNormaliser(region="US")(value) is None


@pytest.mark.parametrize("value", [4155552671, 4155552671.0, b"415-555-2671"])
def test_numbers_of_a_table_are_read(value: object) -> None:
    """A column of integers, or of floats because of its gaps, holds telephone numbers too."""
    assert PhoneNormaliser(region="US")(value) == "+14155552671"


def test_an_unknown_region_is_refused_at_once() -> None:
    """A model with a wrong region fails when it is made, and says what to write."""
    with pytest.raises(ValueError, match="the United Kingdom is GB"):
        PhoneNormaliser(region="UK")
    with pytest.raises(ValueError, match="no telephone region 'USA'"):
        parse_phone("415 555 2671", "USA")


def test_parts() -> None:
    """A number comes apart into E.164, extension and the country it belongs to."""
    assert parse_phone("(604) 555-2671 ext 7", "US") == PhoneNumber("+16045552671", "7", "CA")
    assert parse_phone("+44 20 7123 4567", "US") == PhoneNumber("+442071234567", None, "GB")
    assert parse_phone("020 7123 4567") is None
    assert parse_phone("555-1234", "US") is None
