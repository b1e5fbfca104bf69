from __future__ import annotations

import csv
import re
from collections.abc import Iterator
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
@settings(max_examples=200)
@example(("0 9034567890", "BR"))  # a number that a second reading would cut again
@example(("0115234842128122", "GA"))  # a trunk prefix that rewrites
@example(("999141213", "FI"))  # begins like a call abroad
@example(("3448530", "CA"))  # possible in Canada, but not in its plan's main region
def test_fast_is_full(number: tuple[str, str | None]) -> None:
    """The short road gives what the full parser gives, in every numbering plan."""
    text, region = number
    phone = PhoneNormaliser(region=region)

    assert phone(text) == phone.full(text)


KINDS = [
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
]


def near_misses(region: str) -> Iterator[str]:
    """Numbers in use, with every prefix, and with one digit changed, lost or added."""
    plan = plan_of(region)
    prefixes = ["", "0", "1", "8", "90", "00", plan.code, f"00{plan.code}", f"+{plan.code}"]
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        digits = phonenumbers.national_significant_number(number) if number else ""
        changed = [digits[:i] + d + digits[i + 1 :] for i in (0, 1, 3) for d in "0123456789"]
        for national in [*changed, digits[:-1], digits + "5", "0" + digits, digits[:-4], "9" * 5]:
            yield from (prefix + national for prefix in [*prefixes, f"+{plan.code}0"])


@pytest.mark.parametrize("region", REGIONS + ODD_REGIONS)
def test_fast_is_full_near_the_edges(region: str) -> None:
    """Near numbers in use, where the plan's rules part, the short road decides the same."""
    phone = PhoneNormaliser(region=region)
    texts = set(near_misses(region))

    assert [text for text in texts if phone(text) != phone.full(text)] == []


@pytest.mark.parametrize("region", REGIONS)
def test_the_ordinary_number_takes_the_short_road(region: str) -> None:
    """National and international writing of an example number need no full parser."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    assert [read_plain(national, region), read_plain(e164, region)] == [e164, e164]


@pytest.mark.parametrize("region", sorted({*REGIONS} - {"DE"}))
def test_a_forgotten_plus_sign_is_forgiven(region: str) -> None:
    """The country's code without its plus sign is understood where lengths leave no doubt."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    assert PhoneNormaliser(region=region).full(e164[1:]) == e164
    assert read_plain(e164[1:], region) == e164


@given(numbers(), st.booleans())
@example(("0 9034567890", "BR"), False)
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
