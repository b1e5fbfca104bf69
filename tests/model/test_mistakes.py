"""Every mistake of a model, with its path and in words."""

from __future__ import annotations

import csv
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.model.guests import BITS, GUESTS, bits, guests

from have_we_met import (
    Comparison,
    Contradiction,
    Field,
    Level,
    Model,
    ModelError,
    Problem,
    Thresholds,
)

GONE = object()

MISTAKES = Path(__file__).parent.parent / "cases" / "model_mistakes.csv"
"""Scale, path of a setting, what is put there (JSON; empty: it is left out), and what is said."""


def rows() -> list[dict[str, str]]:
    with MISTAKES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def spoiled(settings: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of some settings with another value at a path."""
    result: Any = deepcopy(settings)
    *above, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside = result
    for step in above:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return result  # type: ignore[no-any-return]


def problems(settings: dict[str, Any]) -> list[str]:
    with pytest.raises(ModelError) as caught:
        Model(**settings)
    return [str(problem) for problem in caught.value.problems]


def test_the_models_to_be_spoiled_are_right() -> None:
    """Nothing is wrong before a mistake is made."""
    assert (guests().scale, bits().scale) == ("points", "bits")


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['path']}={row['value']}")
def test_a_mistake_is_named(row: dict[str, str]) -> None:
    """One mistake is one problem: where it is, what is wrong, and what may have been meant."""
    value = json.loads(row["value"]) if row["value"] else GONE
    settings = GUESTS if row["scale"] == "points" else BITS

    assert problems(spoiled(settings, row["path"], value)) == [row["said"]]


def test_a_measure_that_no_other_process_can_import_is_a_mistake() -> None:
    """A lambda has no path under which a file could name it."""
    said = problems(spoiled(GUESTS, "comparisons.0.measure", lambda: 0))

    assert len(said) == 1
    assert said[0].startswith("comparisons[0].measure: '")
    assert said[0].endswith("<lambda>' cannot be imported: put it at the top of a module")


def test_no_fields_at_all_is_the_first_thing_said() -> None:
    """Where there are no fields, everything that names one is wrong too."""
    said = problems(GUESTS | {"fields": []})

    assert said[0] == "fields: a model needs a field"
    assert "comparisons[0].field: no field 'email'" in said


def test_a_model_that_finds_nobody_is_a_mistake() -> None:
    """Without identifiers there must be a key."""
    nameless = {"fields": [{"name": "city", "type": "string"}], "require_any": []}
    lonely = {**nameless, "comparisons": [{"field": "city", "weight": 60}], "contradictions": []}

    assert guests(**lonely, keys=["city"]).keys
    assert problems(GUESTS | lonely | {"keys": []}) == [
        "keys: without a key or an identifier nobody is ever found"
    ]


def test_all_mistakes_come_at_once() -> None:
    """Values that cannot be read do not hide what is wrong beside them, nor add to it."""
    settings = GUESTS | {
        "nam": "guests",
        "fields": [{"name": "email", "type": "emial"}, {"name": "phone"}],
        "keys": ["soundx(email)", "(", "domain(emial)"],
        "comparisons": [{"field": "emial", "weight": "x"}, {"field": "phone"}],
        "contradictions": [],
        "key_limit": "many",
    }

    assert set(problems(settings)) == {
        "no setting 'nam' (did you mean 'name'?)",
        "fields[0].type: no type 'emial' (did you mean 'email'?)",
        "fields[1].type: must be given",
        "keys[0]: no transform 'soundx' (did you mean 'soundex'?)",
        "keys[1]: cannot read the key '(': expected a field or transform(field) at '('",
        "keys[2]: no field 'emial' (did you mean 'email'?)",
        "comparisons[0].weight: must be a number",
        "comparisons[0].field: no field 'emial' (did you mean 'email'?)",
        "comparisons[1].weight: must be given on the points scale",
        "key_limit: must be a whole number",
    }


def test_problems_are_values() -> None:
    """A program can read where a mistake is."""
    with pytest.raises(ModelError) as caught:
        guests(key_limit=0)

    assert caught.value.problems == (Problem("key_limit", "must be 1 or more"),)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Field(3, "name"), "name: must be text"),  # type: ignore[arg-type]
        (lambda: Field("a", "name", alis="b"), "no setting 'alis' (did you mean 'alias'?)"),  # type: ignore[call-arg]
        (lambda: Comparison("a", weight="x"), "weight: must be a number"),  # type: ignore[arg-type]
        (lambda: Thresholds(1), "definite_match: must be given"),  # type: ignore[call-arg]
        (lambda: Thresholds(1, 2, 3), "one value too many"),  # type: ignore[call-arg]
        (lambda: Level(at_least="x"), "at_least: must be a number"),  # type: ignore[arg-type]
        (lambda: Contradiction(given=None), "given: must be text"),  # type: ignore[arg-type]
    ],
)
def test_a_part_made_by_hand_complains_in_the_same_words(make: Any, said: str) -> None:
    """Whoever makes parts in Python hears the same sentences."""
    with pytest.raises(ModelError) as caught:
        make()

    assert str(caught.value) == said
