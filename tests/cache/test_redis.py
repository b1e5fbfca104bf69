"""Redis slow, full, restarted, gone, or full of nonsense: lookups go on, and say what is true."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from have_we_met import Resolver, Status, create_store, open_store
from have_we_met.cache import Cache, open_cache
from have_we_met.cache.redis import PREFIX, SECONDS, Redis
from have_we_met.resilience import State

from .. import servers
from ..store.conformance import ADA, MODEL, WANG
from .test_cache import SECRET, Clock, settled


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite:///{tmp_path}/contacts.db"


@pytest.fixture
async def kept(url: str, redis: servers.Redis) -> AsyncIterator[tuple[Resolver, Cache]]:
    """A resolver that keeps answers in Redis, where one is."""
    store = await create_store(url, MODEL)
    cache = await open_cache(store, redis.url, secret=SECRET)
    resolver = Resolver(store, cache=cache)
    await resolver.lookup(ADA)
    await settled(cache)
    await resolver.lookup(ADA)
    assert cache.counts == {"miss": 1, "redis": 1}
    yield resolver, cache
    await resolver.close()


async def timed(resolver: Resolver, raw: dict[str, str], status: Status) -> float:
    """Look somebody up, and say how many seconds it took."""
    began = monotonic()
    answer = await resolver.lookup(raw)
    assert (answer.status, answer.complete) == (status, True)
    return monotonic() - began


async def test_gone(kept: tuple[Resolver, Cache], redis: servers.Redis) -> None:
    """Without it lookups go on; it is left alone after a few, and used again once it is back."""
    clock = Clock()
    there = Redis(redis.url, 300.0, clock=clock)
    cache = replace(kept[1], redis=there, counts=Counter())
    resolver = Resolver(cache.store, cache=cache)
    redis.stop()
    for _ in range(10):
        await timed(resolver, ADA, Status.NOT_FOUND)
        await settled(cache)
    assert there.breaker.state is State.OPEN
    await resolver.add(ADA)
    redis.start()
    for seconds in (0.0, there.breaker.settings.reset, 0.0, 0.0):
        clock.now += seconds
        await timed(resolver, ADA, Status.FOUND)
        await settled(cache)

    assert there.breaker.state is State.CLOSED
    assert cache.counts == {"miss": 12, "redis": 2}
    await there.close()


async def test_hanging(kept: tuple[Resolver, Cache], redis: servers.Redis) -> None:
    """One that hangs costs a few lookups 50 ms each, and what was written meanwhile is seen."""
    resolver, cache = kept
    redis.say("CLIENT", "PAUSE", 60_000, "ALL")
    await resolver.add(ADA)
    took = [await timed(resolver, ADA, Status.FOUND) for _ in range(10)]
    await settled(cache)

    assert sum(seconds > SECONDS for seconds in took) <= 6
    assert max(took) < 10 * SECONDS  # generous, for a machine with much else to do
    await timed(resolver, ADA, Status.FOUND)
    redis.stop()


async def test_back_from_a_pause(
    kept: tuple[Resolver, Cache], redis: servers.Redis, url: str
) -> None:
    """What another process wrote while Redis was away is seen by who never noticed."""
    resolver, _ = kept
    other = Resolver(await open_store(url, MODEL))
    redis.say("CLIENT", "PAUSE", 50, "ALL")
    await other.add(ADA)
    await asyncio.sleep(0.1)

    await timed(resolver, ADA, Status.FOUND)
    await other.close()


@pytest.mark.parametrize("how", ["FLUSHALL", "restart"])
async def test_restarted(kept: tuple[Resolver, Cache], redis: servers.Redis, how: str) -> None:
    """An empty one is filled again; what it forgot is asked again."""
    resolver, cache = kept
    if how == "restart":
        redis.stop()
        redis.start()
    else:
        redis.say(how)
    for _ in range(5):
        await timed(resolver, ADA, Status.NOT_FOUND)
        await settled(cache)

    assert cache.counts["redis"] > 1


async def test_brought_back_from_a_copy(kept: tuple[Resolver, Cache], redis: servers.Redis) -> None:
    """What it held before a write, given back by force, is no answer any more."""
    resolver, cache = kept
    (name,) = redis.say("KEYS", "*")
    old = redis.say("DUMP", name)
    await resolver.add(ADA)
    await timed(resolver, ADA, Status.FOUND)
    await settled(cache)
    redis.say("RESTORE", name, 0, old, "REPLACE")

    await timed(resolver, ADA, Status.FOUND)


async def test_full(kept: tuple[Resolver, Cache], redis: servers.Redis) -> None:
    """One that takes nothing more gives what it has, and is not taken for a failing one."""
    resolver, cache = kept
    redis.say("CONFIG", "SET", "maxmemory", 1)
    for _ in range(10):
        await timed(resolver, WANG, Status.NOT_FOUND)
        await settled(cache)
    await timed(resolver, ADA, Status.NOT_FOUND)

    assert cache.counts == {"miss": 11, "redis": 2}
    assert cache.redis is not None
    assert cache.redis.breaker.state is State.CLOSED


@pytest.mark.parametrize("nonsense", [b"", b"\x00", b"not msgpack", b"\x96\x90"])
async def test_nonsense(
    kept: tuple[Resolver, Cache], redis: servers.Redis, nonsense: bytes
) -> None:
    """What somebody else wrote there is no answer."""
    resolver, cache = kept
    (name,) = redis.say("KEYS", "*")
    redis.say("SET", name, nonsense)

    await timed(resolver, ADA, Status.NOT_FOUND)
    assert cache.counts["miss"] == 2


async def test_never_there(url: str, tmp_path: Path) -> None:
    """A server starts without it."""
    store = await create_store(url, MODEL)
    cache = await open_cache(store, f"unix://{tmp_path}/nobody", secret=SECRET)
    resolver = Resolver(store, cache=cache)
    await timed(resolver, ADA, Status.NOT_FOUND)
    await resolver.close()


async def test_another_secret_shares_nothing(
    kept: tuple[Resolver, Cache], redis: servers.Redis, url: str
) -> None:
    """Processes share answers under one secret; under another they have their own."""
    for secret, counts in ((SECRET, {"redis": 1}), (SECRET[::-1], {"miss": 1})):
        store = await open_store(url, MODEL)
        other = await open_cache(store, redis.url, secret=secret)
        resolver = Resolver(store, cache=other)
        await resolver.lookup(WANG)  # which connects, and may take longer than Redis is given
        before = Counter(other.counts)
        await resolver.lookup(ADA)
        assert other.counts - before == counts
        await resolver.close()


async def test_nobodys_data_gets_out(
    url: str, redis: servers.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """No key, no value, no log line and no text of the cache holds what is known of somebody."""
    caplog.set_level(logging.DEBUG)
    marked = {
        "email": "markedmail@example.org",
        "phone": "+14155550177",
        "first_name": "Markedfirst",
        "last_name": "Markedlast",
        "company": "Markedcompany",
    }
    marks = ("marked", "5550177", SECRET.lower())
    store = await create_store(url, MODEL)
    cache = await open_cache(store, redis.url, secret=SECRET)
    resolver = Resolver(store, cache=cache)
    for _ in range(2):
        await resolver.lookup(marked)
        await settled(cache)
        await resolver.add({**marked, "first_name": "Markedother"})  # for a review
        answer = await resolver.lookup(marked)
        await settled(cache)
        marked["email"] = "markedmail2@example.org"
    names = redis.say("KEYS", "*")
    assert len(names) >= 2
    held = b"".join([*names, *(redis.say("GET", name) for name in names)])
    redis.say("CONFIG", "SET", "maxmemory", 1)
    await resolver.lookup(marked | {"company": "Markedfull"})
    await settled(cache)
    redis.stop()
    for _ in range(6):
        await resolver.lookup(marked | {"company": "Markedgone"})
    said = [held.decode("latin-1"), caplog.text, repr(cache), repr(answer), str(cache.counts)]

    assert all(name.startswith(PREFIX) for name in names)
    for text in said:
        assert not any(mark in text.lower() for mark in marks)
    await resolver.close()
