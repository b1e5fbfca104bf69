"""What holds for every validator and every value."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from unicodedata import is_normalized

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from have_we_met.normalise.email import EmailNormaliser
from have_we_met.normalise.identifier import IdentifierNormaliser, schemes, stdnum_module
from have_we_met.normalise.phone import PhoneNormaliser
from have_we_met.services import validators
from have_we_met.services.validators import VALIDATORS, make_validator
from have_we_met.services.validators.base import UNSAID, Checked, PureValidator
from have_we_met.services.validators.email import EmailValidator
from have_we_met.services.validators.identifier import FILLER, IdentifierValidator
from have_we_met.services.validators.nhs import NhsValidator
from have_we_met.services.validators.nino import NinoValidator
from have_we_met.services.validators.phone import PhoneValidator
from have_we_met.services.validators.ssn import SsnValidator

PURE = {
    "email": EmailValidator(),
    "email refusing": EmailValidator(international=False, refuse_disposable=True),
    "phone": PhoneValidator(),
    "phone GB": PhoneValidator(region="GB", possible=True),
    "phone mobile": PhoneValidator(region="DE", kinds=("mobile",), regions=("DE", "US")),
    "nhs": NhsValidator(test_numbers=True),
    "nino": NinoValidator(),
    "nino all": NinoValidator(suffix=False, administrative=True, temporary=True),
    "ssn": SsnValidator(),
    "ssn all": SsnValidator(itin=True),
    "stdnum luhn": IdentifierValidator("luhn"),
    "stdnum iban": IdentifierValidator("iban"),
}

digits = st.text("0123456789", min_size=7, max_size=12)
letters = st.text("ABCDOQabc", max_size=3)
separators = st.text(" -./–\u00a0", max_size=2)
numbers = st.tuples(letters, separators, digits, separators, letters).map("".join)
locals_ = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=12)
hosts = st.sampled_from(
    ["example.com", "bücher.example", "例え。example", "EXAMPLE.ORG", "xn--a.example"]
)
addresses = st.tuples(locals_, st.just("@"), hosts).map("".join)
typed = st.one_of(st.characters(categories=["L", "M", "N"]), st.sampled_from("._-+'/="))
names = st.text(typed, max_size=12).filter(partial(is_normalized, "NFKC"))  # no ㈠, no ligatures
odd_addresses = st.tuples(locals_, st.just("@"), locals_, st.just(".example")).map("".join)
phones = st.tuples(st.sampled_from(["", "+", "+44", "+1", "0", "+49", "+52 1"]), digits).map(
    "".join
)
values = st.one_of(
    st.text(), numbers, digits, addresses, odd_addresses, phones,
    st.none(), st.integers(), st.floats(), st.binary(max_size=12), st.booleans(),
    st.dates(), st.lists(st.text(), max_size=2), st.decimals(), st.complex_numbers(),
)  # fmt: skip

every_pure = pytest.mark.parametrize("validator", PURE.values(), ids=PURE)


def reasons() -> Iterator[str]:
    """Every sentence in which a validator can refuse."""
    for module in pkgutil.iter_modules(validators.__path__, f"{validators.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Mapping):
                yield from (said for said in value.values() if isinstance(said, str))
            elif isinstance(value, str):
                yield value
    yield "It is no text and no number."


REASONS = {said for said in reasons() if said[:1].isupper() and said.endswith(".")}


@every_pure
@given(value=values)
@example(value="a" * 5000)
@example(value="1" * 5000)
@example(value="\ud800@example.com")
@example(value="ada@" + "ä" * 300 + ".example")
@example(value="+" + "٣" * 400)
def test_whatever_the_value(validator: PureValidator, value: object) -> None:
    """Never an exception; a valid value is valid as it is written; a reason never quotes it."""
    checked = validator.check(value)

    if checked.valid:
        assert checked.reason is None
        assert checked.value is None or validator.check(checked.value).value == checked.value
    else:
        assert (checked.value, dict(checked.facts)) == (None, {})
        assert checked.reason in REASONS


@given(st.tuples(names, st.just("@"), hosts).map("".join))
@example("o’brien@example.ie")
@example("ǅ@example.com")
@example("ﬁ@example.com")
def test_a_valid_email_is_one_mailbox(value: str) -> None:
    """The field's type reads every valid address, and the same from what the validator writes."""
    checked = EmailValidator().check(value)
    normalise = EmailNormaliser()

    assume(checked.valid)
    assert normalise(checked.value) == normalise(value) is not None


@given(phones, st.sampled_from([None, "US", "GB", "DE", "BR"]))
def test_a_valid_phone_is_what_the_field_says(value: str, region: str | None) -> None:
    """The validator writes a number as the field's type does, so both mean one number."""
    checked = PhoneValidator(region=region).check(value)

    assert not checked.valid or checked.value == PhoneNormaliser(region=region)(value)


