"""Create, then look up in another process: how often does a kept answer say *not found*?

Two processes share a database and a Redis. Somebody is looked up in both, who is nobody yet, so
that both keep *not found*; one creates her, and the moment it is told so the other looks her up. By
turns. Beside it the same with a cache that only forgets by the clock, as most are written first.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from tests import servers

from have_we_met import Resolver, create_store, open_store, preset
from have_we_met.cache import open_cache
from have_we_met.record import RecordId
from have_we_met.store.stamps import Buckets, Standing

from .figures import show
from .storm import person

MODEL = preset("contacts")
SECRET = "the benchmark's own secret"


@dataclass(frozen=True, slots=True)
class Told:
    """What the lookups said that came after a creation."""

    pairs: int
    not_found: int
    kept: int
    seconds: float


class _ByTheClock:
    """A store that says that nothing ever changes."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def version(self) -> None:
        return None

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        standing = await self._store.standing(buckets, ids, deadline)
        return standing and Standing((0, 0), standing.contacts)


async def work(url: str, address: str, naive: bool) -> None:
    """One of the two processes: does what it reads, line by line."""
    store: Any = await open_store(url, MODEL)
    cache = await open_cache(store, address, secret=SECRET)
    if naive:
        cache = replace(cache, store=_ByTheClock(store))
    resolver = Resolver(store, cache=cache)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, number = json.loads(line)
        if what == "look":
            said: object = (await resolver.lookup(person(number), deadline=60)).status.value
            if cache.redis is not None:
                await cache.redis.settled()  # so what is kept is there when she is created
        elif what == "create":
            said = (await resolver.get_or_create(person(number), deadline=60)).created
        else:
            said = cache.counts["memory"] + cache.counts["redis"]
        print(json.dumps(said), flush=True)
    await resolver.close()


async def _ask(process: Process, what: str, number: int = 0) -> object:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps([what, number])}\n".encode())
    await process.stdin.drain()
    return json.loads(await process.stdout.readline())


async def run(url: str, address: str, pairs: int, *, naive: bool = False) -> Told:
    """Create so many people, each time looking her up next door at once."""
    await (await create_store(url, MODEL)).close()
    words = [sys.executable, "-m", "benchmarks.freshness", url, address, str(int(naive))]
    workers = [await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE) for _ in "ab"]
    began, not_found = perf_counter(), 0
    try:
        for number in range(pairs):
            here, there = workers[number % 2], workers[1 - number % 2]
            for worker in (there, here):  # asked and kept, and given again next door
                await _ask(worker, "look", number)
            assert await _ask(here, "create", number) is True
            not_found += await _ask(there, "look", number) == "not_found"
        kept = sum([int(str(await _ask(worker, "kept"))) for worker in workers])
    finally:
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
            await worker.wait()
    return Told(pairs, not_found, kept, perf_counter() - began)


async def compare(pairs: int, folder: Any) -> None:
    """Print it for each database, and for a cache that goes by the clock."""
    rows = []
    with servers.redis() as redis, servers.postgres() as postgres:
        place = f"memory+{redis.url}"
        with postgres.database() as url:
            told = await run(url, place, pairs)
        rows.append(_row("PostgreSQL", place, told))
        path = folder / "freshness.db"
        path.unlink(missing_ok=True)
        told = await run(f"sqlite:///{path}", place, pairs)
        rows.append(_row("SQLite", place, told))
        path.unlink()
        with postgres.database() as url:
            told = await run(url, redis.url, min(pairs, 200), naive=True)
        rows.append(_row("PostgreSQL", "by the clock alone", told))
    heading = ["store", "kept in", "created", "then not found", "answers kept and given", "seconds"]
    show("Create, then look up in another process", heading, rows)


def _row(store: str, place: str, told: Told) -> list[object]:
    where = "memory and Redis" if place.startswith("memory") else "Redis"
    where = place if place.startswith("by") else where
    return [store, where, told.pairs, told.not_found, told.kept, told.seconds]


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], naive=sys.argv[3] == "1"))
