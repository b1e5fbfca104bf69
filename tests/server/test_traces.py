"""Traces: a span for the request, its lookup, and each stage; a trace that is brought goes on."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from tests.services.models import contacts, look_up
from tests.services.real_service import RealService, real_service

from have_we_met import Lookup, Model, Resolver, Status
from have_we_met.onward import ONWARD
from have_we_met.server import Settings, create_app
from have_we_met.telemetry.canary import Canary
from have_we_met.telemetry.logs import log_config
from have_we_met.telemetry.traces import Spans, open_tracer, traced_store

from .apps import CONTACTS, LOOKUP, PEOPLE, Client, make_app, running, stored_people

sdk = pytest.importorskip("opentelemetry.sdk.trace")
from opentelemetry import trace  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: E402
    InMemorySpanExporter,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"
BROUGHT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """Where spans end, of a provider that the program set itself."""
    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@contextmanager
def tracing(exporter: InMemorySpanExporter) -> Iterator[Client]:
    """A client of an app with spans, of which none is there yet."""

    async def opener(settings: Settings, model: Model) -> Resolver:
        resolver = await stored_people(settings, model)
        resolver.store = traced_store(resolver.store, open_tracer())
        return resolver

    settings = Settings(url="sqlite://", traces=True, log_format="json")
    with running(create_app(settings, opener=opener)) as client:
        exporter.clear()
        yield client


@pytest.fixture
def traced(exporter: InMemorySpanExporter) -> Iterator[Client]:
    with tracing(exporter) as client:
        yield client


def test_a_span_a_stage(traced: Client, exporter: InMemorySpanExporter) -> None:
    """Each within the lookup's, which is within the request's."""
    traced.post(LOOKUP, {"email": "john@example.com"})
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request, lookup = spans[f"POST {LOOKUP}"], spans["lookup"]
    stages = {name for name, span in spans.items() if span.parent == lookup.context}

    assert stages == {"normalise", "keys", "candidates", "compare", "contact", "answer"}
    assert lookup.parent == request.context
    assert lookup.attributes["have_we_met.status"] == "found"
    assert lookup.attributes["have_we_met.candidates"] == 1
    assert request.attributes["http.response.status_code"] == 200
    assert all(
        lookup.start_time <= spans[name].start_time <= spans[name].end_time for name in stages
    )
    order = ("normalise", "keys", "candidates", "compare", "contact")
    starts = [spans[name].start_time for name in order]
    assert starts == sorted(starts)


def test_a_trace_that_is_brought_goes_on(traced: Client, exporter: InMemorySpanExporter) -> None:
    """And the answer says which one it is."""
    answer = traced.request("POST", LOOKUP, json={"email": "x@example.org"}, headers=BROUGHT)
    ids = {f"{span.context.trace_id:032x}" for span in exporter.get_finished_spans()}

    assert ids == {TRACE}
    assert answer.headers["traceparent"].startswith(f"00-{TRACE}-")


def events(client: Client, capfd: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """The events of lookups that were logged, in their order."""
    client.desk.telemetry.tell()
    said = map(json.loads, capfd.readouterr().err.splitlines())
    return [event for event in said if event["event"] == "lookup"]


def test_an_event_says_which_trace_it_is_of(
    exporter: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    """And which span: the lookup's, though it is written when others have come and gone."""
    with tracing(exporter) as client:
        client.request("POST", LOOKUP, json={"email": "x@example.org"}, headers=BROUGHT)
        for n in range(3):
            client.post(LOOKUP, {"email": f"{n}@example.org"})
        logged = {
            event["lookup_id"]: (event["trace_id"], event["span_id"])
            for event in events(client, capfd)
        }
    spans = {
        span.attributes["have_we_met.lookup_id"]: (
            f"{span.context.trace_id:032x}",
            f"{span.context.span_id:016x}",
        )
        for span in exporter.get_finished_spans()
        if span.name == "lookup"
    }

    assert len(spans) == 4
    assert logged == spans
    assert TRACE in {trace for trace, _ in logged.values()}


