"""What a server's metrics are told of now and then: numbers that nothing tells when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ..late import tally
from ..resilience import Breaker
from ..resolver import Resolver
from ..store import GuardedStore, unguarded
from ..telemetry import Metrics
from ..telemetry.sampling import Reading

NUMBERS_SECONDS, STORE_SECONDS = 1.0, 15.0
"""How often is read what costs nothing, and what costs a store a query or two."""


def breakers_of(resolver: Resolver) -> Iterator[Breaker]:
    """Every circuit breaker on a resolver's way: the store's, the cache's, each service's."""
    if isinstance(resolver.store, GuardedStore):
        yield resolver.store.breaker
    if resolver.cache is not None and resolver.cache.redis is not None:
        yield resolver.cache.redis.breaker
    for client in resolver.services.values():
        yield client.breaker


def readings(metrics: Metrics, resolver: Resolver, *, telling: bool) -> dict[Reading, float]:
    """What is read of a resolver, and how often. ``telling``: verdicts are sent to a webhook."""
    store, cache = resolver.store, resolver.cache

    async def numbers() -> None:
        metrics.pools(store.pools())
        if cache is not None:
            metrics.cached(cache.counts)
        for name, client in resolver.services.items():
            metrics.asked(name, client.counts)

    async def lag() -> None:
        metrics.lag(await store.lag())

    async def late() -> None:
        metrics.late(await tally(unguarded(store)), telling=telling)

    return {numbers: NUMBERS_SECONDS, lag: STORE_SECONDS, late: STORE_SECONDS}


def canary_reading(metrics: Metrics, resolver: Resolver) -> Reading:
    """A round of a canary, which knows nothing of the resolver's steps, services and cache."""
    from ..telemetry.canary import Canary

    async def rest(seconds: float) -> None:
        metrics.canary(canary.counts)
        await asyncio.sleep(seconds)

    canary = Canary(
        resolver.store, suggestions=resolver.suggestions, deadline=resolver.deadline, rest=rest
    )
    metrics.canary(canary.counts)

    async def canary_round() -> None:
        try:
            await canary.round()
        finally:
            metrics.canary(canary.counts)

    return canary_round
