from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from have_we_met.normalise.address import AddressNormaliser, PostalAddress, parse_address
from have_we_met.normalise.address_words import plain, regions, shorten
from have_we_met.normalise.reference import load

CASES = Path(__file__).parents[1] / "cases" / "addresses.csv"

TABLES = load("streets")
SHORT_FORMS = {
    short: long
    for room in ("streets", "places", "words", "directions")
    for short, long in TABLES[room].items()
}
PLACES = [
    name
    for country in ("US", "CA", "GB")
    for code, names in load("regions")[country].items()
    for name in [code, *names]
]
NAMES = [name for names in load("regions")["countries"].values() for name in names]
CODES = ["62701", "62701-1234", "SW1A 1AA", "sw1a1aa", "K1A 0B1", "b2 3rd", "GIR 0AA", "BFPO 12"]
NUMBERS = ["12", "4-12", "4b", "1/2", "12-14", "#", "# 5", "no", "No. 5", "400", "2/1", "a", "1st"]
OTHERS = [
    "Main",
    "London",
    "O’Brien",
    "New York",
    "Washington",
    "rue",
    "P.O. Box",
    "Montréal",
    "北京",
    "&",
]
UNITS = [word for words in TABLES["units"].values() for word in words]

words = st.one_of(
    st.sampled_from([word for short, long in SHORT_FORMS.items() for word in [short, *long]]),
    *map(st.sampled_from, (PLACES, NAMES, CODES, NUMBERS, OTHERS, UNITS)),
)
addresses = st.lists(
    st.tuples(words, st.sampled_from([" ", " ", ", ", "\n", "-"])).map("".join), max_size=8
).map("".join)
values = st.one_of(addresses, st.text())
COUNTRIES = [None, "US", "GB", "CA"]
COMPONENTS = ["full", "street", "number", "unit", "city", "region", "postal_code"]
normalisers = st.builds(
    AddressNormaliser, country=st.sampled_from(COUNTRIES), component=st.sampled_from(COMPONENTS)
)


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['raw']} {case['options']}")
def test_cases(case: dict[str, str]) -> None:
    """Every row of addresses.csv comes out as the table says."""
    options = dict(pair.split("=") for pair in case["options"].split(";") if pair)

    assert AddressNormaliser(**options)(case["raw"]) == (case["expected"] or None)  # type: ignore[arg-type]


@given(values, normalisers)
@settings(max_examples=300)
@example("n/a, UK", AddressNormaliser())
@example("Sainte 4, Springfield IL 62701", AddressNormaliser())
@example("flat, no 12 SW1A 1AA", AddressNormaliser())
@example("Kent, Kent, nord yorkshire YO21 1AA", AddressNormaliser())
@example("4-12-14 Main, Toronto ON K1A 0B1", AddressNormaliser())
def test_twice_is_once(value: str, normaliser: AddressNormaliser) -> None:
    """A canonical address or part of one stays as it is, and is ASCII."""
    once = normaliser(value)

    assert once is None or (normaliser(once) == once and once.isascii())


@given(values, st.sampled_from(COUNTRIES))
@settings(max_examples=300)
@example("flat, no 12 SW1A 1AA", None)
@example("Sainte 4, Springfield IL 62701", None)
@example("north, nord yorkshire YO21 1AA", None)
@example("4-12, 5-6 Main, Toronto ON K1A 0B1", None)
def test_fast_is_full(value: str, country: str | None) -> None:
    """An address that is sure to stay as it is need not be read twice."""
    address = AddressNormaliser(country=country)  # type: ignore[arg-type]

    assert address(value) == address.full(value)


@given(values)
def test_plain_is_plain(value: str) -> None:
    """Letters made plain stay so, with or without their lines."""
    once = plain(value)

    assert plain(once) == once
    assert plain(plain(once.replace(",", " "))) == plain(once.replace(",", " "))


@given(st.lists(words))
def test_short_is_short(sentence: list[str]) -> None:
    """Short forms have no shorter ones."""
    short = shorten(word for text in sentence for word in text.lower().split())

    assert shorten(short) == short


STREETS = ["Main Street", "North Oak Avenue", "5th Ave", "Mill Court Drive", "Saint James Road"]
TOWNS = ["Springfield, Illinois 62701", "St. Louis MO 63101", "Winston-Salem, N.C. 27101-1234"]


@given(
    st.integers(1, 9999),
    st.sampled_from(STREETS),
    st.sampled_from(["Apt 4B", "#4b", "Unit 4-B", "Suite No. 4B"]),
    st.sampled_from(TOWNS),
    st.booleans(),
)
def test_commas_and_order_do_not_matter(
    number: int, street: str, unit: str, town: str, first: bool
) -> None:
    """One address, its flat before or behind the street, with and without commas and country."""
    lines = [unit, f"{number} {street}"] if first else [f"{number} {street}", unit]
    text = ", ".join([*lines, town])
    address = AddressNormaliser()

    assert address(text) == address(text.replace(",", " ").upper()) == address(f"{text}, U.S.A.")
    assert address(text) == address(f"{number} {street} #4B {town}")


