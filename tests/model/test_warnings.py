"""What works in a model and hardly is what anybody wants."""

from __future__ import annotations

from typing import Any

import pytest
from tests.model.guests import BITS, GUESTS, bits, guests

KEYS = GUESTS["keys"]
OUT_OF_REACH = "is out of reach: the best score of all comparisons together, 60"
SLOW = {
    "name": "slow",
    "kind": "custom",
    "using": "asyncio:sleep",
    "timeout": 0.5,
    "retry": {"attempts": 2},
}
ALONE = "records that agree in nothing else never meet"

# settings that are changed, and what is said
WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    (
        {"thresholds": {"no_match": 15, "definite_match": 61}},
        [f"thresholds.definite_match: 61 {OUT_OF_REACH}"],
    ),
    ({"thresholds": {"no_match": 15, "definite_match": 60}}, []),
    (
        {"thresholds": {"no_match": 61, "definite_match": 62}},
        [
            f"thresholds.no_match: 61 {OUT_OF_REACH}",
            f"thresholds.definite_match: 62 {OUT_OF_REACH}",
        ],
    ),
    (
        {"minimum_evidence": 61},
        ["minimum_evidence: no match can be definite: all comparisons together weigh 60"],
    ),
    (
        {"keys": [*KEYS, "domain(first_name)", "letter(email) + year(email)", "first(email, 3)"]},
        [
            "keys[2]: never matches: domain() says nothing of a field of type name",
            "keys[3]: never matches: year() says nothing of a field of type email",
        ],
    ),
    (
        {"keys": ["birth_date"]},
        [f"comparisons[1].field: no key uses 'first_name': {ALONE}"],
    ),
    (
        {"services": [SLOW, SLOW | {"name": "quick", "timeout": 0.2}], "services_deadline": 0.4},
        [
            "services[0].timeout: 1 s for all attempts is more than the 0.4 s that all services"
            " together have: whoever is cut off then is not held to have failed"
        ],
    ),
    (
        {"require_any": ["email", "first_name"]},
        ["require_any[1]: 'first_name' is enough to ask, and no key is cut from it alone"],
    ),
    ({"require_any": ["birth_date"], "keys": [*KEYS, "year(birth_date)"]}, []),
    (
        {"comparisons": [{"field": "first_name", "measure": "date", "weight": 60}]},
        ["comparisons[0].measure: date is not made for a field of type name"],
    ),
]


@pytest.mark.parametrize(("changes", "said"), WARNINGS)
def test_a_doubtful_model_is_warned_about(changes: dict[str, Any], said: list[str]) -> None:
    """The model is made, and its warnings say what about it cannot be meant."""
    assert [str(problem) for problem in guests(**changes).warnings()] == said


def test_a_probability_out_of_reach_is_warned_about() -> None:
    """On the bits scale the best sum is turned into a probability first."""
    best = 1 / (1 + 2 ** -(bits().total_weight + bits().prior_bits))
    near, out = (
        bits(thresholds={"no_match": 0.01, "definite_match": at})
        for at in (best - 1e-6, best + 1e-6)
    )

    assert near.warnings() == ()
    assert [problem.path for problem in out.warnings()] == ["thresholds.definite_match"]


def test_a_worse_level_that_is_worth_more_is_warned_about() -> None:
    """Levels are worth less as the similarity falls."""
    levels = [{"at_least": 1, "bits": 3}, {"at_least": 0.9, "bits": 20}]
    model = bits(comparisons=[{"field": "email", "levels": levels}, BITS["comparisons"][1]])

    assert [str(problem) for problem in model.warnings()] == [
        "comparisons[0].levels[1]: is worth more than the better level before it"
    ]
