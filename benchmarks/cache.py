"""What a kept answer costs beside the same answer of the store, in one run."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from tests import servers

from have_we_met import Resolver, Status, preset, synthetic
from have_we_met.cache import Cache, open_cache

from .backends import Backend, backend
from .figures import show
from .stores import SEED

SECRET = "the benchmark's own secret"
ROUNDS = 20
"""The ways take turns, so that a slow minute of the machine falls on all of them."""
KINDS = (Status.FOUND, Status.REVIEW, Status.NOT_FOUND)


@dataclass(slots=True)
class Kept:
    """The answers of one way of keeping them: seconds a lookup, by what was answered."""

    resolver: Resolver
    cache: Cache | None
    took: dict[Status, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    async def ask(self, raw: Mapping[str, object]) -> None:
        """Ask once, and note how long it took, if it is an answer that can be kept."""
        began = perf_counter()
        answer = await self.resolver.lookup(raw)
        took = perf_counter() - began
        if answer.complete:
            self.took[answer.status].append(took)

    def at(self, percentile: int, *kinds: Status) -> float:
        """A percentile in microseconds."""
        took = [took for kind in kinds for took in self.took[kind]] or [0.0]
        return float(np.percentile(took, percentile)) * 1e6


async def run(folder: Path, count: int, queries: int, db: str) -> None:
    """Print the medians of lookups answered by the store, from memory, and from Redis."""
    with backend(db, folder) as on, servers.redis() as redis:
        ways = await _ways(on, count, redis.url)
        asked = [q.raw for q in synthetic.queries(queries, contacts=count, seed=SEED)]
        for way in ways.values():  # first, so that the answers are there
            for raw in asked:
                await way.resolver.lookup(raw)
                await asyncio.sleep(0)  # what is on its way to Redis goes on
        for turn in range(ROUNDS):
            for way in random.sample(list(ways.values()), len(ways)):
                for raw in asked[turn::ROUNDS]:
                    await way.ask(raw)
        # Waiting for another process costs most where the machine has much else to do, so beside
        # the median stands what the quietest tenth of the lookups took.
        for percentile in (50, 10):
            title = f"A lookup answered again, {count:,} contacts, {on.name}, p{percentile} in us"
            show(title, *_rows(ways, percentile))
        for way in ways.values():
            await way.resolver.close()


async def _ways(on: Backend, count: int, redis: str) -> dict[str, Kept]:
    places = {"store": None, "memory": "memory", "Redis": redis, "both": f"memory+{redis}"}
    ways = {}
    for name, place in places.items():
        store = await on.filled(preset("contacts"), count)
        cache = None if place is None else await open_cache(store, place, secret=SECRET)
        ways[name] = Kept(Resolver(store, cache=cache), cache)
    return ways


def _rows(
    ways: Mapping[str, Kept], percentile: int
) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    heading = ["answer", "lookups"]
    for name in ways:
        heading += [name] if name == "store" else [name, "of store"]
    rows = []
    for label, kinds in (*((kind.value, (kind,)) for kind in KINDS), ("all", KINDS)):
        stored = ways["store"].at(percentile, *kinds)
        row: list[object] = [label, sum(len(ways["store"].took[kind]) for kind in kinds)]
        for name, way in ways.items():
            took = way.at(percentile, *kinds)
            row += [took] if name == "store" else [took, took / max(stored, 1e-9)]
        rows.append(row)
    return heading, rows