@pytest.mark.parametrize("value", [None, "", " ", float("nan"), b"\xff", [], object(), "---", ",,"])
@pytest.mark.parametrize("component", COMPONENTS)
def test_what_is_no_text_says_nothing(value: object, component: str) -> None:
    """Any value at all is taken, and what cannot be an address is None."""
    assert AddressNormaliser(component=component)(value) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [62701, 62701.0, b"62701"])
def test_numbers_of_a_table_are_read(value: object) -> None:
    """A column of ZIP codes may have come as numbers."""
    assert AddressNormaliser(component="postal_code")(value) == "62701"


def test_parts() -> None:
    """An address comes apart into its parts."""
    american = parse_address("Apt 4B, 12 N Main St, Springfield, Illinois 62701-1234")
    british = parse_address("Rose Cottage, 10 High St, Highbury, London N5 1AA")
    canadian = parse_address("1204-350 Bay St, Toronto ON M5H 2S6")
    german = parse_address("Hauptstraße 12, 10115 Berlin, Germany")

    assert american == PostalAddress(
        "4b", "12", "n main st", "springfield", "il", "62701-1234", "US"
    )
    assert british == PostalAddress(None, "10", "high st", "london", None, "n5 1aa", "GB")
    assert canadian == PostalAddress("1204", "350", "bay st", "toronto", "on", "m5h 2s6", "CA")
    assert parse_address("12 Main St, 1234 Springfield", "US") == PostalAddress(
        None, "12", "main st", "springfield", country="US"
    )
    assert german == PostalAddress(None, "12", "hauptstr", "berlin", None, "10115", "DE")


@pytest.mark.parametrize(
    ("text", "assumed", "country"),
    [
        ("12 Main St, Springfield", None, None),
        ("12 Main St, Springfield", "US", "US"),
        ("12 Main St, Springfield, IL", None, "US"),
        ("12 Main St, Toronto ON", None, "CA"),
        ("12 Main St, Springfield IL 62701", "GB", "US"),
        ("12 High St, London N5 1AA", "US", "GB"),
        ("12 High St, Worthing, West Sussex", None, "GB"),
        ("12 Bay St, Toronto, Canada", "US", "CA"),
        ("12 rue de la Paix, 75002 Paris, France", "US", "FR"),
        ("12 Rue de Canada", None, None),
        ("Main St Springfield IL", None, None),
    ],
)
def test_the_country_is_what_the_text_shows(
    text: str, assumed: str | None, country: str | None
) -> None:
    """A postal code, a country, a state or a county outweigh what is assumed."""
    address = parse_address(text, assumed)

    assert address is not None
    assert address.country == country


@pytest.mark.parametrize("text", ["", " ", "n/a", "---"])
def test_no_address_has_no_parts(text: str) -> None:
    """What says nothing has no parts."""
    assert parse_address(text) is None


def test_a_long_text_is_refused_at_once() -> None:
    """No address has more than five hundred characters, as it comes or as it is written here."""
    assert AddressNormaliser()("1" * 1_000_000) is None
    assert AddressNormaliser()("京" * 400) is None
    assert (
        AddressNormaliser()("Main " * 96 + "x Washington 20500") is None
    )  # "dc" makes it too long
    assert parse_address("12 Main St, " * 100_000) is None


def test_an_unknown_component_is_refused() -> None:
    """A misspelt component fails when the model is made."""
    with pytest.raises(ValueError, match="component"):
        AddressNormaliser(component="town")  # type: ignore[arg-type]


def test_each_word_has_one_short_form() -> None:
    """No word of the tables has two short forms, and the tables are in order."""
    rooms = [TABLES[room] for room in ("streets", "places", "words", "directions")]
    counts = Counter(
        word for room in rooms for short, long in room.items() for word in [short, *long]
    )

    assert [word for word, count in counts.items() if count > 1] == []
    assert all(long == sorted(long) for room in rooms for long in room.values())
    assert all(list(room) == sorted(room) for room in rooms if "1st" not in room)
    assert all(
        left < right for words in TABLES["units"].values() for left, right in pairwise(words)
    )


@pytest.mark.parametrize("country", ["US", "CA", "GB", "countries"])
def test_each_region_has_one_code(country: str) -> None:
    """No name stands for two regions of a country, and the tables are in order."""
    table = load("regions")[country]
    counts = Counter(name for code, names in table.items() for name in [code, *names])

    assert [name for name, count in counts.items() if count > 1] == []
    assert list(table) == sorted(table)
    assert all(names == sorted(names) for names in table.values())


def test_no_code_of_a_region_is_a_long_word() -> None:
    """A state's code at the end of an address is not shortened to something else."""
    codes = {*regions("US").values(), *regions("CA").values()}
    long_words = {word for long in SHORT_FORMS.values() for word in long}

    assert codes & long_words == set()
    assert [name for name in regions("US") if " " in name and name.split()[-1] in codes] == []
