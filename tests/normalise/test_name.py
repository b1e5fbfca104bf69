from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from have_we_met.normalise import NORMALISERS
from have_we_met.normalise.name import NameNormaliser, PersonName, parse_name
from have_we_met.normalise.name_words import suffix_words, title_words, unwrap, word_key
from have_we_met.normalise.person_name import comma_parts, sort_parts
from have_we_met.normalise.reference import load
from have_we_met.normalise.text import clean, fold

CASES = Path(__file__).parents[1] / "cases"
NORMALISERS_OF_NAMES = [
    NameNormaliser(component=component, titles=titles, suffixes=suffixes)
    for component in ("full", "first", "middle", "last")
    for titles, suffixes in itertools.product([False, True], repeat=2)
]
PARTS = ("title", "first", "middle", "last", "suffix")

ordinary = ["Ada", "Smith", "O’Brien", "Jean-Luc", "José", "ma", "V", "J.", "Ph-D", "Dr-Smith", "—"]
particles = ["van", "der", "de", "la", "bin", "y", "e", "'t", "María", "del", "Carmen", "García"]
others = [
    "李小龙",
    "先生",
    "约翰·史密斯",
    "山田はなこ",
    "김민수",
    "Иванов",
    "Иванович",
    "ア",
    "·",
    "محمد",
]
words = st.sampled_from(
    [*ordinary, *particles, *others, *sorted(title_words()), *sorted(suffix_words())]
)
spelled = st.builds(
    lambda word, spell: spell(word),
    words,
    st.sampled_from([str, str.upper, str.title, "{}.".format, "{},".format, "({})".format]),
)
names = st.lists(st.one_of(spelled, st.text(max_size=4)), max_size=6).map(" ".join)


def _rows(table: str) -> list[dict[str, str]]:
    with (CASES / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", _rows("names.csv"), ids=lambda row: f"{row['component']}-{row['raw']}"
)
def test_cases(row):
    """Each name folds to what people said it should."""
    normaliser = NameNormaliser(component=row["component"])

    assert normaliser(row["raw"]) == (row["expected"] or None)


@pytest.mark.parametrize("row", _rows("person_names.csv"), ids=lambda row: row["raw"])
def test_parts(row):
    """Each name parts as people said it should."""
    name = parse_name(row["raw"])

    assert name is not None
    assert {part: getattr(name, part) for part in PARTS} == {
        part: row[part] or None for part in PARTS
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "john smith"),
        ({"titles": True}, "dr john smith"),
        ({"suffixes": True}, "john smith jr phd"),
        ({"titles": True, "suffixes": True}, "dr john smith jr phd"),
    ],
)
@pytest.mark.parametrize(
    "raw", ["Dr. John Smith Jr., PhD", "Smith Jr., Dr. John, PhD", "Smith, John, Dr., Jr., PhD"]
)
def test_titles_and_suffixes_can_be_kept(raw, options, expected):
    """Titles and suffixes go unless asked for; kept, they stand where they are spoken."""
    assert NameNormaliser(**options)(raw) == expected


@pytest.mark.parametrize(
    ("component", "raw", "expected"),
    [
        ("first", "Dr. John", "dr john"),
        ("last", "Smith Jr.", "smith jr"),
        ("last", "Smith, Jr.", "smith jr"),
        ("last", "Smith, Dr.", "dr smith"),
    ],
)
def test_titles_and_suffixes_of_a_part_can_be_kept(component, raw, expected):
    """The options hold for parts of a name too."""
    assert NameNormaliser(component=component, titles=True, suffixes=True)(raw) == expected


@pytest.mark.parametrize("normaliser", NORMALISERS_OF_NAMES, ids=repr)
@settings(max_examples=80, deadline=None)
@given(name=names)
def test_laws(normaliser, name):
    """Folding a name twice is folding it once, and the short cut agrees with the long road."""
    result = normaliser(name)

    assert result == normaliser.full(name)
    if result is not None:
        assert re.fullmatch("[a-z0-9]+(?: [a-z0-9]+)*", result)
        assert normaliser(result) == result
        assert normaliser.full(result) == result