def check_digit(nine: str) -> int:
    """The NHS data dictionary's own words: weights from 10 to 2, 11 less the remainder, 11 is 0."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11


nines = st.text("0123456789", min_size=9, max_size=9)


@given(nines, st.integers(0, 9))
def test_an_nhs_number_by_construction(nine: str, last: int) -> None:
    """Exactly the digit that the rule gives makes a number valid, but for ten equal ones."""
    number = f"{nine}{last}"
    right = check_digit(nine) == last and len(set(number)) > 1

    assert NhsValidator(test_numbers=True).check(number).valid == right


givable = nines.filter(lambda nine: check_digit(nine) < 10).map(lambda n: f"{n}{check_digit(n)}")


@given(givable, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number: str, place: int, shift: int) -> None:
    """Modulus 11 sees every single mistyping."""
    wrong = (int(number[place]) + shift) % 10
    mistyped = f"{number[:place]}{wrong}{number[place + 1 :]}"

    assert not NhsValidator(test_numbers=True).check(mistyped).valid


@given(givable, st.integers(0, 8))
def test_two_swapped_digits_are_seen(number: str, place: int) -> None:
    """Modulus 11 sees every swap of neighbours that differ."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert swapped == number or not NhsValidator(test_numbers=True).check(swapped).valid


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_nino_prefixes_one_by_one(first: str, second: str) -> None:
    """The rule of the manual, word for word."""
    unused = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    offices = {"OO", "CR", "FY", "MW", "NC", "PP", "PY", "PZ"}
    fine = not {first, second} & set("DFIQUV") and second != "O"
    fine = fine and first + second not in unused | offices

    assert NinoValidator().check(f"{first}{second}123456C").valid == fine


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 9999))
def test_ssn_parts_one_by_one(area: int, group: int, serial: int) -> None:
    """The rule of the SSA, word for word; public numbers and fillers are refused besides."""
    number = f"{area:03}-{group:02}-{serial:04}"
    given_out = area not in (0, 666) and area < 900 and group and serial
    known = number in ("078-05-1120", "219-09-9999", "457-55-5462")
    filler = IdentifierNormaliser()(number) is None

    assert SsnValidator().check(number).valid == bool(given_out and not known and not filler)


def examples(scheme: str) -> Iterator[tuple[str, str | None]]:
    """Numbers that python-stdnum's own documentation validates, and what comes out."""
    doc = inspect.getdoc(stdnum_module(scheme)) or ""
    for shown in doctest.DocTestParser().get_examples(doc):
        head, _, rest = shown.source.strip().partition("(")
        if head == "validate" and rest.endswith("')") and rest.count("'") == 2:
            value = None if shown.want.startswith("Traceback") else shown.want.strip().strip("'")
            yield rest[1:-2], value


EXAMPLES = [
    (scheme, raw, value)
    for scheme in schemes()
    if scheme != "gb.nino"
    for raw, value in examples(scheme)
]


def test_there_are_many_examples() -> None:
    """The table below is not empty because the documentation changed its form."""
    assert len(EXAMPLES) > 400


@pytest.mark.parametrize(("scheme", "raw", "value"), EXAMPLES)
def test_every_scheme_as_documented(scheme: str, raw: str, value: str | None) -> None:
    """Each module's own examples: what it takes we take, what it refuses we refuse."""
    validator = IdentifierValidator(scheme)
    checked = validator.check(raw)

    assert checked.value == value or (value == "123456789" and checked.reason == FILLER)
    assert value is None or validator.check(value) == checked


@given(values, st.sampled_from([scheme for scheme in schemes() if scheme != "gb.nino"]))
def test_no_scheme_fails(value: object, scheme: str) -> None:
    """No module of python-stdnum makes a validator fail, whatever it is given."""
    checked = IdentifierValidator(scheme).check(value)

    assert checked.valid or checked.reason in REASONS
    assert not checked.value or IdentifierValidator(scheme).check(checked.value) == checked


@pytest.mark.parametrize("digit", "0123456789")
def test_equal_digits_are_nobodys(digit: str) -> None:
    """Their check digit fits every scheme of modulus 11, and they fill required boxes."""
    assert NhsValidator().check(digit * 10).reason == FILLER


@pytest.mark.parametrize("name", [name for name in VALIDATORS if name != "stdnum"])
def test_a_validator_is_a_frozen_value(name: str) -> None:
    """Two of the same options are one; nothing changes afterwards; it can be a key."""
    one, two = make_validator(name), make_validator(name)

    assert (one, hash(one)) == (two, hash(two))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.anything = 1  # type: ignore[attr-defined]
    assert isinstance(hash(Checked(True, "x", facts=UNSAID.facts)), int)
