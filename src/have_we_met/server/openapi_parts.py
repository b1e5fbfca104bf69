"""What each request of the API's description is put together from: bodies and errors."""

from __future__ import annotations

from typing import Any

from ..errors import (
    DeadlineExceeded,
    InputError,
    RecordExists,
    RecordRejected,
    ServiceUnavailable,
    StoreBusy,
    StoreError,
)
from .examples import problem_answer
from .problems import (
    KINDS,
    MEDIA_TYPE,
    BodyTooLarge,
    BodyTooSlow,
    Kind,
    MalformedBody,
    UnknownHost,
    WrongMediaType,
)

Json = dict[str, Any]
Errors = type[Exception]

READING: tuple[Errors, ...] = (
    MalformedBody,
    BodyTooSlow,
    BodyTooLarge,
    WrongMediaType,
    UnknownHost,
    InputError,
    Exception,
)
"""What can be wrong with any request that has a body."""
WAITING: tuple[Errors, ...] = (StoreBusy, StoreError, DeadlineExceeded)
"""What can go wrong where the store has to be waited for."""
WRITING: tuple[Errors, ...] = (RecordExists, RecordRejected, ServiceUnavailable, *WAITING)
"""What can go wrong where a record is written."""


def body(schema: str, example: Json) -> Json:
    """Describe a body by its schema, with an example."""
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"required": True, "content": {"application/json": content}}


def problems(*errors: Errors) -> Json:
    """Describe what these errors are answered with, by status."""
    by_status: dict[int, list[Kind]] = {}
    for error in errors:
        by_status.setdefault(KINDS[error].status, []).append(KINDS[error])
    return {str(status): _problem(kinds) for status, kinds in sorted(by_status.items())}


def _problem(kinds: list[Kind]) -> Json:
    examples = {_slug(kind): {"value": problem_answer(kind)} for kind in kinds}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def _slug(kind: Kind) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in kind.title.lower())
