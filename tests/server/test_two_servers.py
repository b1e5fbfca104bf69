"""Two servers over one database, in processes of their own: keys and limits hold in both."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from .. import servers
from ..cli.running import command, data, environment
from .apps import LOOKUP, free_port, wait_for

PERSON = {"email": "ada@example.org"}
SECONDS = 2.0
"""How long a revoked key may be good, as the documentation says."""
PATIENCE = 1.0
"""For a machine that is short of time, and the request itself."""


class Server:
    """One server, and a client that asks it."""

    def __init__(self, url: str, *options: str) -> None:
        port = free_port()
        self.process = subprocess.Popen(
            command("serve", "--db", url, "--port", port, "--beat", 0.001, *options),
            stderr=subprocess.PIPE,
            env=environment(HAVE_WE_MET_SECRET="one secret for both servers"),
        )
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        self.said = b""

    def is_up(self) -> bool:
        assert self.process.poll() is None, "it did not start"
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def asks(self, key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.post(LOOKUP, json=PERSON, headers=headers).status_code

    def stop(self) -> None:
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        self.said = self.process.communicate(timeout=30)[1]


@contextmanager
def two(url: str, *options: str) -> Iterator[list[Server]]:
    """Both, when they are up."""
    with ExitStack() as stack:
        both = [Server(url, *options) for _ in range(2)]
        for one in both:
            stack.callback(one.stop)
        for one in both:
            wait_for(one.is_up, seconds=60)
        yield both


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with an empty store."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/contacts.db"
    else:
        url = str(request.getfixturevalue("database"))
    data("init", "--db", url)
    return url


def refused_within(both: list[Server], key: str, since: float) -> float:
    """Wait until both refuse a key; gives how long that took."""
    for one in both:
        wait_for(lambda one=one: one.asks(key) in (401, 429), seconds=30)  # type: ignore[misc]
    return time.monotonic() - since


def test_revoked_in_both(url: str) -> None:
    """A key that is revoked or rotated by command is refused by both within two seconds.

    The one that is new is good by then, and what was not revoked goes on.
    """
    # Of a key with few requests a minute one would not know why it is refused.
    many = ("--policy", "desk", "--address-minute", 100_000, "--key-minute", 100_000)
    made, other = (data("key", "create", "--db", url, *many) for _ in range(2))
    with two(url) as both:
        assert [one.asks(made["key"]) for one in both] == [200, 200]
        rotated = data("key", "rotate", made["id"], "--db", url)
        assert refused_within(both, made["key"], time.monotonic()) < SECONDS + PATIENCE
        assert [one.asks(rotated["key"]) for one in both] == [200, 200]
        data("key", "revoke", made["id"], "--db", url)
        assert refused_within(both, rotated["key"], time.monotonic()) < SECONDS + PATIENCE
        assert [one.asks(other["key"]) for one in both] == [200, 200]


def test_limits_of_both(url: str, redis: servers.Redis) -> None:
    """They count together in Redis; without it each counts alone, answers, and says so."""
    limits = ("--address-minute", 1000, "--key-minute", 40, "--key-identities", 1000)
    key = data("key", "create", "--db", url, "--policy", "desk", *limits)["key"]
    with two(url, "--limits", redis.url) as both:
        _early_in_a_minute()
        asked = [both[n % 2].asks(key) for n in range(44)]
        # A question that Redis answers too late is counted by itself.
        assert 40 <= asked.count(200) < 44, "together"

        redis.stop()
        began = time.monotonic()
        alone = [both[n % 2].asks(key) for n in range(84)]
        assert set(alone) == {200, 429}, "none fails"
        assert 76 <= alone.count(200) <= 80, "each by itself"
        assert time.monotonic() - began < 20, "nobody waits for a Redis that is gone"
    said = [one.said.decode() for one in both]
    assert all("limits are counted by each process alone" in one for one in said)


def _early_in_a_minute() -> None:
    """Wait for the next minute where this one is nearly over: its counts end with it."""
    if (left := 60 - time.time() % 60) < 25:
        time.sleep(left)
