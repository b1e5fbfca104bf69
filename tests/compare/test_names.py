"""The measure on given names, and when two of them speak against one person."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met.compare import GivenName, JaroWinkler, clearly_different_given_names
from have_we_met.compare.names import relation

_CASES = Path(__file__).parents[1] / "cases" / "given_names.csv"
_NAMES = st.sampled_from(["ann", "mary ann", "mary", "m", "ma", "bob", "robert", "silva", "ivan"])


def _cases():
    with _CASES.open(encoding="utf-8", newline="") as lines:
        return [tuple(row.values())[:3] for row in csv.DictReader(lines)]


def _level(left, right):
    measure = GivenName()
    return measure.describe(left, right, measure.one_to_many(left, [right])[0])[0]


@pytest.mark.parametrize(("left", "right", "level"), _cases())
def test_cases(left, right, level):
    """Each pair of names agrees on the level that people gave it."""
    assert _level(left, right) == _level(right, left) == level


def test_cases_show_every_level():
    """No level is without an example."""
    assert {level for *_, level in _cases()} == set(GivenName.levels)


@pytest.mark.parametrize(
    ("left", "right", "option"),
    [
        ("bob", "robert", "nickname"),
        ("mary", "mary ann", "part"),
        ("j", "kwame james", None),
        ("j", "jean pierre", "initial"),
        ("jose", "maria jose", "later_part"),
    ],
)
def test_worth_of_a_relation(left, right, option):
    """A relation is worth what its option says, where Jaro-Winkler is not worth more."""
    nothing = dict.fromkeys(["nickname", "part", "initial", "later_part"], 0.0)
    letters = JaroWinkler().one_to_many(left, [right])[0]
    worth = {option: 0.99} if option else {}

    assert GivenName(**nothing).one_to_many(left, [right])[0] == letters
    expected = 0.99 if option else letters
    assert GivenName(**(nothing | worth)).one_to_many(left, [right])[0] == expected


def test_letters_may_be_worth_more():
    """The better of the letters and the relation counts."""
    letters = JaroWinkler(prefix_weight=0.2).one_to_many("mary", ["mary ann", "marx"])

    measure = GivenName(part=0.5, prefix_weight=0.2)

    assert measure.one_to_many("mary", ["mary ann", "marx"]).tolist() == letters.tolist()
    assert measure.describe("mary", "mary ann", letters[0])[0] == "very_similar"


@given(_NAMES, _NAMES)
def test_relation_both_ways(left, right):
    """A relation holds both ways; a name has none to itself."""
    assert relation(left, right) == relation(right, left)
    assert relation(left, left) is None


def _different(a, b, family_a="silva", family_b="silva", below=0.7):
    return clearly_different_given_names(a, b, family_a=family_a, family_b=family_b, below=below)


@pytest.mark.parametrize(
    ("a", "b"),
    [("maria", "ivan"), ("kwame", "ngozi"), ("wei", "li"), ("robert", "elizabeth"), ("j", "ana")],
)
def test_spouses(a, b):
    """Two people of one family with unlike given names are two people."""
    assert _different(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("maria", "maria"),
        ("jon", "john"),
        ("liz", "elizabeth"),
        ("e", "elizabeth"),
        ("ann", "mary ann"),
        ("jp", "jean pierre"),
        (None, "ivan"),
        ("", "ivan"),
    ],
)
def test_one_person(a, b):
    """Similar names, short forms, initials and parts do not differ clearly; nor does silence."""
    assert not _different(a, b)


def test_a_relation_excuses_whatever_the_limit():
    """A known relation counts even where the limit is above its worth."""
    assert not _different("liz", "elizabeth", below=1.0)


def test_the_limit():
    """Names are clearly different below the limit, not at it."""
    similarity = float(GivenName().one_to_many("yusuf", ["yunis"])[0])

    assert not _different("yusuf", "yunis", below=similarity)
    assert _different("yusuf", "yunis", below=similarity + 1e-9)


@pytest.mark.parametrize(
    ("a", "family_a", "b", "family_b", "swapped"),
    [
        ("john", "smith", "smith", "john", True),
        ("xiaoming", "wang", "wang", "xiaoming", True),
        ("laszlo", "nagy", "nagy", "lazslo", True),
        ("maria", "silva", "silva", "maria jose", True),
        ("john", "smith", "smith", None, True),
        ("john", None, "smith", "john", True),
        ("john", None, "smith", None, False),
        # A wife and a husband whose given name is her family's: one way alone is no swap.
        ("kelly", "jones", "mark", "kelly", False),
        ("kelly", "jones", "jones", "mark", False),
        ("john", "smith", "mary", "smith", False),
    ],
)
def test_swapped(a, family_a, b, family_b, swapped):
    """Given and family name in each other's place are no contradiction."""
    assert _different(a, b, family_a, family_b) is not swapped
    assert _different(b, a, family_b, family_a) is not swapped


@settings(max_examples=200)
@given(_NAMES, _NAMES, st.none() | _NAMES, st.none() | _NAMES, st.floats(0, 1))
def test_symmetry(a, b, family_a, family_b, below):
    """It does not matter which of the two is asked about."""
    one_way = _different(a, b, family_a, family_b, below)

    assert one_way == _different(b, a, family_b, family_a, below)
