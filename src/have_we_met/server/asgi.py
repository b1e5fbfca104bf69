"""Reading a body and sending an answer on bare ASGI, for the routes that must be quick."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Message, Receive, Scope, Send

from .patience import in_time
from .problems import BodyTooLarge, BodyTooSlow, WrongMediaType

Headers = Iterable[tuple[bytes, bytes]]

PRIVATE = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Sent with every answer of the API: it speaks of people."""


class ClientGone(Exception):  # nobody's mistake
    """The client hung up before it had said what it wants."""


async def read_body(scope: Scope, receive: Receive, limit: int, seconds: float) -> bytes:
    """Read a JSON body of at most ``limit`` bytes, which has ``seconds`` to arrive.

    Raises :class:`WrongMediaType`, :class:`BodyTooLarge` before it reads any further,
    :class:`BodyTooSlow`, and :class:`ClientGone`.
    """
    _check_headers(scope["headers"], limit)
    try:
        return await in_time(_whole(receive, limit), seconds)
    except TimeoutError:
        raise BodyTooSlow(f"The body has {seconds:g} seconds to arrive.") from None


async def _whole(receive: Receive, limit: int) -> bytes:
    message = await receive()
    first = _chunk(message, limit)
    if not message.get("more_body"):
        return first
    body = bytearray(first)
    more = True
    while more:
        message = await receive()
        body += _chunk(message, limit - len(body))
        more = message.get("more_body", False)
    return bytes(body)


def _chunk(message: Message, room: int) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if len(body) > room:
        raise BodyTooLarge("This server reads no bodies of that size.")
    return body


def _check_headers(headers: Headers, limit: int) -> None:
    media_type = encoding = b""
    for name, value in headers:
        if name == b"content-type":
            media_type = value
        elif name == b"content-length":
            _check_length(value, limit)
        elif name == b"content-encoding":
            encoding = value
    if not _is_json(media_type):
        raise WrongMediaType("Send the body as Content-Type: application/json.")
    if encoding not in (b"", b"identity"):
        raise WrongMediaType("Send the body as it is, without Content-Encoding.")


def _check_length(value: bytes, limit: int) -> None:
    if value.isdigit() and (len(value) > 18 or int(value) > limit):
        raise BodyTooLarge(f"This server reads at most {limit} bytes.")


def _is_json(media_type: bytes) -> bool:
    """Tell whether a Content-Type says JSON.

    A page of another origin can only send one that does after asking us (CORS), and we say no.
    """
    if media_type == b"application/json":
        return True
    plain = media_type.partition(b";")[0].strip().lower()
    return plain == b"application/json" or (
        plain.startswith(b"application/") and plain.endswith(b"+json")
    )


async def send_answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send a whole answer."""
    length = (b"content-length", b"%d" % len(body))
    start = {"type": "http.response.start", "status": status, "headers": [length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
