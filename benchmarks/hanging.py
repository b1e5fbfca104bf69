"""Every service hangs and a hundred ask: how many are answered, and what the others notice of it.

A server is asked by turns by one connection alone, whose questions no service is asked about, and
by that one beside a hundred whose every question waits for all three services. These take what is
said, and never answer.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec

from have_we_met import Model, Request, Service, preset, synthetic
from have_we_met.load import Plan, run
from have_we_met.resilience import BreakerSettings

from .figures import show
from .http import started
from .stores import SEED, filled

CONNECTIONS = 100
PORT = 8767
URL = f"http://127.0.0.1:{PORT}"
SERVICES = 3
BREAKERS: Mapping[str, BreakerSettings | None] = {
    "no services": None,
    "as by default": BreakerSettings(),
    "never open": BreakerSettings(minimum_calls=10**9),
}
"""The first is the yardstick; the last lets every call through, and is the worst case."""
CROWDS: Mapping[str, float | None] = {"50 a second": 50.0, "as fast as they can": None}
"""How fast the many ask, in questions a second; or each again once it is answered."""
_QUESTIONS = 4_000


async def measure(folder: Path, count: int, turns: int, seconds: float) -> None:
    """Print what they see for each kind of server and of crowd."""
    asked = [query.raw for query in synthetic.queries(_QUESTIONS, contacts=count, seed=SEED)]
    waiting = [_body(raw) for raw in asked if raw.get("phone")]
    others = [_body(raw | {"phone": None}) for raw in asked if raw.get("email")]
    rows: list[list[object]] = []
    async with _silence() as port:
        for name, breaker in BREAKERS.items():
            model = _model(port, breaker)
            store, path, _ = await filled(folder, model, count)
            await store.close()
            with _server(model, path):
                for crowd, rate in CROWDS.items():
                    seen = await _turns(waiting, others, turns, seconds, rate)
                    rows.append([name, crowd, *seen])
    most = CONNECTIONS / Service(name="any", kind="custom").timeout
    title = f"{SERVICES} services that hang: {most:.0f} answers/s wait for them at most"
    heading = ["breakers", f"{CONNECTIONS} ask", "answers/s", "p50 ms", "p99 ms", "failed"]
    heading += ["another's p50 ms", "alone", "p99 ms", "alone"]
    show(f"{title} ({count:,} contacts, SQLite, one worker)", heading, rows)


async def _turns(
    waiting: Sequence[bytes],
    others: Sequence[bytes],
    turns: int,
    seconds: float,
    rate: float | None,
) -> list[float]:
    """The medians over the turns: what the crowd sees, then what another one sees."""
    one = Plan(url=URL, connections=1, duration=seconds, warm_up=1.0)
    many = replace(one, connections=CONNECTIONS, rate=rate)
    seen: list[list[float]] = []
    for _ in range(turns):
        alone = await run(one, others)
        crowd, beside = await asyncio.gather(run(many, waiting), run(one, others))
        times = [each.quantile(at) for at in (50, 99) for each in (beside, alone)]
        seen.append([crowd.rate, crowd.quantile(50), crowd.quantile(99), crowd.failed, *times])
    return [median(column) for column in zip(*seen, strict=True)]


def _model(port: int, breaker: BreakerSettings | None) -> Model:
    """Contacts, about whose phones three services are asked."""
    if breaker is None:
        return preset("contacts")
    services = [
        Service(
            name=f"register {number}",
            kind="lookup",
            request=Request(url=f"http://127.0.0.1:{port}/{number}/{{phone}}"),
            gives={"company": "/company"},
            breaker=breaker,
        )
        for number in range(SERVICES)
    ]
    return replace(preset("contacts"), services=services)


def _body(raw: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({name: value for name, value in raw.items() if value is not None})


@asynccontextmanager
async def _silence() -> AsyncIterator[int]:
    """Listen on a port, take what is said, and say nothing until the other side hangs up."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(asyncio.Protocol, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def _server(model: Model, path: str) -> Iterator[None]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.toml"
        file.write_text(model.to_toml(), "utf-8")
        arguments = [
            "serve",
            "--db",
            f"sqlite:///{path}",
            "--model",
            str(file),
            "--port",
            str(PORT),
        ]
        command = [sys.executable, "-m", "have_we_met", *arguments, "--log-level", "error"]
        with started(command, PORT):
            yield
