"""The kinds of values that settings of this room take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import ConfigDict, Field, Strict

FROZEN = ConfigDict(extra="forbid")

Seconds = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(gt=0, le=1)]
Count = Annotated[int, Strict(), Field(ge=1)]

Verdict = Callable[[Exception], bool]
"""Says of an error whether it counts: as a failure, or as worth another try."""


def any_error(error: Exception) -> bool:
    """Count every error."""
    return True


def one_of(*kinds: type[Exception]) -> Verdict:
    """Count errors of these kinds.

    >>> one_of(OSError, ValueError)(TimeoutError())
    True
    """
    return lambda error: isinstance(error, kinds)
