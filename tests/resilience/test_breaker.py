from __future__ import annotations

import asyncio
import logging

import pytest

from have_we_met import ModelError
from have_we_met.errors import BreakerOpen
from have_we_met.resilience import Breaker, BreakerSettings, Change, State
from have_we_met.resilience.values import one_of

GUIDE = BreakerSettings(failure_rate=0.5, reset=30.0)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A breaker on a clock of its own, and what it told."""

    def __init__(self, settings: BreakerSettings = GUIDE, **more: object) -> None:
        self.clock = Clock()
        self.told: list[Change] = []
        self.breaker = Breaker(
            "store",
            settings,
            clock=self.clock,
            tell=[self.told.append],
            **more,  # type: ignore[arg-type]
        )

    def call(self, outcome: str) -> str:
        """Make a call that ends so; says what the caller saw."""
        try:
            with self.breaker.attempt() as attempt:
                if outcome == "soft":
                    attempt.fail()
                if outcome == "error":
                    raise ConnectionError
        except BreakerOpen:
            return "not asked"
        except ConnectionError:
            return "error"
        return "answer"

    @property
    def states(self) -> list[str]:
        return [str(change.state) for change in self.told]


def test_the_guides_sequence() -> None:
    """Half of the calls fail: open, 30 s of answers at once, one probe, and closed again."""
    watched = Watched()
    seen = [watched.call(outcome) for outcome in ("answer", "answer", "error", "error", "error")]
    assert seen == ["answer", "answer", "error", "error", "error"]
    assert watched.told == [Change("store", State.OPEN, calls=5, failures=3)]

    watched.clock.now += 29.9
    assert watched.call("answer") == "not asked"
    watched.clock.now += 0.1
    assert watched.call("error") == "error"
    assert watched.states == ["open", "half-open", "open"]

    watched.clock.now += 29.9
    assert watched.call("answer") == "not asked"
    watched.clock.now += 0.1
    assert watched.call("answer") == "answer"
    assert watched.states == ["open", "half-open", "open", "half-open", "closed"]


def test_what_was_before_a_rest_is_forgotten() -> None:
    """However long the window is, one failure after a probe that went well opens nothing."""
    watched = Watched(BreakerSettings(window=600.0))
    for _ in range(5):
        watched.call("error")
    watched.clock.now += 30
    watched.call("answer")
    assert [watched.call("error") for _ in range(4)] == ["error"] * 4
    assert watched.states == ["open", "half-open", "closed"]


def test_half_is_enough_and_less_is_not() -> None:
    watched = Watched(BreakerSettings(minimum_calls=2))
    for outcome in ("answer", "answer", "error"):
        watched.call(outcome)
    assert watched.states == []
    watched.call("error")
    assert watched.states == ["open"]


def test_soft_failures_count() -> None:
    """An answer that says that it failed is a failure like any other."""
    watched = Watched()
    assert [watched.call("soft") for _ in range(6)] == ["answer"] * 5 + ["not asked"]


def test_errors_of_our_own_do_not_count() -> None:
    """What says nothing about the other party opens nothing, and closes what was open."""
    watched = Watched(counts=one_of(TimeoutError))
    for _ in range(20):
        watched.call("error")
    assert watched.states == []

    for _ in range(20):
        watched.call("soft")
    watched.clock.now += 30
    watched.call("error")
    assert watched.states == ["open", "half-open", "closed"]


def test_few_failures_open_nothing() -> None:
    watched = Watched()
    for _ in range(4):
        watched.call("error")
    assert watched.breaker.state is State.CLOSED


def test_old_failures_are_forgotten() -> None:
    watched = Watched()
    for _ in range(40):
        watched.call("error")
        watched.clock.now += 3.0
    assert watched.states == []


async def test_one_probe() -> None:
    """Of two hundred who come at once after the rest, one is let through."""
    watched = Watched()
    for _ in range(5):
        watched.call("error")
    watched.clock.now += 30
    asked = 0

    async def one() -> None:
        nonlocal asked
        with watched.breaker.attempt():
            asked += 1
            await asyncio.sleep(0)

    ends = await asyncio.gather(*(one() for _ in range(200)), return_exceptions=True)
    assert asked == 1
    assert sum(isinstance(end, BreakerOpen) for end in ends) == 199
    assert watched.states == ["open", "half-open", "closed"]


async def test_a_probe_that_is_cancelled_makes_room_for_the_next() -> None:
    watched = Watched()
    for _ in range(5):
        watched.call("error")
    watched.clock.now += 30

    async def hang() -> None:
        with watched.breaker.attempt():
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    assert watched.call("answer") == "not asked"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert watched.breaker.state is State.HALF_OPEN
    assert watched.call("answer") == "answer"
    assert watched.breaker.state is State.CLOSED


async def test_a_limit_inside_counts() -> None:
    """A call that hangs until its limit is a failure."""
    watched = Watched(BreakerSettings(minimum_calls=1))
    with pytest.raises(TimeoutError), watched.breaker.attempt():
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()
    assert watched.states == ["open"]


async def test_late_answers_say_nothing_about_now() -> None:
    """A call from before the rest, which ends during the probe, neither closes nor opens."""
    watched = Watched()
    slow_failure, slow_answer = watched.breaker.admit(), watched.breaker.admit()
    for _ in range(5):
        watched.call("error")
    watched.breaker.settle(slow_answer, failed=False)
    watched.clock.now += 30
    probe = watched.breaker.admit()
    watched.breaker.settle(slow_failure, failed=True)
    assert watched.breaker.state is State.HALF_OPEN
    watched.breaker.settle(probe, failed=False)
    assert watched.states == ["open", "half-open", "closed"]


def test_it_says_when_to_come_back() -> None:
    watched = Watched()
    for _ in range(5):
        watched.call("error")
    watched.clock.now += 18
    with pytest.raises(BreakerOpen, match=r"store was not asked.*again in 12 s") as caught:
        watched.breaker.admit()
    assert (caught.value.name, caught.value.retry_after) == ("store", 12.0)


def test_changes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody asked to be told, the log is; a breaker that opens is a warning."""
    clock = Clock()
    breaker = Breaker("mail", BreakerSettings(minimum_calls=1), clock=clock)
    caplog.set_level(logging.INFO)
    breaker.settle(breaker.admit(), failed=True)
    clock.now += 30
    breaker.settle(breaker.admit(), failed=False)
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "breaker of mail: open (1 of the last 1 calls failed)"),
        ("INFO", "breaker of mail: half-open (0 of the last 0 calls failed)"),
        ("INFO", "breaker of mail: closed (0 of the last 0 calls failed)"),
    ]


def test_a_listener_that_fails_stands_in_nobodys_way(caplog: pytest.LogCaptureFixture) -> None:
    def broken(change: Change) -> None:
        raise ValueError("ada@example.org")

    told: list[Change] = []
    breaker = Breaker("mail", BreakerSettings(minimum_calls=1), tell=[broken, told.append])
    breaker.settle(breaker.admit(), failed=True)
    assert len(told) == 1
    assert caplog.messages == ["breaker of mail: a listener raised ValueError"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"failure_rate": 0.0}, "failure_rate: must be greater than 0"),
        ({"failure_rate": 50.0}, "failure_rate: must be less than or equal to 1"),
        ({"window": float("inf")}, "window: must be a finite number"),
        ({"reset": 0.0}, "reset: must be greater than 0"),
        ({"minimum_calls": 0}, "minimum_calls: must be greater than or equal to 1"),
        ({"resett": 1.0}, "no setting 'resett' (did you mean 'reset'?)"),
    ],
)
def test_settings_that_cannot_work(given: dict[str, float], said: str) -> None:
    with pytest.raises(ModelError) as caught:
        BreakerSettings(**given)  # type: ignore[arg-type]
    assert str(caught.value) == said
