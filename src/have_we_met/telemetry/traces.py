"""Traces: a span for a request, one for its lookup, and one for each stage of the road.

Nothing of this is imported, or stands on a lookup's way, unless it is asked for. The stages that
are pure are not told of by the code that does them: whatever lies between two calls of the store is
one of them. No span holds anything about anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from time import monotonic, time_ns
from typing import TYPE_CHECKING, Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..answer import Lookup
from ..asking import Ask, Question, Step
from ..errors import require
from ..onward import ONWARD
from ..store import Store
from ..store.base import Candidates, Unit

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

NAME = "have_we_met"
_OTHER = "other"


def open_tracer() -> Tracer:
    """Give a tracer of the program's own provider, or of one that sends to a collector.

    The latter goes by OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_ENDPOINT`` and so on).
    Raises ``MissingExtra`` where the libraries are missing.
    """
    require("opentelemetry.sdk", extra="otel")
    require("opentelemetry.exporter.otlp.proto.http", extra="otel")
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider(resource=Resource.create({"service.name": "have-we-met"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer(NAME)


class TracedApp:
    """Goes on with the trace that a request brings, or begins one, and tells the answer of it."""

    def __init__(self, app: ASGIApp, tracer: Tracer, routes: Collection[str]) -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self.app = app
        self._tracer, self._routes, self._kind = tracer, frozenset(routes), SpanKind.SERVER
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        route = scope["path"] if scope["path"] in self._routes else _OTHER
        brought = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
        with self._tracer.start_as_current_span(
            f"{scope['method']} {route}",
            context=self._propagator.extract(brought),
            kind=self._kind,
            attributes={"http.request.method": scope["method"], "http.route": route},
            record_exception=False,  # its words might quote somebody
            set_status_on_exception=False,
        ) as span:
            onward: dict[str, str] = {}
            self._propagator.inject(onward)
            headers = [(n.encode(), v.encode()) for n, v in onward.items()]

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    message = {**message, "headers": [*message["headers"], *headers]}
                await send(message)

            token = ONWARD.set(onward)
            try:
                await self.app(scope, receive, told)
            finally:
                ONWARD.reset(token)


def traced(tracer: Tracer, entity: str, model: str) -> Step:
    """Make the step with a span for each lookup; normalising, which came before it, is inside."""

    def step(rest: Ask) -> Ask:
        async def ask(question: Question) -> Lookup:
            now = time_ns()
            began = now - round((monotonic() - question.started) * 1e9)
            with tracer.start_as_current_span(
                "lookup", start_time=began, record_exception=False, set_status_on_exception=False
            ) as span:
                tracer.start_span("normalise", start_time=began).end(now)
                lookup = await rest(question)
                span.set_attributes(_said(lookup, entity, model))
            return lookup

        return ask

    return step


def _said(lookup: Lookup, entity: str, model: str) -> dict[str, str | bool | int]:
    return {
        "have_we_met.entity": entity,
        "have_we_met.model": model,
        "have_we_met.lookup_id": lookup.lookup_id,
        "have_we_met.status": lookup.status.value,
        "have_we_met.complete": lookup.complete,
        "have_we_met.candidates": lookup.candidates,
    }


class Spans:
    """Notes in which span lookups were answered, until somebody asks, who does so once for each.

    An event is written a moment after its lookup, when the span is no longer at hand.
    """

    def __init__(self) -> None:
        self._noted: dict[str, Mapping[str, str]] = {}

    def note(self, lookups: Sequence[Lookup]) -> None:
        """Note the span at hand; a watcher."""
        if at_hand := ids_at_hand():
            self._noted.update((lookup.lookup_id, at_hand) for lookup in lookups)

    def ids_of(self, lookup: Lookup) -> Mapping[str, str]:
        """Give the lookup's ``trace_id`` and ``span_id``, and forget them; none in no span."""
        return self._noted.pop(lookup.lookup_id, {})


def ids_at_hand() -> Mapping[str, str]:
    """Give the ``trace_id`` and ``span_id`` of the span at hand, as OpenTelemetry writes them.

    >>> ids_at_hand()
    {}
    """
    from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

    at_hand = get_current_span().get_span_context()
    if not at_hand.is_valid:
        return {}
    trace, span = format_trace_id(at_hand.trace_id), format_span_id(at_hand.span_id)
    return {"trace_id": trace, "span_id": span}


class TracedStore:
    """A store whose units that read have a span for each call, and for what lies between."""

    def __init__(self, store: Store, tracer: Tracer) -> None:
        from opentelemetry.trace import get_current_span

        self._store, self._tracer = store, tracer
        self._is_within = get_current_span

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, deadline: float | None) -> AbstractAsyncContextManager[Unit]:
        """Open a unit that only reads; what is read in the background is nobody's trace."""
        reading = self._store.read(deadline)
        if not self._is_within().get_span_context().is_valid:
            return reading
        return _TracedReading(reading, self._tracer)


def traced_store(store: Store, tracer: Tracer) -> Store:
    """Put spans around what a store does for lookups."""
    return cast(Store, TracedStore(store, tracer))


class _TracedReading:
    def __init__(self, reading: AbstractAsyncContextManager[Unit], tracer: Tracer) -> None:
        self._reading, self._tracer = reading, tracer

    async def __aenter__(self) -> Unit:
        self._unit = _TracedUnit(await self._reading.__aenter__(), self._tracer)
        return cast(Unit, self._unit)

    async def __aexit__(self, *exc: Any) -> bool | None:
        self._unit.between("answer")
        return await self._reading.__aexit__(*exc)


class _TracedUnit:
    """One unit: which stage lies before a call follows from the call before it."""

    def __init__(self, unit: Unit, tracer: Tracer) -> None:
        self._unit, self._tracer = unit, tracer
        self._since, self._next = time_ns(), "keys"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def between(self, last: str = "") -> None:
        """End the stage that lay between the last call and now."""
        span = self._tracer.start_span(self._next or last, start_time=self._since)
        span.end(time_ns())

    async def candidates(self, keys: Sequence[tuple[int, int]]) -> Candidates:
        """Find the records under these keys."""
        self.between()
        with self._span("candidates") as span:
            found = await self._unit.candidates(keys)
            span.set_attribute("have_we_met.keys", len(keys))
            span.set_attribute("have_we_met.candidates", len(found.ids))
        self._since, self._next = time_ns(), "compare"
        return found

    async def contact(self, record_id: Any) -> Any:
        """Read one row of the caller's table."""
        return await self._read("contact", record_id)

    async def contacts(self, record_ids: Any) -> Any:
        """Read several rows of the caller's table."""
        return await self._read("contacts", record_ids)

    async def _read(self, what: str, ids: Any) -> Any:
        self.between("answer")
        with self._span("contact"):
            found = await getattr(self._unit, what)(ids)
        self._since, self._next = time_ns(), ""
        return found

    def _span(self, name: str) -> Any:
        return self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        )
