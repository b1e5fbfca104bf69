from __future__ import annotations

import asyncio
from collections.abc import Sequence

from have_we_met import Lookup, Resolver, Status, create_store, preset
from have_we_met.telemetry import Gathered, watched


def answer(number: int) -> Lookup:
    """An answer that can be told from others."""
    return Lookup(Status.FOUND, 1.0, str(number))


async def test_watchers_see_what_callers_see() -> None:
    """Each is told of every answer, and of the very one that the caller gets."""
    told: list[Lookup] = []
    store = await create_store("sqlite://", preset("contacts"))
    resolver = Resolver(store).behind(watched(told.extend))
    given = [await resolver.lookup({"email": f"{n}@example.org"}) for n in range(3)]
    await Resolver(store).lookup({"email": "unwatched@example.org"})
    await store.close()

    assert told == given


async def test_many_are_told_of_at_once() -> None:
    """All of them, once, in their order, to everybody."""
    one: list[Sequence[Lookup]] = []
    other: list[Sequence[Lookup]] = []
    gathered = Gathered(one.append, other.append, seconds=0.01)
    given = [answer(n) for n in range(5)]
    gathered(given[:1])
    gathered(given[1:])
    assert one == []
    while not one:
        await asyncio.sleep(0.001)

    assert one == other == [given]


async def test_what_waits_can_be_told_at_once() -> None:
    """And is not told again when its time comes; nothing is told where nothing waits."""
    told: list[Sequence[Lookup]] = []
    gathered = Gathered(told.append, seconds=0.001)
    gathered((answer(1),))
    gathered.tell()
    gathered.tell()
    await asyncio.sleep(0.05)
    gathered((answer(2),))
    gathered.tell()

    assert told == [[answer(1)], [answer(2)]]
