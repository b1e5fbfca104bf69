"""The schemas of the API's description: what a contact, an answer and an error look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Field, Model
from .settings import Settings

Json = dict[str, Any]


def schemas(model: Model, settings: Settings) -> Json:
    """Every schema, by its name, for the fields of one model."""
    return {
        "ContactToAskAbout": _contact_in(model, settings),
        "ContactToCreate": _contact_in(model, settings) | _any_of(model),
        "Decision": _DECISION,
        "Contact": _contact_out(model),
        **_ANSWERS,
    }


def _contact_in(model: Model, settings: Settings) -> Json:
    limit = settings.max_value
    fields = {field.alias: _field(field, limit) for field in model.fields}
    others: Json = {name: {} for name in settings.writable}
    return {
        "type": "object",
        "description": "What is known of a person. Fields are read as `first_name` too.",
        "additionalProperties": False,
        "properties": others | fields,
    }


def _any_of(model: Model) -> Json:
    aliases = [field.alias for field in model.fields if field.name in model.require_any]
    return {"anyOf": [{"required": [alias]} for alias in aliases]} if aliases else {}


_JSON_TYPES: Mapping[str, list[str]] = {
    "number": ["string", "number", "null"],
    "identifier": ["string", "integer", "null"],
}
_64_BITS: Json = {"minimum": -(2**63), "maximum": 2**63 - 1}


def _field(field: Field, limit: int) -> Json:
    types = _JSON_TYPES.get(field.type, ["string", "null"])
    text = {"type": types, "maxLength": limit, "pattern": r"^[^\u0000]*$"}
    return text | (_64_BITS if len(types) > 2 else {})


ID: Json = {
    "description": "A record's id as an answer gives it; a list where the key has several columns.",
    "oneOf": [
        {"type": "string"},
        {"type": "integer"},
        {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1},
    ],
}
_VALUE: Json = {"type": ["string", "number", "boolean", "null"]}


def _contact_out(model: Model) -> Json:
    return {
        "type": "object",
        "description": "A row of the contacts table: fields by their alias, other columns by name.",
        "required": ["id"],
        "properties": {"id": ID, **{field.alias: _VALUE for field in model.fields}},
        "additionalProperties": True,
    }


def ref(name: str) -> Json:
    """Name a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def strict_object(required: Json, optional: Json | None = None) -> Json:
    """Describe an object with the given properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


def _answer(required: Json, optional: Json | None = None) -> Json:
    """An answer: an object that says which lookup it is from, and what services said."""
    return strict_object(required | _FROM, _SAID | (optional or {}))


_CONFIDENCE: Json = {"type": "number", "minimum": 0, "maximum": 1}
_SUGGESTIONS: Json = {"type": "array", "items": ref("Contact"), "minItems": 1}
_FROM: Json = {
    "lookupId": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "complete": {"type": "boolean"},
    "degraded": {"type": "array", "items": ref("Lack")},
}
_NAMED_TEXTS: Json = {"type": "object", "additionalProperties": {"type": "string"}}
_SAID: Json = {
    "flags": {"type": "array", "items": ref("Flag")},
    "normalised": _NAMED_TEXTS
    | {"description": "Values as they should be written, by field, as validators say."},
    "facts": {
        "type": "object",
        "description": "What is known of the values besides, by field, as validators say.",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": ["string", "boolean"]},
        },
    },
    "filled": _NAMED_TEXTS | {"description": "Which service knew a field that was not given."},
}
_REASONS: Json = {"reasons": {"type": "array", "items": ref("Reasons")}}
_NUMBER_OR_NULL: Json = {"type": ["number", "null"]}
_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}

_DECISION: Json = strict_object(
    {
        "decisionToken": _TEXT | {"description": "The token that came with the suggestions."},
        "contact": ref("ContactToCreate")
        | {"description": "The contact, as it was sent when the token was made."},
        "decision": {
            "oneOf": [strict_object({"confirm": ID}), strict_object({"none": {"const": True}})],
            "description": "Which of the suggestions it is, or none of them.",
        },
    }
)
_ANSWERS: Json = {
    "LookupAnswer": {"oneOf": [ref("Found"), ref("Review"), ref("NotFound")]},
    "Found": _answer(
        {"exists": {"const": True}, "contact": ref("Contact"), "confidence": _CONFIDENCE},
        _REASONS,
    ),
    "Review": _answer(
        {
            "exists": {"const": "maybe"},
            "suggestions": _SUGGESTIONS,
            "confidence": _CONFIDENCE,
        },
        _REASONS,
    ),
    "NotFound": _answer({"exists": {"const": False}}, {"warning": _TEXT, **_REASONS}),
    "ContactCreated": _answer({"created": {"const": True}, "contact": ref("Contact")}),
    "ContactNotCreated": {"oneOf": [ref("AlreadyMet"), ref("RequiresReview")]},
    "AlreadyMet": _answer(
        {"created": {"const": False}, "contact": ref("Contact"), "message": _TEXT}
    ),
    "RequiresReview": _answer(
        {
            "created": {"const": False},
            "requiresReview": {"const": True},
            "suggestions": _SUGGESTIONS,
            "decisionToken": _TEXT,
            "message": _TEXT,
        }
    ),
    "ContactNotCreatedApart": {"oneOf": [ref("Linked"), ref("AlreadyMet"), ref("RequiresReview")]},
    "Linked": _answer(
        {
            "created": {"const": False},
            "contact": ref("Contact"),
            "linked": {"const": True},
            "message": _TEXT,
        }
    ),
    "Lack": strict_object({"kind": _TEXT, "name": _TEXT, "reason": _TEXT})
    | {"description": "Something that could not be looked at."},
    "Flag": strict_object({"kind": _TEXT, "field": _TEXT, "service": _TEXT, "reason": _TEXT})
    | {"description": "Something that a service says and that does not decide the answer."},
    "Reasons": strict_object(
        {
            "recordId": {},
            "outcome": {"enum": ["no-match", "potential-match", "definite-match"]},
            "score": {"type": "number"},
            "outOf": _NUMBER_OR_NULL,
            "confidence": _CONFIDENCE,
            "heldBack": _TEXT_OR_NULL,
            "contradiction": _TEXT_OR_NULL,
            "reason": _TEXT,
            "evidence": {"type": "array", "items": ref("Evidence")},
        },
        {"judgement": {"enum": ["same", "different", "unsure"]}},
    ),
    "Evidence": strict_object(
        {
            "field": _TEXT,
            "level": _TEXT,
            "similarity": _NUMBER_OR_NULL,
            "credit": {"type": "number"},
            "weight": {"type": "number"},
            "reason": _TEXT,
        },
        {"asked": _TEXT_OR_NULL, "stored": _TEXT_OR_NULL},
    ),
    "Problem": strict_object(
        {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}},
        {"detail": _TEXT, "errors": {"type": "array", "items": ref("Mistake")}},
    ),
    "Mistake": strict_object({"field": _TEXT, "detail": _TEXT}),
}
