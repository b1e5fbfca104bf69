"""The API's description for the bearers of a key: what a policy adds, leaves out, and changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from ..access.credential import is_within
from .admission import GUARDED, operation_of
from .disclosure import Disclosure
from .problems import KINDS, MEDIA_TYPE, NoKey, NotAllowed, TooMany

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_HINT: Json = {
    "type": "object",
    "description": "Masked values by field, such as j***@acme.com; `id` is a place, to confirm.",
    "additionalProperties": _TEXT,
}
_HINTS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Hint"}}
_ID: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_EXISTS: Json = {"enum": [True, "maybe", False]}
_LEFT: Json = {
    name: {
        "description": "draft-ietf-httpapi-ratelimit-headers-10, of the client's address.",
        "schema": _TEXT,
    }
    for name in ("RateLimit", "RateLimit-Policy")
}


def _object(**members: Json) -> Json:
    return {
        "type": "object",
        "required": list(members),
        "properties": members,
        "additionalProperties": False,
    }


def _const(value: object) -> Json:
    return {"const": value}


_CREATED = _object(created=_const(True), lookupId=_ID)
_MET = _object(created=_const(False), lookupId=_ID, message=_TEXT)
_REVIEW = _object(
    created=_const(False),
    lookupId=_ID,
    requiresReview=_const(True),
    hints=_HINTS,
    decisionToken=_TEXT,
    message=_TEXT,
)
_LINKED = _object(created=_const(False), lookupId=_ID, linked=_const(True))

_SCHEMAS: Mapping[str, Json] = {
    "hints": {
        "Hint": _HINT,
        "LookupAnswer": _object(
            exists={"enum": [True, "maybe", False]}, hints=_HINTS, lookupId=_ID
        ),
        "ContactCreated": _CREATED,
        "ContactNotCreated": {"oneOf": [_MET, _REVIEW]},
        "ContactNotCreatedApart": {"oneOf": [_LINKED, _MET, _REVIEW]},
    },
    "none": {
        "LookupAnswer": _object(exists=_const("unknown"), next=_const("code")),
        "ContactAccepted": _object(accepted=_const(True), next=_const("code")),
    },
}
"""The schemas that differ, by what is shown of contacts."""


def under(document: Json, policy: Disclosure) -> Json:
    """Describe what a bearer of a key of this policy is answered."""
    described = deepcopy(document)
    components = described["components"]
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    components["schemas"] |= deepcopy(_SCHEMAS.get(policy.contacts, {}))
    guarded = [path for path in described["paths"] if path.startswith(GUARDED)]
    for path in guarded:
        if not is_within(operation_of("POST", path), policy.name):
            del described["paths"][path]
    for path, methods in described["paths"].items():
        if path.startswith(GUARDED):
            for operation in methods.values():
                _describe(operation, policy)
    if change := _CHANGES.get(policy.contacts):
        change(described["paths"])
    return described


def _describe(operation: Json, policy: Disclosure) -> None:
    operation["security"] = [{"key": []}]
    responses = operation["responses"]
    for response in responses.values():
        told = response.get("headers", {}) if policy.timing else {}
        response["headers"] = told | _LEFT
        if policy.contacts in _SCHEMAS:
            _without_examples(response)
    for error in (NoKey, NotAllowed, TooMany):
        status = str(KINDS[error].status)
        responses[status] = responses.get(status) or _problem(KINDS[error].title)


def _without_examples(response: Json) -> None:
    """They are of records."""
    if "application/json" in response["content"]:
        response["content"]["application/json"].pop("examples", None)


def _problem(title: str) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": f"{title}.", "content": {MEDIA_TYPE: {"schema": schema}}}


def _accepted(paths: Json) -> None:
    """Nobody is told what became of a sign-up."""
    responses = paths["/api/contacts"]["post"]["responses"]
    del responses["200"], responses["201"]
    schema = {"$ref": "#/components/schemas/ContactAccepted"}
    responses["202"] = {
        "description": "It was taken; continue with a code.",
        "content": {"application/json": {"schema": schema}},
    }


_CHANGES: Mapping[str, Callable[[Json], None]] = {"none": _accepted}
