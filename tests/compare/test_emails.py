"""The measure on e-mail addresses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from have_we_met.compare import Email
from have_we_met.normalise.reference import load

_CASES = Path(__file__).parents[1] / "cases" / "emails_compare.csv"


def _cases():
    with _CASES.open(encoding="utf-8", newline="") as lines:
        return [tuple(row.values())[:3] for row in csv.DictReader(lines)]


@pytest.mark.parametrize(("left", "right", "level"), _cases())
def test_cases(left, right, level):
    """Each pair of addresses agrees on the level that people gave it, and is worth that."""
    worth = {"exact": 1.0, "typo": 0.5, "same_local": 0.4, "similar_local": 0.3, "different": 0.0}
    measure = Email(typo=0.5, same_local=0.4, similar_local=0.3)

    assert measure.describe(left, right, 0.0)[0] == level
    assert measure.describe(right, left, 0.0)[0] == level
    assert measure.one_to_many(left, [right]).tolist() == [worth[level]]


def test_cases_show_every_level():
    """No level is without an example."""
    assert {level for *_, level in _cases()} == set(Email.levels)


@pytest.mark.parametrize("text", ["", "@", "ana", "ana@", "@example.org"])
def test_other_text(text):
    """What is no address is like its equal alone."""
    others = [text, "anna", "@exampl.org", "ana.silva@example.org"]

    assert Email().one_to_many(text, others).tolist() == [1.0, 0.0, 0.0, 0.0]


def test_roles():
    """The table of roles is in small letters, in order, and names each once."""
    roles = load("mailbox_roles")["roles"]

    assert roles == sorted(set(roles))
    assert all(role == role.strip().lower() for role in roles)
