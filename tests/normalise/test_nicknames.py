from __future__ import annotations

import csv
from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.normalise.nicknames import formal, related
from have_we_met.normalise.reference import load
from have_we_met.normalise.text import fold

CASES = Path(__file__).parents[1] / "cases" / "nicknames.csv"
TABLES = [
    (kind, language, table)
    for kind, languages in load("nicknames").items()
    for language, table in languages.items()
]
KNOWN = sorted(
    {name for *_, table in TABLES for head, names in table.items() for name in [head, *names]}
)


def _rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['left']}-{row['right']}")
def test_cases(row):
    """Each pair of names is related, or not, as people said."""
    assert related(row["left"], row["right"]) == (row["related"] == "yes")


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_symmetric(left, right):
    """Who is related to whom does not depend on who asks."""
    assert related(left, right) == related(right, left)


@given(st.one_of(st.sampled_from(KNOWN), st.text()))
def test_a_name_stands_for_itself(name):
    """A name is related to itself, and among the names that it may stand for."""
    assert related(name, name)
    assert name in formal(name)


@given(st.sampled_from(KNOWN))
def test_formal_names(name):
    """A name stands for its formal names and for the usual spelling of each."""
    expected = {name}
    for wanted in ("short_forms", "spellings"):
        before = set(expected)
        for kind, _, table in TABLES:
            if kind == wanted:
                expected |= {head for head, names in table.items() if before & set(names)}

    assert formal(name) == expected


def test_every_pair_of_the_reference_is_related():
    """What stands in the table is what is answered."""
    pairs = [
        (head, name) for *_, table in TABLES for head, names in table.items() for name in names
    ]

    assert [pair for pair in pairs if not related(*pair)] == []


def test_names_of_one_list_are_related():
    """Two short forms of one name, and two spellings, may be the same person."""
    pairs = chain.from_iterable(
        combinations(names, 2) for *_, table in TABLES for names in table.values()
    )

    assert [pair for pair in pairs if not related(*pair)] == []


@pytest.mark.parametrize(("kind", "language", "table"), TABLES, ids=lambda value: str(value)[:20])
def test_reference(kind, language, table):
    """Tables are in order, without doubles, and spelled as they are looked up."""
    assert list(table) == sorted(table)
    for head, names in table.items():
        assert names == sorted(set(names))
        assert head not in names
        assert [fold(name) for name in (head, *names)] == [head, *names]


def test_a_spelling_has_one_usual_spelling():
    """Spellings lead to one name in one step."""
    spellings = [table for kind, _, table in TABLES if kind == "spellings"]
    heads = [head for table in spellings for head in table]
    others = [name for table in spellings for names in table.values() for name in names]

    assert len(others) == len(set(others))
    assert not set(heads) & set(others)


def test_the_reference_is_worth_having():
    """Hundreds of names in the languages promised."""
    languages = {language for _, language, _ in TABLES}

    assert len(KNOWN) > 1500
    assert languages >= {
        "english",
        "spanish",
        "german",
        "french",
        "italian",
        "russian",
        "polish",
        "portuguese",
        "arabic",
    }
