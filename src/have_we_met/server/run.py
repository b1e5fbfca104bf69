"""Running the server: one process or several, on this machine's own addresses."""

from __future__ import annotations

import asyncio
from logging.config import dictConfig
from typing import Any

import uvicorn

from ..telemetry.exposition import shared_folder
from ..telemetry.logs import log_config
from .app import create_app, open_resolver
from .key_work import check_keys
from .late_work import webhook_of
from .own_port import check_port
from .settings import Settings
from .tokens import with_secret
from .waiting import Opener, opened

FACTORY = "have_we_met.server.app:from_environment"
LOOP = "asyncio"
"""Python's own event loop. uvloop accepts one connection a turn, and a turn lasts as long as the
lookups that are waiting in it: of 100 connections opened at once the last wait more than a second
(p99 1.1 s against 73 ms), and a request costs the same."""
HEALTH_SECONDS = 60
"""How long a worker may be silent until it is ended and begun anew. It is silent while it imports
its code; with uvicorn's own 5 seconds a machine that is short of time would never come to serve."""
GRACE_SECONDS = 10
"""How long requests that are under way may take when the server is told to stop."""


def serve(settings: Settings, *, opener: Opener = open_resolver) -> None:
    """Serve until told to stop (SIGINT, SIGTERM).

    The store is opened once beforehand, so that what is wrong with it is raised here as an error
    in words, and a database that is not there yet is waited for. Several workers are
    processes of their own, each opening the store as :func:`open_resolver` does.
    """
    webhook_of(settings)  # says here what is wrong with it
    check_port(settings)
    dictConfig(_log_config(settings))
    settings = with_secret(settings)  # before the workers begin, so that all have the same
    asyncio.run(_try(settings, opener))
    if settings.workers == 1:
        _run(create_app(settings, opener=opener), settings)
    else:
        settings.to_environment()
        with shared_folder():
            _run(FACTORY, settings, factory=True, workers=settings.workers)


async def _try(settings: Settings, opener: Opener) -> None:
    resolver = await opened(opener, settings, settings.read_model())
    try:
        await check_keys(settings, resolver.store)
    finally:
        await resolver.close()


def _run(app: object, settings: Settings, **more: object) -> None:
    uvicorn.run(
        app,  # type: ignore[arg-type]  # an app, or where to find the function that makes one
        host=settings.host,
        port=settings.port,
        log_config=_log_config(settings),
        log_level=settings.log_level,
        access_log=False,  # it would name who asked when
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        loop=LOOP,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        **more,  # type: ignore[arg-type]
    )


def _log_config(settings: Settings) -> dict[str, Any]:
    return log_config(settings.log_format, settings.log_level, traces=settings.traces)
