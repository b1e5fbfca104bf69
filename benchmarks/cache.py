"""What a kept answer costs beside the same answer of the store, in one run."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from tests import servers

from have_we_met import Resolver, Status, preset, synthetic
from have_we_met.cache import Cache, open_cache

from .backends import Backend, backend
from .figures import percentiles, show
from .stores import SEED

SECRET = "the benchmark's own secret"
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

    def p50(self, *kinds: Status) -> float:
        """The median in microseconds."""
        return percentiles([took for kind in kinds for took in self.took[kind]] or [0.0])[0]


async def run(folder: Path, count: int, queries: int, db: str) -> None:
    """Print the medians of lookups answered by the store, from memory, and from Redis."""
    with backend(db, folder) as on, servers.redis() as redis:
        ways = await _ways(on, count, redis.url)
        for query in synthetic.queries(queries, contacts=count, seed=SEED):
            for way in ways.values():  # first, so that the answer is there
                await way.resolver.lookup(query.raw)
            # In an order of chance: none is warmed by the one before it more than the others.
            for way in random.sample(list(ways.values()), len(ways)):
                await way.ask(query.raw)
        title = f"A lookup answered again, {count:,} contacts, {on.name}, p50 in microseconds"
        show(title, *_rows(ways))
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


def _rows(ways: Mapping[str, Kept]) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    heading = ["answer", "lookups"]
    for name in ways:
        heading += [name] if name == "store" else [name, "of store"]
    rows = []
    for label, kinds in (*((kind.value, (kind,)) for kind in KINDS), ("all", KINDS)):
        stored = ways["store"].p50(*kinds)
        row: list[object] = [label, sum(len(ways["store"].took[kind]) for kind in kinds)]
        for name, way in ways.items():
            p50 = way.p50(*kinds)
            row += [p50] if name == "store" else [p50, p50 / max(stored, 1e-9)]
        rows.append(row)
    return heading, rows
