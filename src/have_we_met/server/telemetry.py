"""What a server shows of itself, as its settings say: who is told of what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from ..answer import Lookup, Registration
from ..model import Model
from ..resilience import Breaker
from ..resolver import Resolver
from ..store import GuardedStore
from ..telemetry import Gathered, Metrics, Watcher, exposition, watched
from ..telemetry.logs import lookup_log
from ..telemetry.sampling import Reading, sampled
from .settings import Settings

POOL_SECONDS, LAG_SECONDS = 1.0, 15.0
"""How often the pools and the side tables are looked at; that costs a store a query or two."""
_LOGS_LOOKUPS = frozenset({"info", "debug"})


class Telemetry:
    """Tells the metrics and the log what happens; neither where the settings want neither."""

    def __init__(self, settings: Settings, model: Model) -> None:
        entity = settings.table or model.table
        self.metrics = Metrics(entity, model) if settings.metrics else None
        self._guide, self._traces, self._entity = settings.guide_metrics, settings.traces, entity
        watchers: list[Watcher] = []
        if self.metrics is not None:
            watchers.append(self.metrics.looked_up)
        if settings.log_level in _LOGS_LOOKUPS:
            watchers.append(lookup_log(entity, model.fingerprint, settings.log_format))
        self._watched = bool(watchers)
        self._gathered = Gathered(*watchers)

    def on(self, resolver: Resolver) -> Resolver:
        """Have each lookup of a resolver told of."""
        steps = [watched(self._gathered)] if self._watched else []
        if self._traces:
            from ..telemetry.traces import open_tracer, traced

            steps.append(traced(open_tracer(), self._entity, resolver.model.fingerprint))
        return resolver.behind(*steps) if steps else resolver

    def looked_up(self, lookup: Lookup) -> None:
        """Tell of an answer that no resolver gave."""
        self._gathered((lookup,))

    def registered(self, registration: Registration) -> None:
        """Tell what became of a sign-up."""
        if self.metrics is not None:
            self.metrics.registered(registration)

    def refused(self, status: int) -> None:
        """Tell of a request that was refused or failed, by its HTTP status."""
        if self.metrics is not None:
            self.metrics.refused(status)

    def exposition(self) -> bytes:
        """Write the metrics as Prometheus reads them; nothing where there are none."""
        self._gathered.tell()
        return exposition(self.metrics.registry, guide=self._guide) if self.metrics else b""

    @asynccontextmanager
    async def running(self, resolver: Resolver) -> AsyncIterator[None]:
        """Hear breakers, and read the store's and the cache's numbers now and then, to the end."""
        if self.metrics is not None:
            for breaker in _breakers(resolver):
                breaker.listeners.append(self.metrics.breaker)
        try:
            async with sampled(self._readings(resolver)):
                yield
        finally:
            self._gathered.tell()

    def _readings(self, resolver: Resolver) -> dict[Reading, float]:
        metrics, store, cache = self.metrics, resolver.store, resolver.cache
        if metrics is None:
            return {}

        async def numbers() -> None:
            metrics.pools(store.pools())
            if cache is not None:
                metrics.cached(cache.counts)

        async def lag() -> None:
            metrics.lag(await store.lag())

        return {numbers: POOL_SECONDS, lag: LAG_SECONDS}


def _breakers(resolver: Resolver) -> Iterator[Breaker]:
    if isinstance(resolver.store, GuardedStore):
        yield resolver.store.breaker
    if resolver.cache is not None and resolver.cache.redis is not None:
        yield resolver.cache.redis.breaker
