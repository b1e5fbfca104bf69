"""Examples for the API's description, made for the fields of any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from ..model import Field, Model
from .problems import KINDS, Kind

Json = dict[str, Any]

_ID = "7d1b1c5e0f0a4b9f9d5f3c1f0a2b4c6d"
_TOKEN = "WyJHbDlvLi4uIl0.aZ8k1Q.b6m3rV0yT2"  # noqa: S105  # an example, shortened
_FROM: Json = {"lookupId": _ID, "complete": True, "degraded": []}
_LATE: Json = {
    "lookupId": _ID,
    "complete": False,
    "degraded": [
        {"kind": "store", "name": "deadline", "reason": "did not answer within the deadline"}
    ],
}

_BY_NAME: Mapping[str, object] = {
    "email": "ada@example.org",
    "phone": "+44 20 7946 0000",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Analytical Engines",
}
_BY_TYPE: Mapping[str, object] = {
    "email": "ada@example.org",
    "phone": "+44 20 7946 0000",
    "name": "Ada Lovelace",
    "date": "1815-12-10",
    "address": "12 St James's Square, London",
    "number": 42,
}


def sample(model: Model) -> Json:
    """A contact with a value in each field that an example comes to mind for.

    >>> from have_we_met import preset
    >>> sample(preset("contacts"))["firstName"]
    'Ada'
    """
    values = {field.alias: _value(field) for field in model.fields}
    return {alias: value for alias, value in values.items() if value is not None}


def _value(field: Field) -> object:
    return _BY_NAME.get(field.name, _BY_TYPE.get(field.type))


def lookup_answers(model: Model) -> Json:
    """One example of each answer to a lookup."""
    contact = {"id": "1", **sample(model)}
    return {
        "found": {"exists": True, "contact": contact, "confidence": 1.0, **_FROM},
        "review": {"exists": "maybe", "suggestions": [contact], "confidence": 0.42, **_FROM},
        "not found": {"exists": False, **_FROM},
        "late": {"exists": False, "warning": "Lookup timed out (timeout of 2000 ms)", **_LATE},
    }


def create_answers(model: Model) -> Json:
    """One example of each answer to a sign-up."""
    contact = {"id": "1", **sample(model)}
    return {
        "created": {"created": True, "contact": contact, **_FROM},
        "found": {
            "created": False,
            "contact": contact,
            "message": "Existing contact found",
            **_FROM,
        },
        "review": {
            "created": False,
            "requiresReview": True,
            "suggestions": [contact],
            "decisionToken": _TOKEN,
            "message": "Potential duplicates found",
            **_FROM,
        },
    }


def decide_answers(model: Model) -> Json:
    """One example of each answer to a decision."""
    contact = {"id": "1", **sample(model)}
    linked = {"linked": True, "message": "Confirmed to be this contact"}
    return {
        "linked": {"created": False, "contact": contact, **linked, **_FROM},
        **create_answers(model),
    }


def decision(model: Model) -> Json:
    """A decision about a contact."""
    return {
        "decisionToken": _TOKEN,
        "contact": sample(model),
        "decision": {"confirm": "1"},
    }


_MISTAKES: Json = {
    "detail": "There are 2 mistakes.",
    "errors": [
        {"field": "emial", "detail": "there is no such field (did you mean 'email'?)"},
        {"field": "firstName", "detail": "must be text"},
    ],
}


def problem_answer(kind: Kind) -> Json:
    """What an error of this kind looks like."""
    answer: Json = {"type": "about:blank", "title": kind.title, "status": kind.status}
    if kind is KINDS[InputError]:
        return answer | _MISTAKES
    return answer | ({"detail": kind.detail} if kind.detail else {})
