from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import Lack, Lookup, Match, Outcome, Status
from have_we_met.telemetry.logs import KNOWN, Format, log_config, lookup_log, only_known

SECRET = "ada@example.org"
MATCH = Match("id-of-ada", Outcome.DEFINITE, 71.234, 0.9, (1.0,), (30.0,), None, (SECRET,))
LOOKUP = Lookup(
    Status.FOUND,
    1.23456,
    "a" * 32,
    contact={"email": SECRET},
    message=SECRET,
    complete=False,
    degraded=(Lack("store", "deadline", f"said {SECRET}"),),
    matches=(MATCH,),
    candidates=12,
)

Lines = Callable[[], list[str]]


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Lines:
    """What was logged."""
    return lambda: capfd.readouterr().err.splitlines()


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    names = ("have_we_met", "uvicorn", "uvicorn.error")
    before = root.handlers[:], root.level, [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for name, one in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(one)


def test_an_event_a_lookup(lines: Lines) -> None:
    """It says what came of it, and nothing about anybody."""
    lookup_log("contacts", "24641267e02b", "json")((LOOKUP,))
    (line,) = lines()
    event = json.loads(line)

    assert event.pop("time").endswith("Z")
    assert event == {
        "level": "info",
        "event": "lookup",
        "entity": "contacts",
        "model": "24641267e02b",
        "lookup_id": "a" * 32,
        "status": "found",
        "complete": False,
        "candidates": 12,
        "duration_ms": 1.235,
        "score": 71.23,
        "lacks": ["store deadline"],
    }
    assert event.keys() <= KNOWN.keys()


def test_for_a_person(lines: Lines) -> None:
    """The same as a line to read."""
    lookup_log("contacts", "24641267e02b", "console")((LOOKUP,))
    (line,) = lines()

    assert "info     lookup entity=contacts" in line
    assert "status=found complete=False candidates=12" in line
    assert "ada" not in line


@given(
    st.dictionaries(
        st.sampled_from([*KNOWN, "email", "contact", "raw", "phone", "first_name", "exception"]),
        st.just(SECRET),
    )
)
def test_other_names_are_left_out(event: dict[str, object]) -> None:
    """Whatever an event holds, what is not known is gone, and its number is told."""
    event["event"] = "sentence"
    kept = only_known(None, "info", dict(event))

    assert kept.keys() <= KNOWN.keys()
    assert {n: v for n, v in event.items() if n in KNOWN and n != "refused"}.items() <= kept.items()
    if event.keys() - KNOWN.keys():
        assert kept["refused"] == len(event.keys() - KNOWN.keys())


@pytest.mark.parametrize("form", ["json", "console"])
def test_others_are_heard_but_not_quoted(
    form: Format, capfd: pytest.CaptureFixture[str], logging_as_it_was: None
) -> None:
    """Of an error of somebody else's library: its class and its place, and the first line."""
    logging.config.dictConfig(log_config(form, "info"))
    logging.getLogger("elsewhere").info("too quiet to be heard")
    logging.getLogger("have_we_met.server").info("of ours")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("asyncio").error("Task failed\n%s", SECRET, exc_info=True)
    logging.getLogger("uvicorn.error").info("up", extra={"color_message": SECRET})
    said = capfd.readouterr().err

    assert "ada" not in said
    assert "too quiet" not in said
    assert [word in said for word in ("of ours", "Task failed", "up")] == [True] * 3
    assert "ValueError at " in said
    assert "test_logs.py" in said


def test_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lookup is answered even where its log cannot be written."""

    class Closed:
        @staticmethod
        def write(line: bytes) -> None:
            raise BrokenPipeError

    class Stderr:
        buffer = Closed

    monkeypatch.setattr("sys.stderr", Stderr)

    lookup_log("contacts", "24641267e02b", "json")((LOOKUP,))
