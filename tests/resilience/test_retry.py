from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met.resilience import RetrySettings, retried
from have_we_met.resilience.values import one_of

REFUSED = one_of(ConnectionError)


class Line:
    """A clock that only moves while somebody works or sleeps, and who was tried when."""

    def __init__(self, fails: int, takes: float = 0.0) -> None:
        self.now = 50.0
        self.tried: list[float] = []
        self.slept: list[float] = []
        self._fails = fails
        self._takes = takes

    def __call__(self) -> float:
        return self.now

    async def work(self) -> int:
        self.tried.append(self.now)
        self.now += self._takes
        if len(self.tried) <= self._fails:
            raise ConnectionError(len(self.tried))
        return len(self.tried)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def run(line: Line, how: RetrySettings, until: float | None = None) -> int | str:
    try:
        return await retried(
            line.work, how, worth=REFUSED, until=until, clock=line, sleep=line.sleep
        )
    except ConnectionError as exc:
        return f"error {exc}"


SOME = st.builds(
    RetrySettings,
    attempts=st.integers(1, 8),
    first=st.floats(0.001, 10),
    longest=st.floats(0.001, 10),
)


@settings(max_examples=100, deadline=None)
@given(how=SOME, fails=st.integers(0, 10), takes=st.floats(0, 5), left=st.none() | st.floats(0, 30))
def test_laws(how: RetrySettings, fails: int, takes: float, left: float | None) -> None:
    """At most n attempts, pauses within their bounds, none begun late, the last end is told."""
    line = Line(fails, takes)
    until = None if left is None else line.now + left
    end = asyncio.run(run(line, how, until))
    tries = len(line.tried)

    assert 1 <= tries <= min(how.attempts, fails + 1)
    if left is None:
        assert tries == min(how.attempts, fails + 1)
    else:
        assert all(began <= line.tried[0] + left for began in line.tried[1:])
    assert end == (tries if tries > fails else f"error {tries}")
    assert len(line.slept) == tries - 1
    for n, pause in enumerate(line.slept):
        assert 0 <= pause <= min(how.first * 2**n, how.longest)


def test_pauses_are_spread() -> None:
    """Full jitter: from next to nothing to all of it, so that callers do not come in step."""
    pauses = []
    for _ in range(200):
        line = Line(fails=1)
        asyncio.run(run(line, RetrySettings(attempts=2, first=1.0)))
        pauses += line.slept
    assert min(pauses) < 0.2
    assert max(pauses) > 0.8


async def test_only_what_is_worth_it() -> None:
    tried = 0

    async def work() -> None:
        nonlocal tried
        tried += 1
        raise ValueError

    with pytest.raises(ValueError):
        await retried(work, RetrySettings(attempts=5, first=0.001), worth=REFUSED)
    assert tried == 1


async def test_soft_failures_are_tried_again() -> None:
    """The result that is wanted, or else the last that came."""
    line = Line(fails=0)
    how = RetrySettings(attempts=4)

    async def ask(good: int) -> int:
        line.tried.clear()
        return await retried(
            line.work, how, worth=REFUSED, unwanted=lambda n: n < good, sleep=line.sleep
        )

    assert await ask(good=3) == 3
    assert await ask(good=9) == 4


async def test_to_be_cancelled_is_no_error() -> None:
    tried = 0

    async def hang() -> None:
        nonlocal tried
        tried += 1
        await asyncio.sleep(0.2)

    how = RetrySettings(attempts=5, first=0.001)
    task = asyncio.create_task(retried(hang, how, worth=lambda error: True))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tried == 1


async def test_the_default_is_one_attempt() -> None:
    line = Line(fails=1)
    assert await run(line, RetrySettings()) == "error 1"
    assert line.slept == []
