"""A circuit breaker: who failed too often of late is left alone for a while, then tried once.

The states and their names are Nygard's (*Release It!*, 2007); when it opens is opossum's rule, the
share of failures in a rolling window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from time import monotonic
from types import TracebackType
from typing import NamedTuple

from pydantic.dataclasses import dataclass

from ..errors import BreakerOpen
from ..words import speaks
from .events import log_change, tell
from .values import FROZEN, Count, Seconds, Share, any_error
from .window import Window


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class BreakerSettings:
    """When a breaker opens, and for how long.

    It opens at ``failure_rate`` (a share of the calls) or more, counted over the last ``window``
    seconds, once there were ``minimum_calls`` in them. After ``reset`` seconds one call is let
    through to see. Raises :class:`~have_we_met.ModelError`.

    >>> BreakerSettings().reset
    30.0
    >>> BreakerSettings(failure_rate=50.0)
    Traceback (most recent call last):
    ...
    have_we_met.errors.ModelError: failure_rate: must be less than or equal to 1
    """

    failure_rate: Share = 0.5
    window: Seconds = 10.0
    minimum_calls: Count = 5
    reset: Seconds = 30.0


class State(StrEnum):
    """What a breaker does with calls: lets all through, none, or one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Change(NamedTuple):
    """A breaker's new state, and the calls and failures of its window at that moment."""

    breaker: str
    state: State
    calls: int
    failures: int


Listener = Callable[[Change], None]
"""Is told of each change; never waits."""


class Breaker:
    """Guards the calls to one other party; belongs to one event loop.

    ``counts`` says which errors are the other party's failures: all, unless told otherwise. An
    error that does not count means that it answered, and one of which it gives ``None`` says
    nothing at all. ``tell`` is told each :class:`Change`; where
    nothing is given it is logged. ``clock`` gives seconds. Further ``listeners`` may be added.

    >>> breaker = Breaker("mail", BreakerSettings(minimum_calls=1))
    >>> with breaker.attempt() as attempt:
    ...     attempt.fail()  # the answer said so
    >>> breaker.state
    <State.OPEN: 'open'>
    >>> with breaker.attempt():
    ...     print("never printed")
    Traceback (most recent call last):
    ...
    have_we_met.errors.BreakerOpen: mail was not asked, since it failed too often of late...
    """

    def __init__(
        self,
        name: str,
        settings: BreakerSettings = BreakerSettings(),  # noqa: B008  # a frozen value
        *,
        counts: Callable[[Exception], bool | None] = any_error,
        tell: Iterable[Listener] = (log_change,),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = name
        self.settings = settings
        self.state = State.CLOSED
        self.counts = counts
        self.listeners = list(tell)
        self._clock = clock
        self._window = Window(settings.window)
        self._is_closed = True  # as the state says; an enum's members are slow to look at
        self._since = 0.0
        self._probing = False
        self._turn = 0

    def attempt(self) -> Attempt:
        """Guard one call: a context that raises :class:`BreakerOpen` where it must not be made.

        A time limit for the call belongs inside: to the breaker a call that is cancelled from
        outside has said nothing.
        """
        return Attempt(self)

    def admit(self) -> int:
        """Let a call through, or raise :class:`BreakerOpen`; gives the turn to settle it by."""
        if self._is_closed:
            return self._turn
        if self._probing or self.resting > 0:
            raise BreakerOpen(self.name, self.resting)
        if self.state is State.OPEN:
            self._change(State.HALF_OPEN)
        self._probing = True
        return self._turn

    def settle(self, turn: int, failed: bool | None) -> None:
        """Say how a call ended that was let through; ``None`` where nobody will ever know.

        One that was let through before the state last changed says nothing about now.
        """
        if turn != self._turn:
            return
        if failed is None:
            self._probing = False
        elif self._is_closed:
            self._count(failed)
        else:
            self._change(State.OPEN if failed else State.CLOSED)

    @property
    def resting(self) -> float:
        """For how many seconds nobody is let through yet."""
        if self.state is not State.OPEN:
            return 0.0
        return max(0.0, self._since + self.settings.reset - self._clock())

    def _count(self, failed: bool) -> None:
        now = self._clock()
        self._window.add(now, failed=failed)
        if failed:
            calls, failures = self._window.counts(now)
            enough = calls >= self.settings.minimum_calls
            if enough and failures >= self.settings.failure_rate * calls:
                self._change(State.OPEN)

    def _change(self, state: State) -> None:
        now = self._clock()
        change = Change(self.name, state, *self._window.counts(now))
        if state is State.CLOSED:
            self._window.clear()
        self.state = state
        self._is_closed = state is State.CLOSED
        self._since = now
        self._probing = False
        self._turn += 1
        tell(self.listeners, change)


class Attempt:
    """One guarded call."""

    __slots__ = ("_breaker", "_failed", "_turn")

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker
        self._failed = False

    def __enter__(self) -> Attempt:
        self._turn = self._breaker.admit()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._breaker.settle(self._turn, self._has_failed(error))

    def fail(self) -> None:
        """Say that the answer, though one came, is a failure."""
        self._failed = True

    def _has_failed(self, error: BaseException | None) -> bool | None:
        if error is None:
            return self._failed
        return self._breaker.counts(error) if isinstance(error, Exception) else None
