"""The alert drill: a real server grows slow, and a real Prometheus notices, and sees it over.

The rules are those of ``ops/prometheus/alerts.yml`` with every time in them a sixtieth: minutes
become seconds, and nothing else is another.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import yaml

RULES = Path(__file__).parent.parent / "ops" / "prometheus" / "alerts.yml"
ALERT = "LookupLatencyHigh"
SLOW_SECONDS = 0.8
"""What a slow store takes longer for each lookup."""
_TIME = re.compile(r"\b(\d+)m\b")
Say = Callable[[str], None]


def hurried(rules: str) -> str:
    """The rules with seconds for minutes.

    >>> hurried("rate(x[5m]) for: 10m")
    'rate(x[5s]) for: 10s'
    """
    return _TIME.sub(lambda found: f"{found[1]}s", rules)


@dataclass
class Drill:
    """One drill: what is said on the way goes to ``say``, with the seconds since it began."""

    say: Say
    patience: float = 120.0
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Have the alert fire and clear; raises AssertionError where it does not in time."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            port, own_port = free_port(), free_port()
            with _server(folder, port), _prometheus(folder, port, own_port), _traffic(port):
                self._wait("the server answers, Prometheus reads it", own_port, 1, _UP)
                self._wait("lookups are asked", own_port, 1, _ASKED)
                assert self._alert(own_port) == "", "it fires before anything happens"
                self.note(f"{ALERT} is silent")
                (folder / "slow").touch()
                self.note(f"the store takes {SLOW_SECONDS} s longer for each lookup")
                self._turn(own_port, "pending")
                self._turn(own_port, "firing")
                (folder / "slow").unlink()
                self.note("the store is as quick as before")
                self._turn(own_port, "")

    def note(self, text: str) -> None:
        """Say something, with the time."""
        self.say(f"{time.monotonic() - self.began:6.1f} s  {text}")

    def _wait(self, text: str, port: int, least: float, query: str) -> None:
        until = time.monotonic() + self.patience
        while _value(port, query) < least:
            assert time.monotonic() < until, f"waited in vain: {text}"
            time.sleep(0.2)
        self.note(text)

    def _turn(self, port: int, state: str) -> None:
        until = time.monotonic() + self.patience
        while self._alert(port) != state:
            assert time.monotonic() < until, f"waited in vain for {ALERT} to be {state or 'silent'}"
            time.sleep(0.1)
        slowest = _value(port, _P95)
        self.note(f"{ALERT} is {state or 'silent'}; the slowest twentieth takes {slowest:.2f} s")

    def _alert(self, port: int) -> str:
        """How the alert stands: pending, firing, or not at all."""
        alerts = _get(port, "/api/v1/alerts")["data"]["alerts"]
        states = [one["state"] for one in alerts if one["labels"]["alertname"] == ALERT]
        return states[0] if states else ""


_UP = 'up{job="have-we-met"}'
_ASKED = "sum(rate(have_we_met_lookups_total[5s]))"
_P95 = (
    "histogram_quantile(0.95, sum by (le) (rate(have_we_met_lookup_duration_seconds_bucket[5s])))"
)


def _value(port: int, query: str) -> float:
    with suppress(URLError, ConnectionError):
        found = _get(port, f"/api/v1/query?query={quote(query)}")["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0
    return 0.0


def _get(port: int, path: str) -> dict[str, dict[str, list[dict[str, dict[str, str]]]]]:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        found: dict[str, dict[str, list[dict[str, dict[str, str]]]]] = json.load(answer)
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(*command: str, said: Path) -> Iterator[None]:
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _server(folder: Path, port: int) -> AbstractContextManager[None]:
    command = (sys.executable, "-m", "benchmarks.drill", str(folder), str(port))
    return _running(*command, said=folder / "server.log")


def _prometheus(folder: Path, port: int, own_port: int) -> AbstractContextManager[None]:
    (folder / "alerts.yml").write_text(hurried(RULES.read_text()))
    target = {"targets": [f"127.0.0.1:{port}"]}
    settings = {
        "global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"},
        "rule_files": [str(folder / "alerts.yml")],
        "scrape_configs": [{"job_name": "have-we-met", "static_configs": [target]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    return _running(
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{own_port}",
        said=folder / "prometheus.log",
    )


@contextmanager
def _traffic(port: int) -> Iterator[None]:
    """Somebody asks some ten times a second, from several lines."""
    over = threading.Event()

    def ask() -> None:
        body = b'{"email": "nobody@example.org"}'
        url = f"http://127.0.0.1:{port}/api/contacts/lookup"
        while not over.wait(0.3):
            request = Request(url, body, {"Content-Type": "application/json"})
            with suppress(OSError):
                urlopen(request, timeout=10).close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _serve(folder: Path, port: int) -> None:
    """A server over a store in memory that is slow while a file is there."""
    from have_we_met import Model, Resolver, create_store
    from have_we_met.server import Settings, serve
    from have_we_met.store import Store
    from have_we_met.store.base import Unit

    async def opener(settings: Settings, model: Model) -> Resolver:
        store = await create_store(settings.url, model)
        _slow_while(store, folder / "slow")
        return Resolver(store, deadline=settings.deadline)

    def _slow_while(store: Store, sign: Path) -> None:
        read = store.read

        @asynccontextmanager
        async def slow(deadline: float | None) -> AsyncIterator[Unit]:
            if sign.exists():
                await asyncio.sleep(SLOW_SECONDS)
            async with read(deadline) as unit:
                yield unit

        store.read = slow  # type: ignore[method-assign]

    serve(Settings(url="sqlite://", port=port, log_level="warning"), opener=opener)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
