from __future__ import annotations

import numpy as np
import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.synthetic import phones
from have_we_met.synthetic.draw import Dice


def test_nobody_has_anothers_number() -> None:
    """Three hundred thousand people in a row have as many numbers."""
    numbers = phones.numbers(Dice(0), np.arange(5_000_000, 5_300_000))

    assert len(np.unique(numbers)) == 300_000


def test_seeds_have_different_numbers() -> None:
    """The first person of another seed has another number."""
    assert (
        phones.numbers(Dice(0), np.arange(9)).tolist()
        != phones.numbers(Dice(1), np.arange(9)).tolist()
    )


@given(st.integers(0, phones.NUMBERS - 1), st.sampled_from(range(len(phones.FORMATS))))
def test_numbers_are_american_in_every_format(slot: int, style: int) -> None:
    """However it is written, libphonenumber finds the same number, possible and valid."""
    number = phones.numbers(Dice(0), np.array([slot]))

    parsed = phonenumbers.parse(phones.written(number, np.array([style]))[0], "US")

    assert parsed.national_number == number[0]
    assert phonenumbers.is_possible_number(parsed)
    assert phonenumbers.is_valid_number(parsed)
    assert phonenumbers.region_code_for_number(parsed) == "US"


def test_every_area_code_is_american() -> None:
    """libphonenumber knows every area code as one of the United States."""
    parsed = [phonenumbers.parse(f"+1{area}5550147") for area in phones.AREA_CODES]

    assert all(phonenumbers.region_code_for_number(number) == "US" for number in parsed)
    assert len(set(phones.AREA_CODES)) == len(phones.AREA_CODES) > 250


def test_no_subscriber_has_these_numbers() -> None:
    """Exchanges are service and test codes, or 555 without its lines in service."""
    numbers = phones.numbers(Dice(0), np.arange(300_000))
    exchange, line = numbers // 10_000 % 1000, numbers % 10_000

    reserved = (exchange % 100 == 11) | np.isin(exchange, [555, 958, 959])

    assert reserved.all()
    assert not np.isin(exchange, [411, 911]).any()
    assert not np.isin(line, [1212, 4334]).any()
    assert {0, 1211, 1213, 4333, 4335, 9999} <= set(line.tolist())


def test_formats_are_all_there() -> None:
    """National and international spellings of one number."""
    column = np.full(len(phones.FORMATS), 2125550147)

    written = phones.written(column, np.arange(len(phones.FORMATS)))

    assert written == [
        "(212) 555-0147",
        "212-555-0147",
        "2125550147",
        "+12125550147",
        "212.555.0147",
        "+1 212-555-0147",
        "1-212-555-0147",
        "212 555 0147",
        "+1 (212) 555-0147",
    ]
    assert len(phones.FORMAT_SHARES) == len(phones.FORMATS)
    assert abs(phones.FORMAT_SHARES[-1] - 1.0) < 1e-9
