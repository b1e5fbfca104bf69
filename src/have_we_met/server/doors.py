"""The middleware, pure ASGI: who may come in, and how a mistake goes out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from traceback import extract_tb

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .asgi import PRIVATE, ClientGone, send_answer
from .problems import UnknownHost, kind_of, render
from .settings import is_loopback

log = logging.getLogger("have_we_met.server")


class OwnNames:
    """Answers only requests for a name of this machine.

    A page on the web can point a name of its own at 127.0.0.1 and then read our answers as its
    own origin (DNS rebinding). Its requests carry that name. Where every request must bring a key
    such a page has nothing to bring, so there any name will do.
    """

    def __init__(
        self, app: ASGIApp, hosts: tuple[str, ...] = (), *, any_name: bool = False
    ) -> None:
        self.app = app
        self._any_name = any_name
        self._hosts = frozenset(host.lower() for host in hosts)
        self._is_ours = lru_cache(256)(self._look)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            if not self._is_ours(host):
                raise UnknownHost("Name the server as localhost, or add the name to its hosts.")
        await self.app(scope, receive, send)

    def _look(self, host: bytes) -> bool:
        name = host_name(host)
        return self._any_name or is_loopback(name) or name.lower() in self._hosts


def host_name(host: bytes) -> str:
    """Take the port off a Host header.

    >>> host_name(b"localhost:8000"), host_name(b"[::1]:8000"), host_name(b"127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    text = host.decode("latin-1")
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


_FORWARDED = (b"forwarded", b"x-forwarded-for", b"via")


def is_from_here(scope: Scope) -> bool:
    """Tell whether a request comes from this machine itself.

    Whatever comes through a proxy on this machine seems to come from it.
    """
    headers, client = dict(scope["headers"]), scope.get("client")
    own_name = is_loopback(host_name(headers.get(b"host", b"")))
    peer = is_loopback(client[0]) if client else False
    return own_name and peer and not any(name in headers for name in _FORWARDED)


class Shortcut:
    """Takes what is posted to a path straight to its route.

    Measured in process: the way through the framework's router and its layers would take 15 of
    50 microseconds that a request takes besides its lookup.
    """

    def __init__(self, app: ASGIApp, routes: Mapping[str, ASGIApp]) -> None:
        self.app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, by the short way if there is one."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        app = self._routes.get(scope["path"], self.app) if is_post else self.app
        await app(scope, receive, send)


class Mistakes:
    """Turns every error into its HTTP answer, and logs ours without anybody's data.

    ``refused`` is told each answer's status.
    """

    def __init__(
        self, app: ASGIApp, aliases: Mapping[str, str], refused: Callable[[int], None]
    ) -> None:
        self.app = app
        self._aliases = aliases
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and catch what it raises."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  # this is where all of them end
            log_mistake(error)
            problem = render(error, self._aliases)
            self._refused(problem.status)
            if not begun:
                await send_answer(send, problem.status, problem.body, (*problem.headers, *PRIVATE))


def log_mistake(error: Exception) -> None:
    """Log an error of ours by its class and its place; its message may quote somebody."""
    if kind_of(error).status >= 500:
        place = extract_tb(error.__traceback__)[-1:]
        where = f"{place[0].filename}:{place[0].lineno}" if place else "an unknown place"
        log.error("%s at %s", type(error).__name__, where)
