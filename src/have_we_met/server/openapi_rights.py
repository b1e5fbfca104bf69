"""The API's description of what people may ask of whoever keeps their data: erasure and access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..errors import RecordNotFound, StillReferenced
from ..model import Model
from ..store.audit_chain import Action, Entry
from ..store.erasing import Purged
from ..store.late_note import State, Verdict
from ..verdict import Basis, Judgement
from .examples import sample
from .openapi_parts import READING, WAITING, Errors, body, problems
from .schemas import ID, ref, strict_object
from .settings import Settings

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_SEAL: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ERRORS: tuple[Errors, ...] = (*READING, RecordNotFound, *WAITING)


@dataclass(frozen=True, slots=True)
class _Right:
    """One request, there where a setting says so."""

    setting: str
    path: str
    id: str
    summary: str
    description: str
    told: str
    errors: tuple[Errors, ...]
    answer: str
    example: Callable[[Model], Json]
    schemas: Mapping[str, Json]


def rights(settings: Settings, model: Model) -> tuple[Json, Json]:
    """Describe what is served of it: the paths, and the schemas that they need."""
    served = [right for right in (_FORGET, _EXPORT) if getattr(settings, right.setting)]
    paths = {right.path: {"post": _operation(right, model)} for right in served}
    schemas = {"ContactNamed": strict_object({"id": ID})} if served else {}
    for right in served:
        schemas |= right.schemas
    return paths, schemas


def _operation(right: _Right, model: Model) -> Json:
    examples = {"done": {"value": right.example(model)}}
    content = {"application/json": {"schema": ref(right.answer), "examples": examples}}
    return {
        "tags": ["contacts"],
        "operationId": right.id,
        "summary": right.summary,
        "description": right.description,
        "requestBody": body("ContactNamed", {"id": "1"}),
        "responses": {
            "200": {"description": right.told, "content": content},
            **problems(*right.errors),
        },
    }


def _several(values: type[StrEnum]) -> Json:
    return {"enum": [one.value for one in values]}


def _list(schema: Json) -> Json:
    return {"type": "array", "items": schema}


_SEAL_EXAMPLE = "9f" * 32
_RECEIPT: Json = {
    "recordId": "1",
    "at": "2026-01-31T12:00:00+00:00",
    "deleted": {"contacts": 1, "keys": 5, "judgements": 0, "notes": 0, "answers": 1},
    "tombstones": 3,
    "audit": {"number": 1234, "seal": _SEAL_EXAMPLE},
    "purged": "database",
}
_FORGET = _Right(
    setting="erasure",
    path="/api/contacts/forget",
    id="forgetContact",
    summary="Erase a contact and all that is known of it",
    description=(
        "Marks of its exact keys and its id stay, so that no import brings the person back"
        " unnoticed. Under the policies desk and backoffice alone."
    ),
    told="It was erased: what, when, and where the audit says so.",
    errors=(*_ERRORS, StillReferenced),
    answer="Receipt",
    example=lambda model: _RECEIPT,
    schemas={
        "Receipt": strict_object(
            {
                "recordId": ID,
                "at": _MOMENT,
                "deleted": {"type": "object", "additionalProperties": _COUNT},
                "tombstones": _COUNT,
                "audit": {
                    "oneOf": [strict_object({"number": _COUNT, "seal": _SEAL}), {"type": "null"}]
                },
                "purged": _several(Purged),
            }
        )
    },
)


def _known(model: Model) -> Json:
    """An example of all that is known of somebody."""
    contact = {"id": "1", **sample(model)}
    return {
        "recordId": "1",
        "contact": contact,
        "normalised": {field.alias: None for field in model.fields},
        "keys": [{"key": "email", "hash": -12345}],
        "judgements": [],
        "lateNote": None,
        "rememberedAnswers": [],
        "audit": [],
    }


_EXPORT = _Right(
    setting="export",
    path="/api/contacts/export",
    id="exportContact",
    summary="Everything that is known of a contact",
    description=(
        "The row, its normalised values and keys, what was judged and noted of it, remembered"
        " answers that name it, and the audit's entries. Under the policy backoffice alone."
    ),
    told="All that is known.",
    errors=_ERRORS,
    answer="Known",
    example=_known,
    schemas={
        "Known": strict_object(
            {
                "recordId": ID,
                "contact": ref("Contact"),
                "normalised": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "null"]},
                },
                "keys": _list(strict_object({"key": _TEXT, "hash": {"type": "integer"}})),
                "judgements": _list(ref("JudgementNoted")),
                "lateNote": {"oneOf": [ref("LateNote"), {"type": "null"}]},
                "rememberedAnswers": _list({"type": "object"}),
                "audit": _list(ref("AuditEntry")),
            }
        ),
        "JudgementNoted": strict_object(
            {
                "left": ID,
                "right": ID,
                "judgement": _several(Judgement),
                "basis": _several(Basis),
                "by": _TEXT,
                "at": _MOMENT,
            }
        ),
        "LateNote": strict_object(
            {
                "recordId": ID,
                "lookupId": _TEXT,
                "notedAt": _MOMENT,
                "lacked": _list(_TEXT),
                "state": _several(State),
                "attempts": _COUNT,
                "verdict": {"enum": [*_several(Verdict)["enum"], None]},
                "matches": _list(strict_object({"recordId": ID, "confidence": {"type": "number"}})),
            }
        ),
        "AuditEntry": strict_object(
            dict.fromkeys(Entry.__dataclass_fields__, _TEXT)
            | {
                "number": _COUNT,
                "at": _MOMENT,
                "action": _several(Action),
                "records": _list(ID),
                "marks": _list(_TEXT),
                "facts": {"type": "object"},
                "seal": _SEAL,
            }
        ),
    },
)
