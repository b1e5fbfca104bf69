"""Have we met this person? Real-time identity resolution on the database that you already have."""

from __future__ import annotations

import importlib
import typing

if typing.TYPE_CHECKING:
    from .answer import Flag, Lack, Lookup, Registration, WhyNot
    from .errors import (
        BreakerOpen,
        CredentialNotFound,
        DeadlineExceeded,
        HaveWeMetError,
        IdempotencyConflict,
        InputError,
        MissingExtra,
        ModelError,
        PersonErased,
        Problem,
        RecordChanged,
        RecordExists,
        RecordNotFound,
        RecordRejected,
        ServiceUnavailable,
        StillReferenced,
        StoreBusy,
        StoreConflict,
        StoreError,
        StoreOutOfDate,
        StoreUnreachable,
        TableNotFound,
    )
    from .explain import Explanation
    from .keys import Key
    from .model import Comparison, Contradiction, Field, Level, Model, Request, Service, Thresholds
    from .model.presets import preset
    from .record import Record, RecordId
    from .resolver import Resolver
    from .store import create_store, open_store, rebuild_store
    from .verdict import Basis, Evidence, Judged, Judgement, Match, Outcome, Status

__version__ = "0.1.0"

__all__ = [
    "Basis",
    "BreakerOpen",
    "Comparison",
    "Contradiction",
    "CredentialNotFound",
    "DeadlineExceeded",
    "Evidence",
    "Explanation",
    "Field",
    "Flag",
    "HaveWeMetError",
    "IdempotencyConflict",
    "InputError",
    "Judged",
    "Judgement",
    "Key",
    "Lack",
    "Level",
    "Lookup",
    "Match",
    "MissingExtra",
    "Model",
    "ModelError",
    "Outcome",
    "PersonErased",
    "Problem",
    "Record",
    "RecordChanged",
    "RecordExists",
    "RecordId",
    "RecordNotFound",
    "RecordRejected",
    "Registration",
    "Request",
    "Resolver",
    "Service",
    "ServiceUnavailable",
    "Status",
    "StillReferenced",
    "StoreBusy",
    "StoreConflict",
    "StoreError",
    "StoreOutOfDate",
    "StoreUnreachable",
    "TableNotFound",
    "Thresholds",
    "WhyNot",
    "__version__",
    "create_store",
    "open_store",
    "preset",
    "rebuild_store",
]

_HOMES = {
    "answer": "Flag Lack Lookup Registration WhyNot",
    "errors": (
        "BreakerOpen CredentialNotFound DeadlineExceeded HaveWeMetError IdempotencyConflict "
        "InputError MissingExtra ModelError PersonErased Problem RecordChanged RecordExists "
        "RecordNotFound RecordRejected ServiceUnavailable StillReferenced StoreBusy StoreConflict "
        "StoreError StoreOutOfDate StoreUnreachable TableNotFound"
    ),
    "explain": "Explanation",
    "keys": "Key",
    "model": "Comparison Contradiction Field Level Model Request Service Thresholds",
    "model.presets": "preset",
    "record": "Record RecordId",
    "resolver": "Resolver",
    "store": "create_store open_store rebuild_store",
    "verdict": "Basis Evidence Judged Judgement Match Outcome Status",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
"""Where each name lives. It is read from there when it is first asked for: whoever needs one room
of the house, as the command line's help does, does not wait for the others."""


if not typing.TYPE_CHECKING:  # to type checkers a name that is not there shall be an error

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(
            importlib.import_module(f".{_HOME[name]}", __name__), name
        )
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
