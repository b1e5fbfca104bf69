"""The API's description: every request, every answer and every error, with examples.

The two routes of the guide are bare ASGI, so their part of the document is written here, out of
the model's fields and the table of problems. The rest is FastAPI's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ..model import Field, Model
from .examples import create_answers, lookup_answers, problem_answer, sample
from .problems import KINDS, MEDIA_TYPE, Kind
from .settings import Settings

Json = dict[str, Any]

_DURATION: Json = {
    "X-Lookup-Duration": {
        "description": "How long the lookup took, in milliseconds.",
        "schema": {"type": "string", "pattern": r"^\d+\.\d{3}$"},
    },
    "Server-Timing": {
        "description": "The same for a browser's developer tools.",
        "schema": {"type": "string"},
    },
}

PROBLEM: Json = {
    "description": "What went wrong (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe(app: FastAPI, model: Model, settings: Settings) -> Callable[[], Json]:
    """Make the function that gives the document, which is built when first asked for."""
    built: Json = {}

    def document() -> Json:
        if not built:
            built.update(_build(app, model, settings))
        return built

    return document


def _build(app: FastAPI, model: Model, settings: Settings) -> Json:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= _schemas(model, settings)
    document["paths"] = {
        "/api/contacts/lookup": {"post": _lookup(model)},
        "/api/contacts": {"post": _create(model)},
        **document["paths"],
    }
    return document


# --- the two routes -----------------------------------------------------------------------------


def _lookup(model: Model) -> Json:
    return {
        "tags": ["contacts"],
        "operationId": "lookupContact",
        "summary": "Have we met this person?",
        "description": (
            "A well-formed question is always answered with 200. `complete: false` says that not"
            " everything could be looked at; `degraded` says what."
        ),
        "parameters": [_EXPLAIN],
        "requestBody": _body("ContactToAskAbout", sample(model)),
        "responses": {
            "200": _answer("LookupAnswer", lookup_answers(model), "What we know."),
            **_problems(*_READING),
        },
    }


_EXPLAIN: Json = {
    "name": "explain",
    "in": "query",
    "required": False,
    "description": "Whether to give the reasons: each term of each score.",
    "schema": {"type": "boolean", "default": False},
}


def _create(model: Model) -> Json:
    answers = create_answers(model)
    created = {"created": answers.pop("created")}
    return {
        "tags": ["contacts"],
        "operationId": "createContact",
        "summary": "Give the contact that we have met, or create one",
        "description": (
            "Two requests for one new person at the same moment create one contact. Where a person"
            " has to tell, nothing is created and the suggestions are given."
        ),
        "requestBody": _body("ContactToCreate", sample(model)),
        "responses": {
            "201": _answer("ContactCreated", created, "There was none; it was created."),
            "200": _answer("ContactNotCreated", answers, "Nothing was created."),
            **_problems(*_READING, 409, 503, 504),
        },
    }


_READING = (400, 408, 413, 415, 421, 422, 500)
"""What can be wrong with any request that has a body."""


def _body(schema: str, example: Json) -> Json:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"required": True, "content": {"application/json": content}}


def _answer(schema: str, examples: Mapping[str, Json], description: str) -> Json:
    content = {
        "schema": {"$ref": f"#/components/schemas/{schema}"},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return {
        "description": description,
        "headers": _DURATION,
        "content": {"application/json": content},
    }


def _problems(*statuses: int) -> Json:
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> Json:
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    examples = {_slug(kind): {"value": problem_answer(kind)} for kind in kinds}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def _slug(kind: Kind) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in kind.title.lower())


# --- schemas ------------------------------------------------------------------------------------


def _schemas(model: Model, settings: Settings) -> Json:
    return {
        "ContactToAskAbout": _contact_in(model, settings),
        "ContactToCreate": _contact_in(model, settings) | _any_of(model),
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


def _contact_out(model: Model) -> Json:
    return {
        "type": "object",
        "description": "A row of the contacts table: fields by their alias, other columns by name.",
        "required": ["id"],
        "properties": {"id": {}, **{field.alias: {} for field in model.fields}},
        "additionalProperties": True,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: Json, optional: Json | None = None) -> Json:
    """An object with the given properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


_CONFIDENCE: Json = {"type": "number", "minimum": 0, "maximum": 1}
_SUGGESTIONS: Json = {"type": "array", "items": _ref("Contact"), "minItems": 1}
_FROM: Json = {
    "lookupId": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "complete": {"type": "boolean"},
    "degraded": {"type": "array", "items": _ref("Lack")},
}
_REASONS: Json = {"reasons": {"type": "array", "items": _ref("Reasons")}}
_NUMBER_OR_NULL: Json = {"type": ["number", "null"]}
_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}

_ANSWERS: Json = {
    "LookupAnswer": {"oneOf": [_ref("Found"), _ref("Review"), _ref("NotFound")]},
    "Found": _object(
        {"exists": {"const": True}, "contact": _ref("Contact"), "confidence": _CONFIDENCE, **_FROM},
        _REASONS,
    ),
    "Review": _object(
        {
            "exists": {"const": "maybe"},
            "suggestions": _SUGGESTIONS,
            "confidence": _CONFIDENCE,
            **_FROM,
        },
        _REASONS,
    ),
    "NotFound": _object({"exists": {"const": False}, **_FROM}, {"warning": _TEXT, **_REASONS}),
    "ContactCreated": _object({"created": {"const": True}, "contact": _ref("Contact"), **_FROM}),
    "ContactNotCreated": {"oneOf": [_ref("AlreadyMet"), _ref("RequiresReview")]},
    "AlreadyMet": _object(
        {"created": {"const": False}, "contact": _ref("Contact"), "message": _TEXT, **_FROM}
    ),
    "RequiresReview": _object(
        {
            "created": {"const": False},
            "requiresReview": {"const": True},
            "suggestions": _SUGGESTIONS,
            "message": _TEXT,
            **_FROM,
        }
    ),
    "Lack": _object({"kind": _TEXT, "name": _TEXT, "reason": _TEXT})
    | {"description": "Something that could not be looked at."},
    "Reasons": _object(
        {
            "recordId": {},
            "outcome": {"enum": ["no-match", "potential-match", "definite-match"]},
            "score": {"type": "number"},
            "outOf": _NUMBER_OR_NULL,
            "confidence": _CONFIDENCE,
            "contradiction": _TEXT_OR_NULL,
            "reason": _TEXT,
            "evidence": {"type": "array", "items": _ref("Evidence")},
        }
    ),
    "Evidence": _object(
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
    "Problem": _object(
        {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}},
        {"detail": _TEXT, "errors": {"type": "array", "items": _ref("Mistake")}},
    ),
    "Mistake": _object({"field": _TEXT, "detail": _TEXT}),
}