@pytest.mark.parametrize("normaliser", NORMALISERS_OF_NAMES[::4], ids=repr)
@settings(max_examples=100, deadline=None)
@given(name=st.lists(spelled, min_size=1, max_size=4).map(" ".join))
def test_never_to_nothing(normaliser, name):
    """A name made of titles, suffixes and particles alone still says something."""
    assert (normaliser(name) is None) == (fold(name) == "")


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(), st.binary(), st.integers(), st.floats(), st.dates(), st.none(), st.booleans()
    )
)
def test_never_raises(value):
    """Whatever stands in the field, there is an answer."""
    for normaliser in NORMALISERS_OF_NAMES:
        assert isinstance(normaliser(value), str | None)
    assert isinstance(parse_name(value), PersonName | None)


@settings(max_examples=150, deadline=None)
@given(names)
def test_no_word_is_lost(name):
    """The parts of a name hold every word of it, asides in brackets apart."""
    person = parse_name(name)
    held = [word for part in comma_parts(clean(name) or "") for word in part]

    if person is not None and not person.family_first and "·" not in name and "ア" not in name:
        parts = [getattr(person, part) or "" for part in PARTS]
        assert sorted(fold(" ".join(parts)).split()) == sorted(fold(" ".join(held)).split())


@given(st.lists(spelled, min_size=1, max_size=6))
def test_unwrapped_words_are_the_words(wrapped):
    """Titles, name and suffixes put together again are the words given; a name is always left."""
    held = [word for word in wrapped if word_key(word)] or ["Ada"]
    found = unwrap(held)

    assert [*found.titles, *found.name, *found.suffixes] == held
    assert found.name


def test_spoken_order():
    """A name is spoken in the order of its language."""
    assert PersonName(first="小龙", last="李", family_first=True).spoken == ("李", "小龙")
    assert PersonName(first="Ada", middle="M.", last="Khan").spoken == ("Ada", "M.", "Khan")
    assert PersonName(last="Khan").spoken == ("Khan",)


def test_parts_between_commas():
    """After a comma stand suffixes, titles, or the other half of the name."""
    found = sort_parts([["John", "Smith"], ["MD", "PhD"], ["Dr."], ["Anna"]])

    assert found.names == [["John", "Smith"], ["Anna"]]
    assert found.titles == ["Dr."]
    assert found.suffixes == ["MD", "PhD"]


def test_nobody():
    """No text, no name."""
    assert parse_name(" , () ") is None
    assert parse_name(None) is None


def test_options_are_checked():
    """A component or an option that does not exist is refused; the type is in the registry."""
    with pytest.raises(ValidationError):
        NameNormaliser(component="nick")
    with pytest.raises(ValidationError):
        NameNormaliser(case=True)
    assert NORMALISERS["name"] is NameNormaliser


def _lists() -> list[tuple[str, str, list[str]]]:
    tables = load("titles").items()
    return [(table, key, words) for table, lists in tables for key, words in lists.items()]


@pytest.mark.parametrize(("table", "key", "words"), _lists(), ids=lambda value: str(value)[:20])
def test_reference(table, key, words):
    """Every list is in order, without doubles, and spelled as it is looked up."""
    assert words == sorted(set(words))
    if table in {"titles", "suffixes", "spanish"}:
        assert words == [word_key(word) for word in words]
    if table == "particles":
        assert words == [word.casefold() for word in words]


def test_reference_groups_do_not_overlap():
    """A word is a title always or sometimes, and a suffix under one rule."""
    titles, suffixes = load("titles")["titles"], load("titles")["suffixes"]
    particles = load("titles")["particles"]

    for group in (titles, suffixes, particles):
        for one, other in itertools.combinations(group.values(), 2):
            assert not set(one) & set(other)
