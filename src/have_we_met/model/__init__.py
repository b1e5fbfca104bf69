"""The model: fields, keys, comparisons and thresholds, as one frozen value.

It is written in Python or in TOML, reads back as it was written, and has a fingerprint.
"""

from __future__ import annotations

from .fingerprint import NORMALISE_VERSION
from .model import Model
from .parts import (
    CONTRADICTIONS,
    IDENTIFIERS,
    Comparison,
    Contradiction,
    Field,
    Level,
    Thresholds,
)
from .presets import PRESETS, preset
from .services import Cache, Request, Service

__all__ = [
    "CONTRADICTIONS",
    "IDENTIFIERS",
    "NORMALISE_VERSION",
    "PRESETS",
    "Cache",
    "Comparison",
    "Contradiction",
    "Field",
    "Level",
    "Model",
    "Request",
    "Service",
    "Thresholds",
    "preset",
]
