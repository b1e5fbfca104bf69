from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from have_we_met.normalise.email import (
    EmailAddress,
    EmailNormaliser,
    ascii_local,
    domain,
    is_free_mail,
    local_part,
    parse_email,
)
from have_we_met.normalise.reference import load

CASES = Path(__file__).parents[1] / "cases" / "emails.csv"
NORMALISERS = [
    EmailNormaliser(plus_tags=plus, gmail_dots=dots, alias_domains=aliases)
    for plus in (True, False)
    for dots in (True, False)
    for aliases in (True, False)
]

domains = st.sampled_from(
    [
        "gmail.com",
        "GoogleMail.com",
        "ya.ru",
        "example.com",
        "bücher.de",
        "xn--bcher-kva.de",
        "a.b",
        "i❤.ws",
    ]
)
locals_ = st.one_of(
    st.text(alphabet="aAé.+-_'’ß李İſK ", min_size=1, max_size=8), st.text(min_size=1, max_size=6)
)
addresses = st.builds("{}@{}".format, locals_, domains)
dressed = st.builds(
    str.format,
    st.sampled_from(["{}", " {} ", "Ada <{}>", "mailto:{}", "{}.", "'{}'", '"{}', "{};", "<{}"]),
    addresses,
)
values = st.one_of(dressed, st.text(), st.text(alphabet="a@.+é<>", max_size=12))


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['raw']} {case['options']}")
def test_cases(case: dict[str, str]) -> None:
    """Every row of emails.csv comes out as the table says."""
    options = dict(pair.split("=") for pair in case["options"].split(";") if pair)

    assert EmailNormaliser(**options)(case["raw"]) == (case["expected"] or None)  # type: ignore[arg-type]


@given(values, st.sampled_from(NORMALISERS))
@example("+用@example.com", EmailNormaliser())
@example("K@example.com", EmailNormaliser())
def test_twice_is_once(value: str, normaliser: EmailNormaliser) -> None:
    """A canonical address stays as it is, and is ASCII."""
    once = normaliser(value)

    assert once is None or (normaliser(once) == once and once.isascii())


@given(values, st.sampled_from(NORMALISERS))
@example("o'brien@a.bc", EmailNormaliser())
@example(".ada@a.bc", EmailNormaliser())
def test_fast_is_full(value: str, normaliser: EmailNormaliser) -> None:
    """The short road gives what the full road gives."""
    assert normaliser(value) == normaliser.full(value)


@pytest.mark.parametrize(
    "value", [None, "", " ", 3, 2.5, True, b"\xff", [], object(), float("nan")]
)
def test_what_is_no_text_says_nothing(value: object) -> None:
    """Any value at all is taken, and what cannot be an address is None."""
    assert EmailNormaliser()(value) is None


def test_bytes_are_text() -> None:
    """An address that arrives as bytes is read as UTF-8."""
    assert EmailNormaliser()("Zoë@example.com".encode()) == "zoe@example.com"


def test_an_unknown_option_is_refused() -> None:
    """A misspelt option does not pass in silence."""
    with pytest.raises(ValueError, match="plus_tag"):
        EmailNormaliser(plus_tag=True)  # type: ignore[call-arg]


def test_parts() -> None:
    """An address comes apart into local part, domain and tag."""
    assert parse_email("Ada+x@Example.com") == EmailAddress("ada", "example.com", "x")
    assert parse_email("李@example.com") == EmailAddress("李", "example.com")


def test_parts_of_the_canonical_text() -> None:
    """Keys take the two halves of a canonical address."""
    assert (local_part("ada@example.com"), domain("ada@example.com")) == ("ada", "example.com")
    assert (local_part("ada"), domain("ada")) == (None, None)


def test_two_people_of_another_script_stay_two() -> None:
    """Names that sound alike in Latin letters are different mailboxes."""
    assert ascii_local("李") != ascii_local("理")


def test_a_long_text_is_refused_at_once() -> None:
    """No address has a thousand characters, and none is looked for in a page of text."""
    assert EmailNormaliser()("a" * 65 + "@example.com") is None
    assert EmailNormaliser()("ada@" + "a." * 126 + "com") is None
    assert EmailNormaliser()("Ada " * 100_000 + "<ada@example.com>") is None


@pytest.mark.parametrize(
    ("name", "free"),
    [
        ("gmail.com", True),
        ("yahoo.com", True),
        ("yahoo.fr", True),
        ("yahoo.co.uk", True),
        ("yahoo.com.br", True),
        ("hotmail.de", True),
        ("qq.com", True),
        ("orange.fr", True),
        ("example.com", False),
        ("live.example.com", False),
        ("yahoo.ibm.com", False),
        ("outlook", False),
        ("mail.yahoo.com", False),
    ],
)
def test_free_mail(name: str, free: bool) -> None:
    """Domains where anybody gets an address, in every country of a provider."""
    assert is_free_mail(name) is free


@pytest.mark.parametrize("table", ["families", "domains"])
def test_the_table_is_in_order(table: str) -> None:
    """Lower-case ASCII, in alphabetical order, nothing twice: a review sees what changed."""
    rows = load("free_mail")[table]

    assert all(left < right for left, right in pairwise(rows))
    assert all(row == row.lower() and row.isascii() for row in rows)


def test_no_alias_leads_to_an_alias() -> None:
    """The domain behind an alias is final, and free mail like the alias."""
    aliases = load("free_mail")["aliases"]

    assert not set(aliases) & set(aliases.values())
    assert all(map(is_free_mail, [*aliases, *aliases.values()]))
    assert list(aliases) == sorted(aliases)
