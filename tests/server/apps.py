"""An app over a small store of invented people, in process and on a loopback port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import httpx
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from have_we_met import Model, Resolver, create_store
from have_we_met.server import Settings, create_app
from have_we_met.store import StoreOptions

PEOPLE = (
    {
        "id": "john",
        "email": "john@example.com",
        "phone": "+1 212 555 0142",
        "first_name": "John",
        "last_name": "Smith",
        "company": "Analytical Engines Ltd",
    },
    {"id": "jane", "email": "jane@example.com", "first_name": "Jane", "last_name": "Doe"},
    {"id": "wei", "email": "wei.zhang@example.cn", "first_name": "伟", "last_name": "张"},
    {"id": "ama", "phone": "+233 30 255 0101", "first_name": "Ama", "last_name": "Mensah"},
)

LOOKUP = "/api/contacts/lookup"
CONTACTS = "/api/contacts"


async def stored_people(settings: Settings, model: Model) -> Resolver:
    """A resolver over a store in memory that holds the people above."""
    options = StoreOptions(secret=settings.marks_secret)
    store = await create_store(settings.url, model, table=settings.table, options=options)
    for person in PEOPLE:
        await store.load([person])
    return Resolver(store, deadline=settings.deadline, suggestions=settings.suggestions)


RIGHTS = {"erasure": True, "export": True, "marks_secret": "a secret of these tests that lasts"}
"""Settings under which people may be erased, and all that is known of them be read."""


def make_app(**settings: object) -> FastAPI:
    """An app of its own."""
    return create_app(Settings(url="sqlite://", **settings), opener=stored_people)


class Client:
    """A client that waits, for an app that runs in an event loop of its own."""

    def __init__(self, portal: BlockingPortal, http: httpx.AsyncClient, app: FastAPI) -> None:
        self._portal = portal
        self._http = http
        self.app = app
        self.desk = app.state.desk

    def request(self, method: str, path: str, **more: object) -> httpx.Response:
        """Send any request."""
        return self._portal.call(partial(self._http.request, method, path, **more))

    def get(self, path: str, **more: object) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, contact: object = None, **more: object) -> httpx.Response:
        """Send a contact, or with ``content`` any bytes as JSON."""
        if "content" in more:
            headers = {"content-type": "application/json", **more.pop("headers", {})}
            return self.request("POST", path, headers=headers, **more)
        return self.request("POST", path, json=contact, **more)

    def run(self, function: Callable[..., object], *args: object) -> object:
        """Run a coroutine function where the app runs."""
        return self._portal.call(function, *args)


@asynccontextmanager
async def _open(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http,
    ):
        yield http


@contextmanager
def running(app: FastAPI) -> Iterator[Client]:
    """A client of an app that runs in process."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_open(app)) as http:
        yield Client(portal, http, app)


@contextmanager
def listening(app: FastAPI, port: int = 0, **options: object) -> Iterator[str]:
    """Serve an app on a loopback port, a free one unless it is given; gives its address."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        config = uvicorn.Config(app, log_level="warning", access_log=False, **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            wait_for(lambda: server.started or not thread.is_alive())
            assert server.started, "the app did not start"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(come_true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something comes true."""
    until = time.monotonic() + seconds
    while not come_true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)
