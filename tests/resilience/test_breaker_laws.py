"""The breaker against a naive one that keeps every call and counts anew each time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from have_we_met.errors import BreakerOpen
from have_we_met.resilience import Breaker, BreakerSettings
from have_we_met.resilience.window import SLOTS


class Naive:
    """Keeps the moment and the end of every call since it last closed."""

    def __init__(self, given: BreakerSettings) -> None:
        self.given = given
        self.state = "closed"
        self.calls: list[tuple[float, bool]] = []
        self.opened = 0.0
        self.probe: int | None = None
        self.flying: dict[int, str] = {}
        self.epoch = 0

    def may_go(self, now: float) -> bool:
        if self.state == "closed":
            return True
        if self.state == "open":
            return now >= self.opened + self.given.reset
        return self.probe is None

    def goes(self, call: int) -> None:
        if self.state == "open":
            self.state = "half-open"
            self.epoch += 1
        if self.state == "half-open":
            self.probe = call
        self.flying[call] = f"{self.state} {self.epoch}"

    def ends(self, call: int, failed: bool | None, now: float) -> None:
        if self.flying.pop(call) != f"{self.state} {self.epoch}":
            return
        if self.state == "half-open":
            self.probe = None
            if failed is not None:
                self.state = "open" if failed else "closed"
                self.epoch += 1
                self.opened = now
                self.calls = []
        elif failed is not None:
            self.calls.append((now, failed))
            width = self.given.window / SLOTS
            recent = [f for at, f in self.calls if int(at / width) > int(now / width) - SLOTS]
            enough = len(recent) >= self.given.minimum_calls
            if failed and enough and sum(recent) / len(recent) >= self.given.failure_rate:
                self.state = "open"
                self.epoch += 1
                self.opened = now


class BreakerMachine(RuleBasedStateMachine):
    """Calls that start, end, fail or are cancelled in any order, while time goes on."""

    @initialize(
        rate=st.sampled_from([0.25, 0.5, 1.0]),
        minimum=st.integers(1, 6),
        window=st.sampled_from([1.0, 10.0]),
        reset=st.sampled_from([0.5, 30.0]),
    )
    def start(self, rate: float, minimum: int, window: float, reset: float) -> None:
        given = BreakerSettings(
            failure_rate=rate, minimum_calls=minimum, window=window, reset=reset
        )
        self.now = 100.0
        self.told: list[str] = []
        self.breaker = Breaker(
            "x",
            given,
            clock=lambda: self.now,
            tell=[lambda change: self.told.append(str(change.state))],
        )
        self.naive = Naive(given)
        self.turns: dict[int, int] = {}
        self.count = 0

    @rule(seconds=st.sampled_from([0.01, 0.25, 1.0, 3.0, 29.0, 30.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_call_comes(self) -> None:
        may_go = self.naive.may_go(self.now)
        try:
            turn = self.breaker.admit()
        except BreakerOpen:
            assert not may_go
        else:
            assert may_go
            self.count += 1
            self.turns[self.count] = turn
            self.naive.goes(self.count)

    @rule(data=st.data(), failed=st.sampled_from([True, True, False, None]))
    def a_call_ends(self, data: st.DataObject, failed: bool | None) -> None:
        if self.turns:
            call = data.draw(st.sampled_from(sorted(self.turns)))
            self.breaker.settle(self.turns.pop(call), failed)
            self.naive.ends(call, failed, self.now)

    @rule(times=st.integers(1, 8), failed=st.booleans())
    def calls_come_and_end(self, times: int, failed: bool) -> None:
        for _ in range(times):
            before = set(self.turns)
            self.a_call_comes()
            for call in set(self.turns) - before:
                self.breaker.settle(self.turns.pop(call), failed)
                self.naive.ends(call, failed, self.now)

    @invariant()
    def both_agree(self) -> None:
        if hasattr(self, "naive"):
            assert self.breaker.state == self.naive.state
            assert ["closed", *self.told][-1] == self.naive.state

    @invariant()
    def changes_follow_the_picture(self) -> None:
        follows = {"closed": {"open"}, "open": {"half-open"}, "half-open": {"open", "closed"}}
        states = ["closed", *getattr(self, "told", [])]
        assert all(after in follows[before] for before, after in pairwise(states))


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
