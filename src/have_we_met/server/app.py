"""Assembling the app: ``create_app`` puts the parts together, the lifespan owns the store."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..audit import Audit, Who
from ..cache import Cache, open_cache
from ..model import Model
from ..resolver import Resolver
from ..store import Store, StoreOptions, open_store
from ..store.guarded import GuardedStore
from .admission import Admission
from .beat import Beat
from .cache_work import cache_work
from .desk import Desk
from .doors import Mistakes, OwnNames, Shortcut
from .key_work import known_callers
from .late_work import late_work
from .openapi import describe
from .own_port import metrics_port
from .routes import contacts, decide, export, forget, lookup
from .routes.description import description_routes
from .routes.health import health_routes
from .routes.metrics import metrics_route
from .routes.page import page_routes
from .settings import NO_CACHE, Settings
from .tokens import with_secret
from .waiting import Opener, opened

GARBAGE = 50_000
"""How many new objects there may be before the collector looks for cycles.

With Python's 700 it takes 3 % of a server's time.
"""
FAIR_SHARE = 0.25
"""The share of a lookup's time that a store must have had for its being late to count."""

_FRAMEWORK: dict[str, Any] = {
    "docs_url": None,  # these two pages load their scripts from elsewhere
    "redoc_url": None,
    "openapi_url": None,  # ours tells what a policy changes
    "redirect_slashes": False,
    "telemetry": {"tracing": False, "metrics": False, "logs": False},
}


async def open_resolver(settings: Settings, model: Model) -> Resolver:
    """Open the store that the settings name, behind a breaker if they say so, and a resolver."""
    options = StoreOptions(
        connections=settings.connections,
        replica_url=settings.replica_url,
        slow=settings.slow,
        secret=settings.marks_secret,
    )
    store: Store = await open_store(settings.url, model, table=settings.table, options=options)
    if settings.traces:
        from ..telemetry.traces import open_tracer, traced_store

        store = traced_store(store, open_tracer())
    if settings.breaker is not None:
        store = GuardedStore(store, settings.breaker, fair=settings.deadline * FAIR_SHARE)
    return Resolver(
        store,
        deadline=settings.deadline,
        suggestions=settings.suggestions,
        remember=settings.remember,
        cache=await _open_cache(settings, store),
        audit=Audit(store, who=Who("server")) if settings.audit else None,
    )


async def _open_cache(settings: Settings, store: Store) -> Cache | None:
    """Open what the settings name; where that fails, nobody else will close the store."""
    if settings.cache == NO_CACHE:
        return None
    try:
        return await open_cache(
            store,
            settings.cache,
            ttl=settings.cache_ttl,
            size=settings.cache_size,
            stale_for=settings.cache_stale_for,
            secret=settings.secret,
        )
    except BaseException:
        await store.close()
        raise


def create_app(settings: Settings, *, opener: Opener = open_resolver) -> FastAPI:
    """Make the app; ``opener`` gives the resolver when the app starts, which closes it at the end.
    A database that cannot be reached yet is waited for, as the settings say.

    Raises :class:`ModelError` where the settings' model cannot work. What the opener raises stops
    the app from starting.
    """
    settings = with_secret(settings)
    desk = Desk(settings, settings.read_model())
    posts: dict[str, ASGIApp] = {
        lookup.PATH: lookup.LookupRoute(desk),
        contacts.PATH: contacts.ContactsRoute(desk),
        decide.PATH: decide.DecideRoute(desk),
    }
    if settings.erasure:
        posts[forget.PATH] = forget.ForgetRoute(desk)
    if settings.export:
        posts[export.PATH] = export.ExportRoute(desk)
    app = FastAPI(
        title="have we met?",
        summary="Real-time identity resolution at the point of entry.",
        version="1",
        lifespan=_lifespan(desk, opener),
        middleware=[
            *_traces(settings, posts),
            Middleware(_mistakes(desk)),
            _admission(desk),
            Middleware(
                OwnNames,
                hosts=settings.hosts,
                any_name=not settings.is_local and not settings.hosts,
            ),
            Middleware(Shortcut, routes=posts),
        ],
        exception_handlers={HTTPException: _pass_on},
        **_FRAMEWORK,
    )
    app.state.desk, app.state.posts = desk, posts
    app.router.routes += [_post(path, route) for path, route in posts.items()]
    app.include_router(health_routes(desk))
    if settings.metrics and settings.metrics_port is None:
        app.router.routes.append(metrics_route(desk))
    if settings.is_local:
        app.router.routes += page_routes(desk)
    app.openapi = document = describe(app, desk.model, settings)  # type: ignore[method-assign]  # FastAPI's own way
    app.include_router(description_routes(document))
    return app


def from_environment() -> FastAPI:
    """Make the app from the settings that the parent process left, as a worker does."""
    return create_app(Settings.from_environment())


def _post(path: str, endpoint: ASGIApp) -> Route:
    """A route without the framework between; its description is in :mod:`.openapi`."""
    return Route(path, endpoint, methods=["POST"], include_in_schema=False)


def _lifespan(desk: Desk, opener: Opener) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        resolver = await opened(opener, desk.settings, desk.model)
        desk.open = desk.telemetry.on(resolver)
        # What is there now stays: the collector need not walk it again at every turn. Nor need it
        # take many turns, since a lookup leaves no cycles behind.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        try:
            async with (
                desk.telemetry.running(resolver),
                late_work(desk.settings, resolver.store),
                cache_work(desk.settings, resolver.cache),
                known_callers(desk.callers, desk.settings, resolver.store),
                metrics_port(desk, _mistakes(desk)),
            ):
                yield
        finally:
            desk.open = None
            await resolver.close()

    return lifespan


def _mistakes(desk: Desk) -> Callable[[ASGIApp], Mistakes]:
    return partial(Mistakes, aliases=desk.writer.aliases, refused=desk.telemetry.refused)


def _admission(desk: Desk) -> Middleware:
    settings = desk.settings
    return Middleware(
        Admission,
        callers=desk.callers,
        addresses=desk.addresses,
        beat=Beat(settings.beat),
        keyless=settings.keyless_local,
        mistakes=_mistakes(desk),
    )


def _traces(settings: Settings, routes: Collection[str]) -> list[Middleware]:
    """The outermost of all, where traces are wanted."""
    if not settings.traces:
        return []
    from ..telemetry.traces import TracedApp, open_tracer

    return [Middleware(TracedApp, tracer=open_tracer(), routes=routes)]


async def _pass_on(request: Request, error: Exception) -> Response:
    """Let the framework's own refusals go the way of all mistakes."""
    raise error
