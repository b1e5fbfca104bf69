"""The measure on dates."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pydantic import ValidationError

from have_we_met.compare import Date

_CASES = Path(__file__).parents[1] / "cases" / "dates_compare.csv"


def _cases():
    with _CASES.open(encoding="utf-8", newline="") as lines:
        return [tuple(row.values())[:3] for row in csv.DictReader(lines)]


@pytest.mark.parametrize(("left", "right", "level"), _cases())
def test_cases(left, right, level):
    """Each pair of dates agrees on the level that people gave it."""
    assert Date().describe(left, right, 0.0)[0] == level
    assert Date().describe(right, left, 0.0)[0] == level


def test_cases_show_every_level():
    """No level is without an example."""
    assert {level for *_, level in _cases()} == set(Date.levels)


@pytest.mark.parametrize(("left", "right", "level"), _cases())
def test_worth_of_a_level(left, right, level):
    """A pair is worth what the options say of its level."""
    options = {name: 0.01 * place for place, name in enumerate(Date.levels[1:-1], start=1)}
    expected = {"exact": 1.0, "different": 0.0, **options}

    assert Date(**options).one_to_many(left, [right]).tolist() == [expected[level]]


def test_best_first():
    """As they come, a better level is worth more, so that a similarity tells its level."""
    worth = [1.0, *(getattr(Date(), name) for name in Date.levels[1:-1]), 0.0]

    assert worth == sorted(set(worth), reverse=True)


@pytest.mark.parametrize(
    "text", ["", "-", "soon", "1980-3-4", "19800304", "1980-0", "1980-03-04T00"]
)
def test_other_text(text):
    """What is no date is like its equal alone, and stops nothing."""
    assert Date().one_to_many(text, [text, "1980-03-04"]).tolist() == [1.0, 0.0]


def test_worth_out_of_range():
    """A level is worth between 0 and 1."""
    with pytest.raises(ValidationError):
        Date(swapped=1.1)
