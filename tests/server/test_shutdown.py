"""A server that is told to stop first finishes what is under way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from have_we_met import Resolver, create_store, open_store, preset
from have_we_met.server import Settings

from .apps import CONTACTS, free_port, wait_for

MODEL = preset("contacts")
NIA = {"email": "nia@example.com", "firstName": "Nia"}


@contextmanager
def served(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own; nothing is left of it afterwards."""
    code = f"from have_we_met.server import *; serve(Settings.from_json({settings.to_json()!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        start_new_session=True,  # so that its workers can be ended with it
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def listens(port: int) -> bool:
    """Whether anybody takes connections there."""
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def begin(port: int, body: bytes) -> socket.socket:
    """Begin a sign-up whose body is still to come; the server is at it when this comes back."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(
        f"POST {CONTACTS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert line.recv(1024).startswith(b"HTTP/1.1 100")
    return line


async def count(url: str) -> int:
    """How many people are stored."""
    resolver = Resolver(await open_store(url, MODEL))
    stored = await resolver.store.count()
    await resolver.close()
    return stored


async def create(url: str) -> None:
    """Make an empty store."""
    await (await create_store(url, MODEL)).close()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_under_way_is_finished(tmp_path: Path, workers: int) -> None:
    """A sign-up that had begun is answered and written; then the server is gone."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    asyncio.run(create(url))
    settings = Settings(url=url, port=free_port(), workers=workers)
    body = json.dumps(NIA).encode()
    with served(settings) as process:
        wait_for(lambda: listens(settings.port) or process.poll() is not None, seconds=60)
        with begin(settings.port, body) as line:
            process.send_signal(signal.SIGTERM)
            if workers == 1:  # several share a socket, which their parent closes at the very end
                wait_for(lambda: not listens(settings.port))
            line.sendall(body)
            answer = line.recv(65536)
        ended = process.wait(timeout=30)

    assert answer.startswith(b"HTTP/1.1 201")
    assert ended in (0, -signal.SIGTERM)
    assert asyncio.run(count(url)) == 1
