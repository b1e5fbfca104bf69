"""The laws that every measure keeps, tried on text of all kinds."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from have_we_met.compare import LEVELS, MEASURES

_LETTERS = st.text("abcdehmnosw ", max_size=12)
_NAMES = st.sampled_from(
    """robert bob rob robin william bill j jp jose maria|maria jose|jean pierre|ana maria|ann
    mary ann|mary|m|mary a|nguyen|li|lee|olafur|xiaoming|xiao ming|sasha|aleksandr""".replace(
        "\n    ", "|"
    ).split("|")
)
_DATES = st.from_regex(r"19[89][01](-0[1-3](-[012][1-3])?)?", fullmatch=True)
_NUMBERS = st.one_of(
    st.integers(-20, 20).map(str), st.floats().map(str), st.sampled_from(["1e400", "-1e308", "-0"])
)
_EMAILS = st.from_regex(r"(anna|ann1|nana|info|anan[12])@(ex|xe|exx)\.(de|dk|org)", fullmatch=True)
_ANY = st.text(max_size=6)
_TEXTS = st.one_of(_LETTERS, _NAMES, _DATES, _NUMBERS, _EMAILS, _ANY)
_OF_ONE_KIND = st.sampled_from([_LETTERS, _NAMES, _DATES, _NUMBERS, _EMAILS, _TEXTS])
_PAIRS = _OF_ONE_KIND.flatmap(lambda kind: st.tuples(kind, kind))
_COLUMNS = _OF_ONE_KIND.flatmap(
    lambda kind: st.tuples(kind, st.lists(st.one_of(st.none(), kind), max_size=6))
)

every_measure = pytest.mark.parametrize("name", sorted(MEASURES))
few = settings(max_examples=60, deadline=None)


def _one(name, left, right):
    return MEASURES[name]().one_to_many(left, [right])[0]


@every_measure
@few
@given(_PAIRS)
def test_symmetry(name, pair):
    """Left and right may change places."""
    left, right = pair

    assert _one(name, left, right) == _one(name, right, left)


@every_measure
@few
@given(_TEXTS)
def test_identity(name, text):
    """Equal values are exactly 1, the empty text included."""
    assert _one(name, text, text) == 1.0
    assert _one(name, "", "") == 1.0


@every_measure
@few
@given(_PAIRS)
def test_range(name, pair):
    """A similarity lies between 0 and 1."""
    assert 0.0 <= _one(name, *pair) <= 1.0


@every_measure
@few
@given(_COLUMNS)
def test_one_kernel(name, columns):
    """One value against many gives bit for bit what pairs give, and NaN where one is missing."""
    value, others = columns
    measure = MEASURES[name]()

    looked_up = measure.one_to_many(value, others)
    in_batch = measure.pairs([value, *[value] * len(others), None], [value, *others, value])
    alone = measure.pairs([value] * len(others), others)
    turned = measure.pairs(others, [value] * len(others))
    said = [other for other in others if other is not None]
    by_two = [measure.similarity(value, other) for other in said]

    assert looked_up.tobytes() == in_batch[1:-1].tobytes() == alone.tobytes() == turned.tobytes()
    assert by_two == looked_up[~np.isnan(looked_up)].tolist()
    assert np.isnan(looked_up).tolist() == [other is None for other in others]
    assert (in_batch[0], math.isnan(in_batch[-1])) == (1.0, True)
    assert looked_up.dtype == np.float64
    assert looked_up.shape == (len(others),)


@every_measure
@few
@given(_PAIRS)
def test_describe(name, pair):
    """Every level is one of the documented, either way round; only equal values are exact."""
    left, right = pair
    measure = MEASURES[name]()
    similarity = float(_one(name, left, right))

    level, reason = measure.describe(left, right, similarity)

    assert level in LEVELS[name]
    assert (level, reason) == measure.describe(right, left, similarity)
    assert (level == "exact") == (left == right)
    assert reason[0].islower()


@every_measure
def test_nothing_to_compare(name):
    """No candidates are no similarities."""
    measure = MEASURES[name]()

    assert measure.one_to_many("ada", []).shape == measure.pairs([], []).shape == (0,)


@every_measure
def test_tuples(name):
    """A column may be a tuple."""
    measure = MEASURES[name]()

    assert measure.one_to_many("ada", ("ada", None)).tolist()[0] == 1.0
    assert measure.pairs(("ada", None), ("ada", "ada")).tolist()[0] == 1.0


@every_measure
def test_columns_of_two_lengths(name):
    """Two columns of different length are a mistake, not a shorter answer."""
    with pytest.raises(ValueError):
        MEASURES[name]().pairs(["ada", "ada"], ["ada"])


@every_measure
def test_values(name):
    """A measure is a frozen value: equal, hashable, and picklable after use."""
    measure = MEASURES[name]()
    measure.one_to_many("ada", ["adam"])
    again = pickle.loads(pickle.dumps(measure))

    assert again == measure == MEASURES[name]()
    assert hash(again) == hash(measure)
    assert again.one_to_many("ada", ["adam"])[0] == measure.one_to_many("ada", ["adam"])[0]


@every_measure
def test_misspelt_option(name):
    """An option that does not exist is an error."""
    with pytest.raises(ValidationError):
        MEASURES[name](weihgt=1)


def test_levels():
    """Every measure documents its levels, from exact to different, each with its word."""
    for name, levels in LEVELS.items():
        assert (levels[0], levels[-1]) == ("exact", "different")
        assert len(set(levels)) == len(levels)
        assert all(f"``{level}``" in (MEASURES[name].__doc__ or "") for level in levels)


def test_names_of_measures():
    """A measure's class bears the measure's name."""
    for name, measure in MEASURES.items():
        assert measure.__name__ == name.title().replace("_", "")
