"""Requests a second over HTTP beside echo routes on the same server in the same run.

The load comes from ``wrk`` (Debian's package) over 100 connections, every body another one. The
routes take turns, so that a slow minute of the machine falls on all. One echo goes the short way
that a lookup goes, bare of the framework; the other is a route as FastAPI's users write it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import msgspec
import uvicorn
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from have_we_met import preset, synthetic
from have_we_met.server.app import create_app
from have_we_met.server.echo import mount_echo
from have_we_met.server.run import LOOP
from have_we_met.server.settings import Settings

from .figures import show
from .stores import SEED, filled

CONNECTIONS = 100
PORT = 8765
ROUTES = {"echo": "/echo", "FastAPI's echo": "/plain-echo", "lookup": "/api/contacts/lookup"}
SCRIPT = """
local bodies, at = {}, 0
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  at = at % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[at])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What ``wrk`` saw: requests a second, milliseconds, failures."""

    rate: float
    p50: float
    p99: float
    errors: int


async def run(folder: Path, count: int, rounds: int, seconds: int) -> None:
    """Print both routes' figures, their ratio, and the server's memory."""
    store, path, _ = await filled(folder, preset("contacts"), count)
    await store.close()
    with tempfile.TemporaryDirectory() as temporary:
        bodies = Path(temporary) / "bodies"
        _write_bodies(bodies, count, 60_000)
        script = Path(temporary) / "load.lua"
        script.write_text(SCRIPT)
        with _server(path) as server:
            _load(ROUTES["lookup"], script, bodies, 3)
            turns = [
                [_load(route, script, bodies, seconds) for route in ROUTES.values()]
                for _ in range(rounds)
            ]
            memory = _resident(server.pid)
            answers = _answers()
    _show(count, turns, memory, answers)


def _show(count: int, turns: list[list[Load]], memory: float, answers: Mapping[str, int]) -> None:
    heading = ["route", "requests/s", "p50 ms", "p99 ms", "errors"]
    rows: list[list[object]] = []
    for name, loads in zip(ROUTES, zip(*turns, strict=True), strict=True):
        middle = [median(getattr(load, f) for load in loads) for f in ("rate", "p50", "p99")]
        rows.append([name, *middle, sum(load.errors for load in loads)])
    for place, name in enumerate([*ROUTES][:-1]):
        ratio = median(loads[-1].rate / loads[place].rate for loads in turns)
        rows.append([f"lookup / {name}", ratio, "", "", ""])
    show(f"HTTP, {count:,} contacts, SQLite, one worker, {CONNECTIONS} connections", heading, rows)
    show("Memory", ["what", "MB"], [["resident, worker, after the load", memory]])
    every = sum(answers.values())
    shares = [[status, round(100 * number / every, 1)] for status, number in answers.items()]
    show("What was answered", ["status", "per cent"], shares)


def _write_bodies(path: Path, count: int, number: int) -> None:
    encode = msgspec.json.encode
    with path.open("wb") as lines:
        for query in synthetic.queries(number, contacts=count, seed=SEED):
            lines.write(encode({k: v for k, v in query.raw.items() if v is not None}) + b"\n")


def _load(route: str, script: Path, bodies: Path, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{PORT}{route}"],
        env={**os.environ, "BODIES": str(bodies)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^figures (\S+) (\S+) (\S+) (\d+)$", done.stdout, re.MULTILINE)
    assert found, done.stdout
    return Load(*map(float, found.groups()[:3]), int(found[4]))


@contextmanager
def _server(path: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server with the echo route beside its own, in a process of its own."""
    with started([sys.executable, "-m", "benchmarks.http", path], PORT) as server:
        yield server


@contextmanager
def started(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until it says that it is alive, and end it."""
    server = subprocess.Popen(command)
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait()


def _resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def _answers() -> Counter[str]:
    """How many lookups the server has answered with each status, by its own metrics.

    Half of those who ask are stored: where hardly anybody is found, the wrong people were asked.
    """
    with urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=5) as page:
        text = page.read().decode()
    answers: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "have_we_met_lookups_total" and sample.value:
                answers[sample.labels["status"]] += int(sample.value)
    return answers


class _Contact(BaseModel):
    """A body as FastAPI's users describe one."""

    email: str | None = None
    phone: str | None = None
    firstName: str | None = None  # as on the wire
    lastName: str | None = None
    company: str | None = None


async def _plain_echo(contact: _Contact) -> _Contact:
    return contact


if __name__ == "__main__":
    settings = Settings(url=f"sqlite:///{sys.argv[1]}", port=PORT)
    app = create_app(settings)
    mount_echo(app)
    app.post(ROUTES["FastAPI's echo"])(_plain_echo)
    uvicorn.run(app, port=PORT, access_log=False, log_level="warning", loop=LOOP)
