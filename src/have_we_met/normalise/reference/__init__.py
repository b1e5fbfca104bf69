"""What we know about the world: one TOML file per subject, read once, when first asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(subject: str) -> dict[str, Any]:
    """The tables of ``reference/<subject>.toml``; treat them as read-only.

    >>> "jr" in load("titles")["suffixes"]["always"]
    True
    """
    return tomllib.loads((files(__name__) / f"{subject}.toml").read_text("utf-8"))
