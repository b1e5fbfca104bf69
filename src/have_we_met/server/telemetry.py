"""What a server shows of itself, as its settings say: who is told of what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..answer import Lookup, Registration
from ..model import Model
from ..resolver import Resolver
from ..telemetry import Gathered, Metrics, Watcher, exposition, watched
from ..telemetry.logs import lookup_log
from ..telemetry.sampling import Reading, sampled
from .readings import breakers_of, canary_reading, readings
from .settings import Settings

_LOGS_LOOKUPS = frozenset({"info", "debug"})


class Telemetry:
    """Tells the metrics and the log what happens; neither where the settings want neither."""

    def __init__(self, settings: Settings, model: Model) -> None:
        entity = settings.table or model.table
        self.metrics = Metrics(entity, model) if settings.metrics else None
        self._guide, self._traces, self._entity = settings.guide_metrics, settings.traces, entity
        self._telling = settings.webhook is not None
        self._canary = settings.canary * settings.workers  # each of which has one of its own
        gathered: list[Watcher] = []
        if self.metrics is not None:
            gathered.append(self.metrics.looked_up)
        self._at_once: list[Watcher] = []
        if settings.log_level in _LOGS_LOOKUPS:
            gathered.append(self._log(settings, model))
        self._gathered = Gathered(*gathered)
        if gathered:
            self._at_once.append(self._gathered)

    def _log(self, settings: Settings, model: Model) -> Watcher:
        """The log of lookups; its events say to which trace they belong, where there are traces."""
        if not settings.traces:
            return lookup_log(self._entity, model.fingerprint, settings.log_format)
        from ..telemetry.traces import Spans

        spans = Spans()
        self._at_once.append(spans.note)
        return lookup_log(self._entity, model.fingerprint, settings.log_format, spans.ids_of)

    def on(self, resolver: Resolver) -> Resolver:
        """Have each lookup of a resolver told of."""
        steps = [watched(*self._at_once)] if self._at_once else []
        if self._traces:
            from ..telemetry.traces import open_tracer, traced

            # Around the others, so that they are told within a lookup's span.
            steps.insert(0, traced(open_tracer(), self._entity, resolver.model.fingerprint))
        return resolver.behind(*steps) if steps else resolver

    def looked_up(self, lookup: Lookup) -> None:
        """Tell of an answer that no resolver gave."""
        for watcher in self._at_once:
            watcher((lookup,))

    def registered(self, registration: Registration) -> None:
        """Tell what became of a sign-up."""
        if self.metrics is not None:
            self.metrics.registered(registration)

    def refused(self, status: int) -> None:
        """Tell of a request that was refused or failed, by its HTTP status."""
        if self.metrics is not None:
            self.metrics.refused(status)

    def tell(self) -> None:
        """Tell at once of the lookups of the last moment, which are told of together."""
        self._gathered.tell()

    def exposition(self) -> bytes:
        """Write the metrics as Prometheus reads them; nothing where there are none."""
        self.tell()
        return exposition(self.metrics.registry, guide=self._guide) if self.metrics else b""

    @asynccontextmanager
    async def running(self, resolver: Resolver) -> AsyncIterator[None]:
        """Hear breakers, and read numbers now and then, until the block ends."""
        try:
            async with sampled(self._readings(resolver)):
                yield
        finally:
            self.tell()

    def _readings(self, resolver: Resolver) -> dict[Reading, float]:
        metrics = self.metrics
        if metrics is None:
            return {}
        for breaker in breakers_of(resolver):
            metrics.breaker_is(breaker.name, breaker.state)
            breaker.listeners.append(metrics.breaker)
        read = readings(metrics, resolver, telling=self._telling)
        if self._canary:
            read[canary_reading(metrics, resolver)] = self._canary
        return read
