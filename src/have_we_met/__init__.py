"""Have we met this person? Real-time identity resolution on the database that you already have."""

from __future__ import annotations

from .answer import Lack, Lookup, Registration, WhyNot
from .errors import (
    BreakerOpen,
    DeadlineExceeded,
    HaveWeMetError,
    IdempotencyConflict,
    InputError,
    MissingExtra,
    ModelError,
    Problem,
    RecordExists,
    RecordNotFound,
    StoreBusy,
    StoreConflict,
    StoreError,
    StoreOutOfDate,
    StoreUnreachable,
    TableNotFound,
)
from .explain import Explanation
from .keys import Key
from .model import Comparison, Contradiction, Field, Level, Model, Thresholds
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
    "DeadlineExceeded",
    "Evidence",
    "Explanation",
    "Field",
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
    "Problem",
    "Record",
    "RecordExists",
    "RecordId",
    "RecordNotFound",
    "Registration",
    "Resolver",
    "Status",
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
