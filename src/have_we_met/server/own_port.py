"""The metrics on a port of their own: one that a firewall opens to Prometheus alone.

Each process of a server listens on it, and whichever is asked tells of all.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.routing import Router
from starlette.types import ASGIApp

from ..errors import Problem
from .desk import Desk
from .doors import Mistakes, OwnNames
from .routes.metrics import metrics_route
from .settings import Settings, SettingsError, is_loopback

GRACE_SECONDS = 2
"""How long a reading that is under way may take when the server is told to stop."""


class _Inner(uvicorn.Server):
    """A server within another, which hears the signals for both."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def check_port(settings: Settings) -> None:
    """Raise :class:`SettingsError` where the metrics' own port cannot be listened on."""
    if settings.metrics_port is not None:
        _listener(settings, shared=False).close()


@asynccontextmanager
async def metrics_port(desk: Desk, mistakes: Callable[[ASGIApp], Mistakes]) -> AsyncIterator[None]:
    """Serve the metrics on the port that the settings name, if any, until the block ends.

    Raises :class:`SettingsError` where it cannot be listened on.
    """
    settings = desk.settings
    if settings.metrics_port is None:
        yield
        return
    is_local = is_loopback(settings.metrics_host)
    names = OwnNames(Router([metrics_route(desk)]), settings.hosts, any_name=not is_local)
    config = uvicorn.Config(
        mistakes(names),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Inner(config)
    listener = _listener(settings, shared=settings.workers > 1)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _listener(settings: Settings, *, shared: bool) -> socket.socket:
    """Bind the port; ``shared`` lets the other processes of this server bind it as well."""
    host, port = settings.metrics_host, settings.metrics_port
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        listener.listen()  # whoever comes before the server has begun waits a moment
    except OSError as exc:
        listener.close()
        said = f"{port} on {host} cannot be listened on: {exc.strerror}"
        raise SettingsError([Problem("metrics_port", said)]) from exc
    return listener
