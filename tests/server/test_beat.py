"""Answers that leave at a fixed beat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.server.beat import Beat


class Time:
    """A clock that only sleeping moves, and less than it was asked to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(seconds * 0.9, 1e-9)


@given(st.floats(0, 1e6), st.floats(0, 100).filter(lambda took: took == 0 or took > 1e-6))
async def test_never_before_a_beat(came: float, took: float) -> None:
    """Whatever an answer took, it leaves at the next multiple of the beat, and not before."""
    time = Time(came + took)
    await Beat(0.25, clock=time, sleep=time.sleep).wait(came)
    beats = (time.now - came) / 0.25

    assert time.now >= came + 0.25 - 1e-6
    assert beats == pytest.approx(round(beats), abs=1e-3)
    assert time.now - (came + took) <= 0.25 + 1e-3


@pytest.mark.parametrize("took", [0.0, 0.001, 0.02, 0.249, 0.25])
async def test_known_and_unknown_leave_together(took: float) -> None:
    """However soon within a beat an answer is ready, it leaves at the same moment."""
    time = Time(7.0 + took)
    await Beat(0.25, clock=time, sleep=time.sleep).wait(7.0)

    assert time.now == pytest.approx(7.25, abs=1e-6)
