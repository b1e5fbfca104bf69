"""A small model that is right, to be spoiled by tests."""

from __future__ import annotations

from typing import Any

from have_we_met import Model

GUESTS: dict[str, Any] = {
    "name": "guests",
    "fields": [
        {"name": "email", "type": "email"},
        {"name": "phone", "type": "phone", "options": {"region": "US"}},
        {"name": "first_name", "type": "name"},
        {"name": "birth_date", "type": "date"},
        {"name": "city", "type": "string"},
    ],
    "keys": ["domain(email) + letter(first_name)", "year(birth_date) + soundex(first_name)"],
    "comparisons": [
        {"field": "email", "measure": "exact", "weight": 30},
        {"field": "first_name", "measure": "jaro_winkler", "weight": 10, "threshold": 0.85},
        {"field": "birth_date", "measure": "date", "weight": 20},
    ],
    "thresholds": {"no_match": 15, "definite_match": 45},
    "contradictions": [{"given": "first_name"}],
    "require_any": ["email"],
}
BITS: dict[str, Any] = {
    **GUESTS,
    "scale": "bits",
    "comparisons": [
        {"field": "email", "levels": [{"at_least": 1, "bits": 12.5}, {"at_least": 0, "bits": -3}]},
        {
            "field": "first_name",
            "levels": [{"at_least": 0.9, "m": 0.8, "u": 0.01, "label": "near"}],
        },
    ],
    "thresholds": {"no_match": 0.1, "definite_match": 0.99},
}


def guests(**changes: Any) -> Model:
    """The model of guests, with some settings changed."""
    return Model(**(GUESTS | changes))


def bits(**changes: Any) -> Model:
    """The same on the bits scale."""
    return Model(**(BITS | changes))
