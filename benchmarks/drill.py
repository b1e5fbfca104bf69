"""The alert drill: a real server grows slow, and a real Prometheus notices, and sees it over.

The rules are those of ``ops/prometheus/alerts.yml`` with every time in them a sixtieth: minutes
become seconds, and nothing else is another.
"""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from .prometheus import Prometheus, free_port, reading, running

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
            port = free_port()
            rules = hurried(RULES.read_text())
            with (
                _server(folder, port),
                reading(folder, port, rules=rules) as prometheus,
                _traffic(port),
            ):
                self._wait("the server answers, Prometheus reads it", prometheus, 1, _UP)
                self._wait("lookups are asked", prometheus, 1, _ASKED)
                assert prometheus.alert(ALERT) == "", "it fires before anything happens"
                self.note(f"{ALERT} is silent")
                (folder / "slow").touch()
                self.note(f"the store takes {SLOW_SECONDS} s longer for each lookup")
                self._turn(prometheus, "pending")
                self._turn(prometheus, "firing")
                (folder / "slow").unlink()
                self.note("the store is as quick as before")
                self._turn(prometheus, "")

    def note(self, text: str) -> None:
        """Say something, with the time."""
        self.say(f"{time.monotonic() - self.began:6.1f} s  {text}")

    def _wait(self, text: str, prometheus: Prometheus, least: float, query: str) -> None:
        until = time.monotonic() + self.patience
        while prometheus.value(query) < least:
            assert time.monotonic() < until, f"waited in vain: {text}"
            time.sleep(0.2)
        self.note(text)

    def _turn(self, prometheus: Prometheus, state: str) -> None:
        until = time.monotonic() + self.patience
        while prometheus.alert(ALERT) != state:
            assert time.monotonic() < until, f"waited in vain for {ALERT} to be {state or 'silent'}"
            time.sleep(0.1)
        slowest = prometheus.value(_P95)
        self.note(f"{ALERT} is {state or 'silent'}; the slowest twentieth takes {slowest:.2f} s")


_UP = 'up{job="have-we-met"}'
_ASKED = "sum(rate(have_we_met_lookups_total[5s]))"
_P95 = (
    "histogram_quantile(0.95, sum by (le) (rate(have_we_met_lookup_duration_seconds_bucket[5s])))"
)


def _server(folder: Path, port: int) -> AbstractContextManager[None]:
    command = (sys.executable, "-m", "benchmarks.drill", str(folder), str(port))
    return running(*command, said=folder / "server.log")


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
