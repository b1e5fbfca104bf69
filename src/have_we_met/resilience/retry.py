"""Trying again: a few times, each later than the last, never past the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar

from pydantic.dataclasses import dataclass

from ..words import speaks
from .values import FROZEN, Count, Seconds, Verdict

T = TypeVar("T")


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class RetrySettings:
    """How often something is tried, and how long the pauses are at most.

    ``attempts`` counts the first one too. Before attempt ``n + 1`` there is a pause between 0 and
    ``first * 2 ** (n - 1)`` seconds, but no more than ``longest``: exponential with full jitter
    (Brooker, *Exponential Backoff And Jitter*, 2015). Raises :class:`~have_we_met.ModelError`.

    >>> RetrySettings().attempts
    1
    """

    attempts: Count = 1
    first: Seconds = 0.1
    longest: Seconds = 5.0


async def retried(
    work: Callable[[], Awaitable[T]],
    settings: RetrySettings,
    *,
    worth: Verdict,
    unwanted: Callable[[T], bool] | None = None,
    until: float | None = None,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
) -> T:
    """Do ``work``, and again after an error that is ``worth`` it or a result that is ``unwanted``.

    Gives the last result or raises the last error where the attempts are used up, or where the
    moment ``until`` on ``clock`` would pass before the next one.

    >>> from have_we_met.resilience.values import one_of
    >>> answers = iter([False, True])
    >>> async def ask():
    ...     if not next(answers):
    ...         raise ConnectionError
    ...     return "yes"
    >>> twice = RetrySettings(attempts=2, first=0.001)
    >>> asyncio.run(retried(ask, twice, worth=one_of(OSError)))
    'yes'
    """
    if settings.attempts == 1:
        return await work()

    import tenacity  # only now, since the usual single attempt needs none of it

    def is_over(state: tenacity.RetryCallState) -> bool:
        used_up = state.attempt_number >= settings.attempts
        return used_up or (until is not None and clock() + state.upcoming_sleep > until)

    async def attempt() -> T:  # the library tells by this that it has to wait
        return await work()

    tries = tenacity.AsyncRetrying(
        retry=lambda state: _is_bad(state, worth, unwanted),
        stop=is_over,
        wait=tenacity.wait_random_exponential(settings.first, settings.longest),
        sleep=sleep,
        retry_error_callback=_outcome,
    )
    return await tries(attempt)


def _is_bad(state: Any, worth: Verdict, unwanted: Callable[[Any], bool] | None) -> bool:
    """Say of how an attempt ended whether another one should follow."""
    error = state.outcome.exception()
    if error is None:
        return unwanted is not None and unwanted(state.outcome.result())
    return isinstance(error, Exception) and worth(error)  # to be cancelled is no error


def _outcome(state: Any) -> Any:
    return state.outcome.result()
