"""Look-ups over HTTP: a request made of a record, and an answer that is JSON, within limits."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import ServiceUnavailable, require
from ..model import Request
from ..model.template import filled, placeholders
from ..onward import ONWARD
from .client import OutOfOrder, RequestRefused
from .reply import Asked, Reply

if TYPE_CHECKING:
    import httpx

_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "user-agent": "have-we-met",
}
_LATER_PERHAPS = frozenset({408, 425, 429})
"""Statuses below 500 that may be others a moment later."""
_LOCKED = frozenset({401, 403})
"""Statuses that say nothing of the question, but of the secret or of who asks."""
NOT_FOUND = Reply(found=False)


class HttpAsk:
    """Asks one service over HTTP. ``secrets`` are the values behind the request's placeholders.

    No more requests are under way at a time than the request has ``connections``; others wait their
    turn here. A pool that has to queue looks at every connection for every request that waits, at
    every turn: of 100 lookups with three hanging services it made the event loop stand still for
    nine seconds.
    """

    def __init__(self, request: Request, secrets: Mapping[str, str]) -> None:
        self._request = request
        self._secrets = secrets
        self._transport = _open_transport(request.connections)
        self._turns = asyncio.Semaphore(request.connections)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._transport.aclose()

    async def __call__(self, asked: Asked) -> Reply:
        """Ask about a record."""
        request = self._request
        told = {**asked.texts(), **self._secrets}
        url = filled(request.url, _in_url(told))
        headers = {name: filled(str(text), told) for name, text in request.headers.items()}
        body = None if request.body is None else json.dumps(_body(request.body, told)).encode()
        status, content = await self._send(request.method, url, headers, body)
        if status in request.not_found or status == 204:
            return NOT_FOUND
        if not 200 <= status < 300:
            raise _meaning(status)(f"answered with status {status}")
        return _reply(content)

    async def check(self) -> None:
        """Ask whether the service is there; nothing is said of anybody.

        Raises :class:`ServiceUnavailable` where it is not.
        """
        request = self._request
        headers = {
            name: filled(str(text), self._secrets)
            for name, text in request.headers.items()
            if set(placeholders(str(text))) <= set(self._secrets)
        }
        status, _ = await self._send("GET", str(request.health), headers, None)
        if not 200 <= status < 300:
            raise ServiceUnavailable(f"answered with status {status}")

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        """Send a request and read the whole answer; errors say nothing of either."""
        httpx = require("httpx", extra="services")
        kind = {} if body is None else {"content-type": "application/json"}
        own = {name.lower(): text for name, text in headers.items()}
        sent = {**_HEADERS, **ONWARD.get(), **kind, **own}
        try:
            request = httpx.Request(method, url, headers=_encoded(sent), content=body)
            async with self._turns:
                response = await self._transport.handle_async_request(request)
                try:
                    return response.status_code, await self._read(response)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceUnavailable(_SAID.get(type(error).__name__, _BROKEN)) from None

    async def _read(self, response: Any) -> bytes:
        most = self._request.max_bytes
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > most:
                raise OutOfOrder(f"answered with more than {most} bytes")
        return bytes(content)


def _open_transport(connections: int) -> httpx.AsyncHTTPTransport:
    """Open what carries requests.

    A bare transport, not a client: a client logs the address of each request, which names people,
    and keeps cookies and follows redirects, which lead personal data elsewhere.
    """
    library = require("httpx", extra="services")
    for module in _LATER:
        with suppress(ImportError):
            import_module(module)
    limits = library.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport: httpx.AsyncHTTPTransport = library.AsyncHTTPTransport(verify=_tls(), limits=limits)
    return transport


_LATER = ("anyio._backends._asyncio", "httpcore._backends.anyio")
"""What the library loads with its first request, whose time that would take."""


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust: read once, since that takes longer than a request."""
    context: ssl.SSLContext = require("httpx", extra="services").create_ssl_context()
    return context


def _meaning(status: int) -> type[ServiceUnavailable]:
    """Say what a status is that is no answer: whether to ask again, and whom it speaks against."""
    if status >= 500 or status in _LATER_PERHAPS:
        return ServiceUnavailable
    return RequestRefused if status >= 400 and status not in _LOCKED else OutOfOrder


_BROKEN = "broke the connection off, or did not speak HTTP"
_SAID: Mapping[str, str] = {
    "ConnectError": "cannot be reached",
    "InvalidURL": "has no such address",
}


def _in_url(values: Mapping[str, str]) -> dict[str, str]:
    """Escape all that means something in a URL, and refuse what would be another path."""
    if any(value in (".", "..") for value in values.values()):
        raise RequestRefused("cannot be asked about such a value")
    return {name: quote(value, safe="") for name, value in values.items()}


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    if not all(value.isprintable() for value in headers.values()):
        raise RequestRefused("cannot be asked about such a value")
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _body(part: object, told: Mapping[str, str]) -> object:
    """Fill a body in; a text that is nothing but one blank placeholder becomes null."""
    if isinstance(part, str):
        return filled(part, told) or (None if placeholders(part) else part)
    if isinstance(part, Mapping):
        return {name: _body(inside, told) for name, inside in part.items()}
    if isinstance(part, tuple):
        return [_body(inside, told) for inside in part]
    return part


def _reply(content: bytes) -> Reply:
    try:
        document = json.loads(content) if content.strip() else None
    except (ValueError, RecursionError):
        raise OutOfOrder("answered with what is not JSON") from None
    return NOT_FOUND if document is None else Reply(values=document)
