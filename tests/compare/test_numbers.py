"""The measure on numbers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from have_we_met.compare import Number


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("100", "100", 1.0),
        ("100", "90", 0.9),
        ("100", "50", 0.5),
        ("100", "0", 0.0),
        ("0", "0", 1.0),
        ("0", "-0", 1.0),
        ("5", "-5", 0.0),
        ("-100", "-90", 0.9),
        ("1e308", "-1e308", 0.0),
        ("12.5", "25", 0.5),
    ],
)
def test_difference(left, right, expected):
    """The difference is measured against the larger number."""
    assert Number().one_to_many(left, [right]).tolist() == pytest.approx([expected])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("100", "102", 1.0), ("100", "98", 1.0), ("1", "3", 1.0), ("2", "5", 0.4)],
)
def test_tolerance(left, right, expected):
    """A difference up to the tolerance is none; a larger one is whole."""
    assert Number(tolerance=2).one_to_many(left, [right]).tolist() == pytest.approx([expected])


@pytest.mark.parametrize("text", ["", "twelve", "nan", "inf", "1e400", "0x1f"])
def test_other_text(text):
    """What is no finite number is like its equal alone."""
    assert Number(tolerance=1).one_to_many(text, [text, "1", "-inf"]).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("100", "100", "exact"),
        ("100", "101", "within_tolerance"),
        ("100", "95", "very_similar"),
        ("100", "85", "similar"),
        ("100", "10", "different"),
    ],
)
def test_levels(left, right, level):
    """Each degree of agreement has its name."""
    measure = Number(tolerance=1)
    similarity = measure.one_to_many(left, [right])[0]

    assert measure.describe(left, right, similarity)[0] == level


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
def test_wrong_tolerance(tolerance):
    """A tolerance is a finite number, and not below 0."""
    with pytest.raises(ValidationError):
        Number(tolerance=tolerance)
