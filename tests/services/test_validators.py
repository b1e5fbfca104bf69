from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from have_we_met import ModelError
from have_we_met.services.validators import VALIDATORS, make_validator
from have_we_met.services.validators.base import UNSAID

CASES = Path(__file__).parents[1] / "cases"
LISTS = {"regions", "kinds", "listed", "disposable_domains"}
NAMES = [name for name in VALIDATORS if name != "stdnum"] + ["stdnum.gb.nhs"]

every_validator = pytest.mark.parametrize("name", NAMES)


def cases() -> list[dict[str, str]]:
    """The rows of the tables."""
    rows = []
    for path in sorted(CASES.glob("validated_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def options_of(text: str) -> dict[str, object]:
    """Options as the tables write them."""
    pairs = dict(pair.split("=") for pair in text.split(";") if pair)
    return {name: said.split("|") if name in LISTS else said for name, said in pairs.items()}


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['validator']} {case['raw']:.30}")
async def test_cases(case: dict[str, str]) -> None:
    """Every row is as the table says, and what is valid once is valid as it is written."""
    validator = make_validator(case["validator"], options_of(case["options"]))
    checked = await validator(case["raw"])

    assert (checked.value or "", checked.reason or "") == (case["value"], case["reason"])
    assert checked.valid == (not case["reason"])
    assert not checked.valid or (await validator(checked.value)).value == checked.value


@every_validator
@pytest.mark.parametrize("value", [None, "", "  ", "\t\u200b", float("nan"), Decimal("sNaN"), b" "])
async def test_what_was_not_said_is_not_wrong(name: str, value: object) -> None:
    """A box that may stay empty and did is valid, without a value."""
    assert await make_validator(name)(value) == UNSAID


@every_validator
@pytest.mark.parametrize("value", [[], {}, object(), ["943 476 5919"], b"\xff"])
async def test_what_is_no_text_is_not_valid(name: str, value: object) -> None:
    """A list is no number, and says something all the same."""
    checked = await make_validator(name)(value)

    assert (checked.valid, checked.reason) == (False, "It is no text and no number.")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("nhs", 9434765919, "9434765919"),
        ("nhs", 9434765919.0, "9434765919"),
        ("ssn", b"536-90-4399", "536904399"),
        ("phone", "+14155550123", "+14155550123"),
    ],
)
async def test_numbers_of_a_table_are_read(name: str, value: object, expected: str) -> None:
    """A column of integers, or of floats because of its gaps, holds identifiers too."""
    assert (await make_validator(name)(value)).value == expected


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("emial", {}, r"no validator 'emial' \(did you mean 'email'\?\)"),
        ("email", {"mxx": True}, "options: no setting 'mxx'.*did you mean 'mx'"),
        ("email", {"timeout": 0}, "options.timeout: must be greater than 0"),
        ("email", {"nameservers": ["dns"]}, "options.nameservers: no name server 'dns'"),
        ("email", {"nameservers": ["192.0.2.1:dns"]}, "options.nameservers: no name server"),
        ("email", {"disposable_file": "no.txt"}, "options.disposable_file: 'no.txt' is no file"),
        ("phone", {"region": "UK"}, "options.region: no telephone region 'UK'.*is GB"),
        ("phone", {"regions": ["GB", "XX"]}, "options.regions: no telephone region 'XX'"),
        ("phone", {"kinds": ["cell"]}, r"options.kinds\[0\]: must be 'mobile'"),
        ("nhs", {"check": False}, "options: no setting 'check'"),
        ("stdnum", {}, "options.scheme: must be given"),
        ("stdnum.it.codice", {}, "options.scheme: .*did you mean 'it.codicefiscale'"),
        ("stdnum.gb.nino", {}, "options.scheme: no identifier scheme"),
        ("stdnum.os", {}, "options.scheme: no identifier scheme"),
        ("stdnum.", {}, "options.scheme: no identifier scheme"),
    ],
)
def test_mistakes_name_what_was_meant(name: str, options: dict[str, object], says: str) -> None:
    """A wrong name and a wrong option say where they are, and what may have been meant."""
    with pytest.raises(ModelError, match=says):
        make_validator(name, options)


def test_all_mistakes_are_told_at_once() -> None:
    """Whoever wrote two mistakes mends two."""
    with pytest.raises(ModelError) as raised:
        make_validator("phone", {"region": "UK", "kinds": ["cell"], "regoin": "GB"})

    assert len(raised.value.problems) == 3


async def test_disposable_domains_from_a_file(tmp_path: Path) -> None:
    """A longer list is a file: a domain a line, with comments."""
    path = tmp_path / "disposable.txt"
    path.write_text("# those of today\nThrow.example  # and below\n\nother.example\n", "utf-8")
    email = make_validator("email", {"refuse_disposable": True, "disposable_file": str(path)})

    valid = [(await email(f"ada@{d}.example")).valid for d in ("throw", "a.throw", "keep")]

    assert valid == [False, False, True]


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("ada@example.com", set()),
        ("info@gmail.com", {"free_mail", "role"}),
        ("no-reply+x@example.com", {"role"}),
        ("ada@eu.mailinator.com", {"disposable"}),
        ("用户@例子.example", {"smtputf8"}),
        ("ada@bücher.example", set()),
    ],
)
async def test_facts_of_an_email(value: str, facts: set[str]) -> None:
    """What is known of an address without asking anybody."""
    found = (await make_validator("email")(value)).facts

    assert set(found) == {"disposable", "free_mail", "role", "smtputf8"}
    assert {name for name, said in found.items() if said} == facts


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("+44 7911 123456", {"type": "mobile", "region": "GG"}),
        ("+1 415 555 0123 x9", {"type": "fixed_line_or_mobile", "region": "US", "extension": "9"}),
        ("+800 2345 6789", {"type": "toll_free", "region": "001"}),
    ],
)
async def test_facts_of_a_phone(value: str, facts: dict[str, str]) -> None:
    """The type and the region are libphonenumber's; what it does not know is not made up."""
    assert (await make_validator("phone")(value)).facts == facts


async def test_unknown_facts_are_left_out() -> None:
    """A number that is only possible is in no country's plan."""
    phone = make_validator("phone", {"possible": True})

    assert (await phone("+44 7700 900123")).facts == {"type": "unknown"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "marked.person@example.com"),
        ("phone", "+1 415 555 0123 ext. 987"),
        ("nhs", "943 476 5919"),
        ("nino", "AB 12 34 56 C"),
        ("ssn", "536-90-4399"),
    ],
)
async def test_printing_shows_nothing_of_a_person(name: str, value: str) -> None:
    """Logs and tracebacks print what they are given."""
    checked = await make_validator(name)(value)

    assert repr(checked) == "Checked(valid=True, reason=None)"