def test_an_event_of_what_nobody_foresaw_says_it_too(
    exporter: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    """It has no lookup's span, and so names the request's."""

    def broken(deadline: float | None) -> None:
        raise KeyError

    with tracing(exporter) as client:
        client.desk.resolver.store.read = broken
        client.request("POST", LOOKUP, json={"email": "x@example.org"}, headers=BROUGHT)
        (event,) = events(client, capfd)
    (request,) = (one for one in exporter.get_finished_spans() if one.name == f"POST {LOOKUP}")

    assert event["status"] == "error"
    assert event["trace_id"] == TRACE
    assert event["span_id"] == f"{request.context.span_id:016x}"


def test_nothing_of_spans_is_kept(exporter: InMemorySpanExporter) -> None:
    """What was asked for once is forgotten; where there is no span, nothing is noted."""
    spans, lookup = Spans(), Lookup(Status.FOUND, 1.0, "1")
    with open_tracer().start_as_current_span("one"):
        spans.note((lookup,))
    first, second = spans.ids_of(lookup), spans.ids_of(lookup)
    spans.note((lookup,))

    assert first.keys() == {"trace_id", "span_id"}
    assert second == spans.ids_of(lookup) == {}


@pytest.mark.parametrize("traces", [True, False])
def test_other_lines_say_which_trace_they_are_of(
    exporter: InMemorySpanExporter, *, traces: bool
) -> None:
    """An error's place stands beside the trace of the request in which it was raised."""
    config = log_config("json", "info", traces=traces)["formatters"]["structured"]
    form = config.pop("()")(**config)
    record = logging.LogRecord("have_we_met.server", logging.ERROR, "", 0, "KeyError", (), None)
    with open_tracer().start_as_current_span("request") as span:
        within = json.loads(form.format(record))
    without = json.loads(form.format(record))

    assert "trace_id" not in without
    assert within.get("trace_id") == (f"{span.context.trace_id:032x}" if traces else None)
    assert within.get("span_id") == (f"{span.context.span_id:016x}" if traces else None)


@pytest.fixture
def service() -> Iterator[RealService]:
    """A service over HTTP that writes down what it was asked."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(real_service()) as service,
    ):
        yield service


@pytest.mark.parametrize(("path", "asked"), [(LOOKUP, 200), (CONTACTS, 201)])
def test_a_service_is_told_which_trace_it_is(
    path: str, asked: int, service: RealService, exporter: InMemorySpanExporter, tmp_path: Path
) -> None:
    """The caller's trace goes on to it, as part of this very request; the next has its own."""
    model = tmp_path / "model.toml"
    model.write_text(contacts(look_up(f"{service.url}/ok/{{email}}")).to_toml(), "utf-8")
    app = create_app(Settings(url="sqlite://", model=str(model), traces=True), opener=stored_people)
    with running(app) as client:
        exporter.clear()
        answer = client.request("POST", path, json={"email": "x@example.org"}, headers=BROUGHT)
        client.post(LOOKUP, {"email": "y@example.org"})
    (request, *_) = (one for one in exporter.get_finished_spans() if one.name == f"POST {path}")
    first, second = (headers["traceparent"] for _, headers, _ in service.asked)

    assert answer.status_code == asked
    assert first == f"00-{TRACE}-{request.context.span_id:016x}-01"
    assert TRACE not in second


def test_a_service_is_told_of_no_trace_unless_it_is_asked_for(
    service: RealService, tmp_path: Path
) -> None:
    """A trace that is brought goes nowhere."""
    model = tmp_path / "model.toml"
    model.write_text(contacts(look_up(f"{service.url}/ok/{{email}}")).to_toml(), "utf-8")
    with running(make_app(model=str(model))) as client:
        client.request("POST", LOOKUP, json={"email": "x@example.org"}, headers=BROUGHT)
    ((_, headers, _),) = service.asked

    assert "traceparent" not in headers


def test_what_is_read_in_the_background_is_nobodys_trace(
    traced: Client, exporter: InMemorySpanExporter
) -> None:
    """A canary's lookups among them."""
    # One question: after each but the last a canary rests a hundred times as long as that took.
    canary = Canary(traced.desk.resolver.store, questions=1)
    traced.run(canary.round)

    assert canary.counts.total() > 0
    assert not exporter.get_finished_spans()


def test_spans_tell_nothing_of_anybody(traced: Client, exporter: InMemorySpanExporter) -> None:
    """Neither paths that are not ours, nor what is asked, stored or wrong."""
    for person in PEOPLE:
        body = {k: v for k, v in person.items() if k in ("email", "phone")}
        traced.post(LOOKUP, body)
    traced.post(CONTACTS, {"email": "zqxjkv@example.org", "firstName": "Zqxjkv"})
    traced.post(LOOKUP, {"zqxjkv": 1})
    traced.get("/zqxjkv?zqxjkv=zqxjkv")
    told = "".join(span.to_json() for span in exporter.get_finished_spans()).lower()

    assert "get other" in told
    for word in ("zqxjkv", "john", "example", "0142", "张"):
        assert word not in told


def test_nothing_of_it_is_there_unless_it_is_asked_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No header, no step, nothing in the log, and none of the libraries is loaded."""
    with running(make_app(log_format="json")) as client:
        answer = client.post(LOOKUP, {"email": "x@example.org"})
        (event,) = events(client, capfd)
    assert "traceparent" not in answer.headers
    assert event.keys().isdisjoint({"trace_id", "span_id"})
    assert ONWARD.get() == {}
    code = (
        "import sys; from have_we_met.server import *; create_app(Settings(url='sqlite://'));"
        "print([m for m in sys.modules if m.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
