"""The app on a real server, a real loopback port and real clients."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from have_we_met import StoreError
from have_we_met.server import Settings, run, serve

from .apps import CONTACTS, LOOKUP, free_port, listening, make_app, wait_for
from .processes import answers, make_store


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server."""
    with listening(make_app()) as url:
        yield url


def send_raw(address: str, *parts: bytes) -> bytes:
    """Write bytes to a server, hang on to the line, and read what it says until it hangs up."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        for part in parts:
            line.sendall(part)
        answer = b""
        while part := line.recv(65536):
            answer += part
        return answer


POST = (
    b"POST /api/contacts/lookup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
)


def test_a_question(address: str) -> None:
    """A question over a socket is answered."""
    response = httpx.post(address + LOOKUP, json={"email": "john@example.com"})

    assert response.status_code == 200
    assert response.json()["contact"]["firstName"] == "John"


def test_ten_megabytes(address: str) -> None:
    """A body of ten megabytes is refused at once, and the client gets to read why."""
    started = time.monotonic()
    response = httpx.post(
        address + LOOKUP,
        content=b'{"email":"' + b"x" * 10_000_000 + b'"}',
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 413
    assert time.monotonic() - started < 5


def test_megabytes_in_parts(address: str) -> None:
    """A body that does not say how long it is is read no further than the limit."""
    response = httpx.post(
        address + LOOKUP,
        content=(b" " * 10_000 for _ in range(300)),
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 413


def test_the_connection_is_of_use_after_a_refusal(address: str) -> None:
    """A client that was refused asks again over the same connection."""
    headers = {"Content-Type": "application/json"}
    with httpx.Client(base_url=address, headers=headers) as client:
        refused = client.post(LOOKUP, content=b" " * 100_000)
        answered = client.post(LOOKUP, content=b"{}")

    assert (refused.status_code, answered.status_code) == (413, 200)


def test_a_body_that_never_comes() -> None:
    """Who promises a body and does not send it is told so and hung up on."""
    with listening(make_app(body_deadline=0.1)) as address:
        answer = send_raw(address, POST, b"Content-Length: 30\r\n\r\n", b'{"email":')

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer.lower()


def test_a_body_without_a_length(address: str) -> None:
    """A request that says nothing of a body has an empty one."""
    answer = send_raw(address, POST, b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400")


def test_a_chunked_body(address: str) -> None:
    """A body in chunks is read."""
    body = b'2\r\n{"\r\n7\r\nemail":\r\n3\r\n""}\r\n0\r\n\r\n'
    answer = send_raw(
        address, POST, b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", body
    )

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"Email or phone required" in answer


def test_others_do_not_wait_for_a_slow_body(address: str) -> None:
    """While one client dawdles, others are answered."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(POST + b"Content-Length: 30\r\n\r\n{")
        started = time.monotonic()
        httpx.post(address + LOOKUP, json={"email": "john@example.com"})

    assert time.monotonic() - started < 5


async def test_many_at_once_make_one(address: str) -> None:
    """Fifty sign-ups of one new person at the same moment make one contact."""
    body = {"email": "tomoe@example.jp", "firstName": "Tomoe", "lastName": "Gozen"}
    async with httpx.AsyncClient(base_url=address) as client:
        posts = [client.post(CONTACTS, json=body) for _ in range(50)]
        answers = [response.json() for response in await asyncio.gather(*posts)]

    assert sum(answer["created"] for answer in answers) == 1
    assert len({answer["contact"]["id"] for answer in answers}) == 1


# --- serve() --------------------------------------------------------------------------------------


def test_serve(tmp_path: Path) -> None:
    """A server of two processes starts, answers, stops when told, and logs nobody's data."""
    url = asyncio.run(make_store(tmp_path / "contacts.db"))
    settings = Settings(url=url, port=free_port(), workers=2)
    code = f"from have_we_met.server import *; serve(Settings.from_json({settings.to_json()!r}))"
    address = f"http://127.0.0.1:{settings.port}"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: answers(address) or process.poll() is not None, seconds=60)
        made = httpx.post(address + CONTACTS, json={"email": "nia@example.com", "firstName": "Nia"})
        found = [httpx.post(address + LOOKUP, json={"email": "nia@example.com"}) for _ in range(5)]
    finally:
        process.send_signal(signal.SIGTERM)
        output = "".join(process.communicate(timeout=30))

    assert made.status_code == 201
    assert {response.json()["contact"]["id"] for response in found} == {
        made.json()["contact"]["id"]
    }
    assert process.returncode in (0, -signal.SIGTERM)
    assert "nia" not in output
    assert "Traceback" not in output


def test_a_store_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the store is raised before anything is served."""
    monkeypatch.setattr(uvicorn, "run", lambda *args, **options: pytest.fail("it was served"))

    with pytest.raises(StoreError, match="there is no file"):
        serve(Settings(url=f"sqlite:///{tmp_path}/none.db"))


def test_what_the_server_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server logs no visits and listens where the settings say; workers find their settings."""
    told: dict[str, object] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: told.update(options, app=app))
    monkeypatch.setenv("HAVE_WE_MET_SERVER", "")
    url = asyncio.run(make_store(tmp_path / "contacts.db"))
    serve(Settings(url=url, host="::1", port=9001, workers=3))

    assert told["access_log"] is False
    assert told["timeout_worker_healthcheck"] == run.HEALTH_SECONDS
    assert (told["host"], told["port"], told["workers"]) == ("::1", 9001, 3)
    assert (told["app"], told["factory"]) == (run.FACTORY, True)
    assert json.loads(os.environ["HAVE_WE_MET_SERVER"])["port"] == 9001
