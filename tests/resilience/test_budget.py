from __future__ import annotations

import pytest

from have_we_met.resilience import Budget, Spent
from have_we_met.resilience.budget import totals


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_part_gets_what_is_left() -> None:
    clock = Clock()
    whole = Budget(2.0, clock=clock)
    services = whole.portion(0.5)
    assert services.left == 0.5
    clock.now = 1.8
    assert services.left == 0.0
    assert services.portion(10.0).left == 0.0, "a part of a part has no more than the part"
    assert whole.portion(10.0).left == pytest.approx(0.2)


def test_portions_write_on_one_list() -> None:
    clock = Clock()
    whole = Budget(2.0, clock=clock)
    with whole.part("services"), whole.portion(0.5).part("email"):
        clock.now += 0.25
    with pytest.raises(ValueError), whole.part("store"):
        clock.now += 0.5
        raise ValueError
    assert whole.spent == [Spent("email", 0.25), Spent("services", 0.25), Spent("store", 0.5)]


def test_totals() -> None:
    spent = [Spent("email", 0.25), Spent("store", 1.0), Spent("email", 0.5)]
    assert totals(spent) == (Spent("email", 0.75), Spent("store", 1.0))
