"""Equal questions at the same moment: one asks, and all have the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import pytest

from have_we_met.resilience.flights import Flights

LONG = 60.0


class Work:
    """Counts who does it; each time it takes until it is let go."""

    def __init__(self, *ends: object) -> None:
        self.done = 0
        self.gate = asyncio.Event()
        self._ends = list(ends) or ["yes"]

    async def __call__(self) -> object:
        self.done += 1
        await asyncio.sleep(0)
        await self.gate.wait()
        end = self._ends.pop(0) if len(self._ends) > 1 else self._ends[0]
        if isinstance(end, Exception):
            raise end
        return end


def asking(flights: Flights[object], work: Work, many: int, name: str = "it") -> list[asyncio.Task]:
    return [asyncio.create_task(flights.share(name, work, monotonic() + LONG)) for _ in range(many)]


async def turns(done: Callable[[], bool]) -> None:
    for _ in range(100):
        if done():
            return
        await asyncio.sleep(0)
    raise AssertionError


async def test_one_asks_for_all() -> None:
    flights, work = Flights[object](), Work()
    tasks = asking(flights, work, 5)
    await asyncio.sleep(0)
    work.gate.set()

    assert await asyncio.gather(*tasks) == [("yes", False), *[("yes", True)] * 4]
    assert work.done == 1


async def test_nothing_is_an_answer_too() -> None:
    flights, work = Flights[object](), Work(None)
    work.gate.set()

    assert await asyncio.gather(*asking(flights, work, 2)) == [(None, False), (None, True)]


async def test_another_question_is_asked_beside_it() -> None:
    flights, work = Flights[object](), Work()
    tasks = [*asking(flights, work, 1), *asking(flights, work, 1, "another")]
    await turns(lambda: work.done == 2)
    work.gate.set()

    assert await asyncio.gather(*tasks) == [("yes", False)] * 2


async def test_one_that_comes_later_is_asked_again() -> None:
    flights, work = Flights[object](), Work()
    work.gate.set()
    for _ in range(2):
        await flights.share("it", work, monotonic() + LONG)

    assert work.done == 2


@pytest.mark.parametrize("how", ["cancelled", "raises"])
async def test_who_waits_takes_the_place_of_one_that_is_broken_off(how: str) -> None:
    flights, work = Flights[object](), Work(*([ValueError(), "yes"] if how == "raises" else []))
    first, *others = asking(flights, work, 4)
    await turns(lambda: work.done == 1)
    if how == "cancelled":
        first.cancel()
        await turns(lambda: work.done == 2)
    work.gate.set()

    with pytest.raises(asyncio.CancelledError if how == "cancelled" else ValueError):
        await first
    assert await asyncio.gather(*others) == [("yes", False), *[("yes", True)] * 2]
    assert work.done == 2


async def test_who_waits_and_is_cancelled_leaves_the_others_alone() -> None:
    flights, work = Flights[object](), Work()
    first, second, third = asking(flights, work, 3)
    await turns(lambda: work.done == 1)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    work.gate.set()

    assert await asyncio.gather(first, third) == [("yes", False), ("yes", True)]


async def test_nobody_waits_beyond_the_deadline() -> None:
    flights, work = Flights[object](), Work()
    (first,) = asking(flights, work, 1)
    await turns(lambda: work.done == 1)
    with pytest.raises(TimeoutError):
        await flights.share("it", work, monotonic() + 0.01)
    work.gate.set()

    assert await first == ("yes", False)


async def test_what_is_not_everybodys_is_asked_for_by_each() -> None:
    flights, work = Flights[object](lambda answer: answer != "mine"), Work("mine")
    work.gate.set()

    assert await asyncio.gather(*asking(flights, work, 3)) == [("mine", False)] * 3
    assert work.done == 3
