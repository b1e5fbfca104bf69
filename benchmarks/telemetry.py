"""What metrics and logs cost: the same requests to apps that differ in nothing else, by turns.

In process and by processor time, in turns of a few milliseconds, so that what else the machine does
falls on all alike. A request here has no socket; over one it takes longer, and the share is less.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import process_time

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Scope

from have_we_met import preset
from have_we_met.load import synthetic_questions
from have_we_met.server import Settings, create_app

from .figures import show
from .stores import SEED, filled

TURN = 40
"""Requests until it is the next one's turn: those of some 20 ms, which are told of together."""
NOTHING, AGAIN = "nothing", "nothing, once more"
"""The second says how far two apps stray that do not differ at all; traces are off in every one."""
KINDS: Mapping[str, Mapping[str, object]] = {
    NOTHING: {"metrics": False, "log_level": "warning"},
    AGAIN: {"metrics": False, "log_level": "warning"},
    "metrics": {"log_level": "warning"},
    "log": {"metrics": False, "log_format": "json"},
    "metrics and log": {"log_format": "json"},
}
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


async def compare(folder: Path, count: int, requests: int) -> None:
    """Print what each kind costs beside nothing, with metrics of one process and of several."""
    store, path, _ = await filled(folder, preset("contacts"), count)
    await store.close()
    for shared in (False, True):
        _in_a_process(path, count, requests, shared=shared)


def _in_a_process(path: str, count: int, requests: int, *, shared: bool) -> None:
    """Whether metrics are shared by processes is settled when their library is imported."""
    with TemporaryDirectory() as folder:
        environment = {**os.environ, **({FOLDER: folder} if shared else {})}
        command = [sys.executable, "-m", __name__, path, str(count), str(requests)]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)


async def _measure(path: str, count: int, requests: int) -> None:
    bodies = list(synthetic_questions(requests, contacts=count, seed=SEED))
    turns = [bodies[at : at + TURN] for at in range(0, len(bodies), TURN)]
    spent: dict[str, list[float]] = {kind: [] for kind in KINDS}
    async with AsyncExitStack() as open_apps:
        apps = {}
        for kind, settings in KINDS.items():
            apps[kind] = app = create_app(Settings(url=f"sqlite:///{path}", **settings))  # type: ignore[arg-type]
            await open_apps.enter_async_context(app.router.lifespan_context(app))
        order = list(KINDS)
        for turn in turns:
            order.append(order.pop(0))  # nobody is always first
            for app in apps.values():
                await _asked(app, turn)  # each one's caches have seen what they will be asked
            for kind in order:
                spent[kind].append(await _asked(apps[kind], turn))
    _show(count, spent)


async def _asked(app: FastAPI, bodies: Sequence[bytes]) -> float:
    """Microseconds of processor time a request, with what is told of it a moment later."""
    before = process_time()
    for body in bodies:
        await _ask(app, body)
    app.state.desk.telemetry.tell()  # nothing here waits, so no timer would
    return (process_time() - before) / len(bodies) * 1e6


async def _ask(app: ASGIApp, body: bytes) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        pass

    await app(_SCOPE, receive, send)


_SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/api/contacts/lookup",
    "query_string": b"",
    "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
}


def _show(count: int, spent: Mapping[str, Sequence[float]]) -> None:
    heading = ["what is on", "us a request", "us more", "+-", "share"]
    rows: list[list[object]] = []
    least = median(spent[NOTHING])
    for kind, mine in spent.items():
        more = [one - other for one, other in zip(mine, spent[NOTHING], strict=True)]
        share = f"{median(more) / least:.1%}"
        rows.append([kind, median(mine), median(more), _error(more), share])
    processes = "several processes" if FOLDER in os.environ else "one process"
    show(f"Metrics and logs, {count:,} contacts, SQLite, {processes}", heading, rows)


def _error(values: Sequence[float]) -> float:
    """The standard error of a median, by the quartiles, as of a normal distribution's."""
    first, _, third = quantiles(values, n=4)
    return float(1.2533 * (third - first) / 1.349 / len(values) ** 0.5)


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
