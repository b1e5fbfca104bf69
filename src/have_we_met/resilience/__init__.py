"""What keeps a call to somebody else from hurting us: a budget of time, retries, a breaker."""

from __future__ import annotations

from .breaker import Attempt, Breaker, BreakerSettings, Change, State
from .budget import Budget, Spent
from .retry import RetrySettings, retried

__all__ = [
    "Attempt",
    "Breaker",
    "BreakerSettings",
    "Budget",
    "Change",
    "RetrySettings",
    "Spent",
    "State",
    "retried",
]
