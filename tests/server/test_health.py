"""Probes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from have_we_met import StoreError

from .apps import Client


def test_alive(client: Client) -> None:
    """A process that runs is alive, whatever its store does."""
    resolver, client.desk.open = client.desk.open, None
    response = client.get("/healthz")
    client.desk.open = resolver

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready(client: Client) -> None:
    """A server whose store answers is ready."""
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


class Broken:
    """A store that opens, and cannot answer."""

    @asynccontextmanager
    async def read(self, deadline: float) -> AsyncIterator[Broken]:
        """Open a unit."""
        yield self

    async def candidates(self, keys: object) -> object:
        """Fail."""
        raise StoreError("gone")


def test_not_ready(client: Client) -> None:
    """A server whose store does not answer a question is not ready."""
    resolver = client.desk.resolver
    resolver.store, working = Broken(), resolver.store
    response = client.get("/readyz")
    resolver.store = working

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"


def test_before_the_start(client: Client) -> None:
    """A server that has not opened its store is not ready."""
    resolver, client.desk.open = client.desk.open, None
    try:
        assert client.get("/readyz").status_code == 503
    finally:
        client.desk.open = resolver
