"""The proxy does what it says, to connections that are open and to new ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from time import monotonic

import pytest

from ..services.real_service import until
from .proxy import Mode, Proxy, Streams, proxy

Connect = Callable[[], Awaitable[Streams]]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that says everything again."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await reader.read(100):
                writer.write(said)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        server.close()
        await asyncio.sleep(0.05)  # for those who answer to hear that all have left


@pytest.fixture
async def front(echo: int) -> AsyncIterator[Proxy]:
    with proxy(echo) as front:
        yield front


@pytest.fixture
async def connect(front: Proxy) -> AsyncIterator[Connect]:
    """Open connections, all of which are closed at the end."""
    async with AsyncExitStack() as stack:

        async def connect() -> Streams:
            streams = await asyncio.open_connection("127.0.0.1", front.port)
            stack.callback(streams[1].close)
            return streams

        yield connect


async def said(streams: Streams, seconds: float = 5.0) -> bytes | None:
    """What comes back; nothing where nothing does in time."""
    streams[1].write(b"hello")
    try:
        async with asyncio.timeout(seconds):
            return await streams[0].read(100)
    except TimeoutError:
        return None


async def test_delay(front: Proxy, connect: Connect) -> None:
    streams = await connect()
    front.turn(Mode.DELAY, 0.05)
    began = monotonic()
    assert await said(streams) == b"hello"
    assert monotonic() - began >= 0.1, "there and back"


async def test_hang(front: Proxy, connect: Connect) -> None:
    """Nothing arrives until it is over; whoever leaves meanwhile is let go."""
    old = await connect()
    front.turn(Mode.HANG)
    new = await connect()
    assert [await said(one, 0.05) for one in (old, new)] == [None, None]
    new[1].close()
    await until(lambda: front.open == 1)
    front.turn(Mode.PASS)
    assert await old[0].read(100) == b"hello"


async def test_drop(front: Proxy, connect: Connect) -> None:
    streams = await connect()
    front.turn(Mode.DROP)
    assert await said(streams) == b"hel"
    front.turn(Mode.PASS)
    assert await said(streams, 0.05) is None, "its connection is silent for ever"
    assert await said(await connect()) == b"hello"


@pytest.mark.parametrize("mode", [Mode.RESET, Mode.REFUSE])
async def test_reset(front: Proxy, connect: Connect, mode: Mode) -> None:
    streams = await connect()
    assert await said(streams) == b"hello"
    front.turn(mode)
    with pytest.raises(ConnectionResetError):
        await said(streams)
    with pytest.raises(ConnectionError):
        await said(await connect())
    front.turn(Mode.PASS)
    assert await said(await connect()) == b"hello"


async def test_words(front: Proxy, connect: Connect) -> None:
    """A mode may be for those alone who say something."""
    one, other = await connect(), await connect()
    front.turn(Mode.HANG, words=b"COMMIT")
    one[1].write(b"COMMIT")
    assert [await said(one, 0.05), await said(other)] == [None, b"hello"]
