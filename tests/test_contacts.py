from __future__ import annotations

import csv
from pathlib import Path

import pytest

from have_we_met import Record, preset

MODEL = preset("contacts")
TABLE = Path(__file__).parent / "cases" / "contacts.csv"
FIELDS = {"email": "email", "phone": "phone", "first": "first_name", "last": "last_name"}
FIELDS |= {"company": "company"}


def cases() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def side(case: dict[str, str], letter: str) -> Record:
    return MODEL.record({name: case[f"{short}_{letter}"] for short, name in FIELDS.items()})


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["note"])
def test_judgement(case: dict[str, str]) -> None:
    """Each pair of the table has its outcome and its score, whichever side asks."""
    left, right = side(case, "a"), side(case, "b")

    there, back = MODEL.compare(left, right), MODEL.compare(right, left)

    assert there.outcome.value == case["outcome"]
    assert there.score == pytest.approx(float(case["score"]), abs=0.05)
    assert (there.outcome, there.score) == (back.outcome, back.score)


def test_the_contradiction_is_said() -> None:
    """Where a rule capped the outcome, the match says so in words."""
    (case,) = (case for case in cases() if case["note"].startswith("spouses"))

    match = MODEL.compare(side(case, "a"), side(case, "b"))

    assert match.contradiction == "the given names clearly differ"
