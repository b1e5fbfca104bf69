"""Structured logs: one event a lookup, and everybody else's lines in the same form.

An event holds the names in :data:`KNOWN` and no others, and none of those holds anything about a
person. Costs a lookup some 5 microseconds.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, Literal

import msgspec
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, WrappedLogger

from ..answer import Lookup

Format = Literal["console", "json"]
IdsOf = Callable[[Lookup], Mapping[str, str]]

KNOWN: Mapping[str, str] = {
    "time": "when, in UTC",
    "level": "`debug`, `info`, `warning`, `error` or `critical`",
    "event": "what happened: `lookup`, or a sentence",
    "logger": "which part says so",
    "entity": "the table",
    "model": "the model's fingerprint",
    "lookup_id": "the `lookupId` of the answer",
    "status": "`found`, `review`, `not_found` or `error`",
    "complete": "whether it looked everywhere",
    "candidates": "how many stored records were compared",
    "score": "the best score of those that were shown",
    "duration_ms": "milliseconds",
    "lacks": "what could not be looked at: kind and name",
    "trace_id": "the trace that it belongs to, where there are traces",
    "span_id": "the span in it: a lookup's own, or the request's",
    "error": "the class of what was raised, and where",
    "refused": "how many other names an event had; they were left out",
}
"""What an event may hold."""

_NAMES = KNOWN.keys()
_encode = msgspec.json.Encoder().encode


def only_known(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Leave out what is not in :data:`KNOWN`, so that nobody logs a record by mistake.

    >>> only_known(None, "info", {"event": "lookup", "email": "ada@example.org"})
    {'event': 'lookup', 'refused': 1}
    """
    if event.keys() <= _NAMES:
        return event
    kept = {name: value for name, value in event.items() if name in _NAMES}
    return {**kept, "refused": len(event) - len(kept)}


def first_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Keep the first line of what others say, and of an error its class and its place.

    What comes behind may quote what went wrong, and with it somebody.
    """
    event["event"] = str(event["event"]).partition("\n")[0]
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error := _raised(raised):
        event["error"] = _place(error)
    return event


def _raised(raised: object) -> BaseException | None:
    if raised is True:
        return sys.exc_info()[1]
    if isinstance(raised, tuple):
        raised = raised[1]
    return raised if isinstance(raised, BaseException) else None


def _place(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)[-1:]
    where = f"{frames[0].filename}:{frames[0].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {where}"


def as_json(logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """Write an event as one line of JSON."""
    return _encode(event)


def as_text(logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """Write an event as one line for a person.

    Our own, since structlog's takes 70 microseconds for its colours and columns.
    """
    time, level, what = event.pop("time"), event.pop("level"), event.pop("event")
    if lacks := event.get("lacks"):
        event["lacks"] = ",".join(lacks)
    rest = "".join([f" {name}={value}" for name, value in event.items()])
    return f"{time:%H:%M:%S} {level:<8} {what}{rest}".encode(errors="backslashreplace")


_LINES: Mapping[Format, Callable[[WrappedLogger, str, EventDict], bytes]] = {
    "console": as_text,
    "json": as_json,
}


def lookup_log(
    entity: str, model: str, form: Format, ids_of: IdsOf | None = None
) -> Callable[[Sequence[Lookup]], None]:
    """Make the watcher that logs one event a lookup to stderr.

    The events are made whole here, and so spare themselves the way through structlog, which takes
    twice the time; those that are told of together are written together. ``ids_of`` says to which
    trace and span a lookup belongs, where there are traces.
    """
    line, out = _LINES[form], sys.stderr.buffer
    same = {"level": "info", "event": "lookup", "entity": entity, "model": model}

    def event_of(lookup: Lookup, now: datetime) -> EventDict:
        event = {
            "time": now,
            **same,
            "lookup_id": lookup.lookup_id,
            "status": lookup.status,
            "complete": lookup.complete,
            "candidates": lookup.candidates,
            "duration_ms": round(lookup.duration, 3),
        }
        if lookup.matches:
            event["score"] = round(lookup.matches[0].score, 2)
        if lookup.degraded:
            event["lacks"] = [f"{lack.kind} {lack.name}" for lack in lookup.degraded]
        if ids_of is not None:
            event.update(ids_of(lookup))
        return event

    def looked_up(lookups: Sequence[Lookup]) -> None:
        now = datetime.now(UTC)
        try:
            lines = [line(None, "info", event_of(one, now)) for one in lookups]
            out.write(b"\n".join([*lines, b""]))
            out.flush()
        except (OSError, ValueError):  # nobody reads any more
            return

    return looked_up


def log_config(form: Format, level: str, *, traces: bool = False) -> dict[str, Any]:
    """Set up the standard library's logging, as :func:`logging.config.dictConfig` takes it.

    Others speak from warnings on; we, and the server underneath, from ``level`` on. With
    ``traces`` lines say to which trace they belong.
    """
    # Whoever set these up before us, as a server does for itself, must not keep their lines.
    ours = {"level": level.upper(), "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": _formatter, "form": form, "traces": traces}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"have_we_met": ours, "uvicorn": ours, "uvicorn.error": ours},
    }


def _formatter(form: Format, *, traces: bool) -> logging.Formatter:
    def line(logger: WrappedLogger, method: str, event: EventDict) -> str:
        return _LINES[form](logger, method, event).decode()

    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            _named,
            first_line,
            *([_in_its_span] if traces else []),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            only_known,
            line,
        ],
    )


def _named(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say when, and how much it matters, of a line of the standard library's."""
    record: logging.LogRecord = event["_record"]
    event["time"] = datetime.fromtimestamp(record.created, UTC)
    event["level"] = record.levelname.lower()
    return event


def _in_its_span(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say to which trace and span a line of the standard library's belongs, if to any."""
    from .traces import ids_at_hand

    event.update(ids_at_hand())
    return event
