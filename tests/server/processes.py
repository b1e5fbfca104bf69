"""A server in a process of its own, as ``have-we-met serve`` runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from have_we_met import create_store, preset
from have_we_met.server import Settings

from .apps import wait_for


async def make_store(path: Path) -> str:
    """An empty store in a file."""
    url = f"sqlite:///{path}"
    store = await create_store(url, preset("contacts"))
    await store.close()
    return url


def answers(url: str) -> bool:
    """Whether a server is up."""
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def serving(settings: Settings, errors: Path, **variables: str) -> Iterator[str]:
    """``serve`` in a process of its own, with what it says in a file."""
    code = f"from have_we_met.server import *; serve(Settings.from_json({settings.to_json()!r}))"
    address = f"http://127.0.0.1:{settings.port}"
    with errors.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stderr=said, stdout=said, env={**os.environ, **variables}
        )
        try:
            wait_for(lambda: answers(address) or process.poll() is not None, seconds=240)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
