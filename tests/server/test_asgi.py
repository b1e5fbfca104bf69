"""Reading bodies: not too much, not too long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Scope

from have_we_met.server.asgi import ClientGone, read_body
from have_we_met.server.problems import BodyTooLarge, BodyTooSlow, WrongMediaType


class Socket:
    """Gives one message after the other, and counts them; then nothing."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.read = 0

    async def receive(self) -> Message:
        """Give the next message, or wait for ever."""
        if not self.messages:
            await asyncio.Event().wait()
        self.read += 1
        return self.messages.pop(0)


def chunks(*parts: bytes) -> list[Message]:
    """A body in parts, without a length."""
    last = len(parts) - 1
    return [
        {"type": "http.request", "body": part, "more_body": place < last}
        for place, part in enumerate(parts)
    ]


def scope(*headers: tuple[bytes, bytes]) -> Scope:
    """A request with a body of JSON."""
    return {"type": "http", "headers": [(b"content-type", b"application/json"), *headers]}


async def read(socket: Socket, *headers: tuple[bytes, bytes], seconds: float = 5.0) -> bytes:
    """Read at most ten bytes."""
    return await read_body(scope(*headers), socket.receive, 10, seconds)


@pytest.mark.parametrize(
    "parts", [(b"0123456789",), (b"01234", b"", b"56789"), tuple(b"%d" % n for n in range(10))]
)
async def test_a_body_in_parts(parts: Iterable[bytes]) -> None:
    """A body is put together from however many parts, up to the limit."""
    assert await read(Socket(*chunks(*parts))) == b"0123456789"


async def test_no_body() -> None:
    """A message without a body is an empty one."""
    assert await read(Socket({"type": "http.request"})) == b""


async def test_a_length_over_the_limit() -> None:
    """A body that says it is too large is refused before any of it is read."""
    socket = Socket(*chunks(b"x" * 11))

    with pytest.raises(BodyTooLarge):
        await read(socket, (b"content-length", b"11"))
    assert socket.read == 0


@pytest.mark.parametrize("length", [b"9" * 5000, b"00000000000000000011"])
async def test_a_length_of_many_digits(length: bytes) -> None:
    """A length of thousands of digits is too large, not a mistake of ours."""
    with pytest.raises(BodyTooLarge):
        await read(Socket(*chunks(b"x")), (b"content-length", length))


@pytest.mark.parametrize("length", [b"10", b"-1", b"", b"many"])
async def test_a_length_within_the_limit_is_not_trusted(length: bytes) -> None:
    """Whatever the header says, the body itself is counted."""
    with pytest.raises(BodyTooLarge):
        await read(Socket(*chunks(b"x" * 11)), (b"content-length", length))


async def test_parts_over_the_limit() -> None:
    """A body without a length is read no further than the limit."""
    socket = Socket(*chunks(*[b"xxxx"] * 1000))

    with pytest.raises(BodyTooLarge):
        await read(socket)
    assert socket.read == 3


@pytest.mark.parametrize("parts", [(), (b"{",)])
async def test_a_body_that_does_not_come(parts: tuple[bytes, ...]) -> None:
    """Who sends too slowly is told so."""
    socket = Socket(*chunks(*parts, b"")[:-1])

    with pytest.raises(BodyTooSlow):
        await read(socket, seconds=0.05)


@pytest.mark.parametrize("parts", [(), (b"{",)])
async def test_a_client_that_hangs_up(parts: tuple[bytes, ...]) -> None:
    """Who hangs up is not answered."""
    socket = Socket(*chunks(*parts, b"")[:-1], {"type": "http.disconnect"})

    with pytest.raises(ClientGone):
        await read(socket)


async def test_compressed() -> None:
    """A compressed body is not unpacked: it could be of any size."""
    with pytest.raises(WrongMediaType):
        await read(Socket(*chunks(b"{}")), (b"content-encoding", b"gzip"))
