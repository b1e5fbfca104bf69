"""Fingerprints: short texts that differ where models differ."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .toml import settings

if TYPE_CHECKING:
    from .model import Model

NORMALISE_VERSION = 1
"""Raised with every release in which a normaliser or a transform gives another text than before, so
that stores know that their values and keys must be cut anew."""


def of_model(model: Model) -> str:
    """Twelve hexadecimal digits over every setting."""
    return _digest(settings(model))


def of_index(model: Model) -> str:
    """Twelve hexadecimal digits over what stored values and keys depend on."""
    fields = [settings(field) for field in model.fields]
    for field in fields:
        field.pop("alias", None)
    return _digest([NORMALISE_VERSION, fields, [str(key) for key in model.all_keys]])


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()[:12]
