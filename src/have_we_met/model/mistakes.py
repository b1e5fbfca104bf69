"""Every mistake of what was given as a model: what cannot be read, and what else is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from pydantic import ValidationError

from ..errors import Problem
from ..keys import Key
from ..resilience import BreakerSettings, RetrySettings
from ..words import problems_of
from .check import check
from .draft import draft_of
from .parts import Comparison, Contradiction, Field, Level, Thresholds
from .services import Cache, Request, Service

_PARTS: Mapping[str, type] = {
    "fields": Field,
    "keys": Key,
    "comparisons": Comparison,
    "levels": Level,
    "thresholds": Thresholds,
    "contradictions": Contradiction,
    "services": Service,
    "request": Request,
    "retry": RetrySettings,
    "breaker": BreakerSettings,
    "cache": Cache,
}


def every_mistake(error: ValidationError, cls: type, given: Mapping[str, Any]) -> list[Problem]:
    """List all problems of the settings ``given`` for a model that pydantic could not read."""
    unread = problems_of(error, cls, _PARTS)
    usual = {item.name: item.default for item in fields(cls) if item.default is not MISSING}
    found = check(draft_of(usual | dict(given)))
    return [*unread, *(problem for problem in found if not _follows(problem, unread))]


def _follows(problem: Problem, unread: Sequence[Problem]) -> bool:
    """Whether a problem is there only because something at its place or below is unread."""
    below = (f"{problem.path}.", f"{problem.path}[")
    return any(f"{other.path}.".startswith(below) for other in unread)
