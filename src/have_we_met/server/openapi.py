"""The API's description: every request, every answer and every error, with examples.

The routes for contacts are bare ASGI, so their part of the document is written here, out of the
model's fields and the table of problems. The rest is FastAPI's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ..errors import IdempotencyConflict, RecordChanged, RecordNotFound
from ..model import Model
from ..once import LONGEST_KEY
from .examples import (
    create_answers,
    decide_answers,
    decision,
    lookup_answers,
    sample,
)
from .openapi_parts import READING, WRITING, Errors, body, problems
from .openapi_rights import rights
from .problems import (
    MEDIA_TYPE,
    AlreadyDecided,
    ExpiredToken,
    NotSuggested,
    OtherContact,
    UnknownToken,
)
from .routes.contacts import KEY_HEADER
from .schemas import schemas
from .settings import Settings

Json = dict[str, Any]

_DURATION: Json = {
    "X-Lookup-Duration": {
        "description": "How long the lookup took, in milliseconds.",
        "schema": {"type": "string", "pattern": r"^\d+\.\d{3}$"},
    },
    "Server-Timing": {
        "description": "The same for a browser's developer tools, and how long each part took.",
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
    known = document.setdefault("components", {}).setdefault("schemas", {})
    paths, further = rights(settings, model)
    known |= schemas(model, settings) | further
    document["paths"] = {
        "/api/contacts/lookup": {"post": _lookup(model)},
        "/api/contacts": {"post": _create(model)},
        "/api/contacts/decide": {"post": _decide(model)},
        **paths,
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
        "requestBody": body("ContactToAskAbout", sample(model)),
        "responses": {
            "200": _answer("LookupAnswer", lookup_answers(model), "What we know."),
            **problems(*READING),
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
            " has to tell, nothing is created and the suggestions are given, with a token for"
            " /api/contacts/decide. The same request under the same Idempotency-Key gets the same"
            " answer, for a day unless the server is set otherwise."
        ),
        "parameters": [_KEY],
        "requestBody": body("ContactToCreate", sample(model)),
        "responses": {
            "201": _answer("ContactCreated", created, "There was none; it was created."),
            "200": _answer("ContactNotCreated", answers, "Nothing was created."),
            **problems(*READING, IdempotencyConflict, RecordNotFound, *WRITING),
        },
    }


_KEY: Json = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "Names this request, so that it may be sent again; best a random UUID.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


def _decide(model: Model) -> Json:
    answers = decide_answers(model)
    created = {"created": answers.pop("created")}
    return {
        "tags": ["contacts"],
        "operationId": "decideContact",
        "summary": "Say which of the suggestions it is, or that it is none of them",
        "description": (
            "Confirming links and creates nothing. None of them creates, unless somebody else has"
            " created the person meanwhile, and remembers the new contact and the suggestions as"
            " told apart. The same decision sent again gets the same answer."
        ),
        "requestBody": body("Decision", decision(model)),
        "responses": {
            "201": _answer("ContactCreated", created, "It was none of them; it was created."),
            "200": _answer("ContactNotCreatedApart", answers, "Nothing was created."),
            **problems(*READING, *_DECIDING, RecordNotFound, *WRITING),
        },
    }


_DECIDING: tuple[Errors, ...] = (
    UnknownToken,
    ExpiredToken,
    AlreadyDecided,
    OtherContact,
    NotSuggested,
    RecordChanged,
)
"""What can be wrong with a decision."""


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
