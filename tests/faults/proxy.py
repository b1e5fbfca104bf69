"""A TCP proxy on a loopback port, which does to connections what networks and servers do."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET

from anyio.from_thread import start_blocking_portal

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_CHUNK = 65536
_MOMENT = 0.005
_BEGINNING = 3
"""How many bytes of an answer get through before it breaks off: no message is as short."""

_ALERT = bytes.fromhex("15 03 03 0002 02 28")
"""``handshake_failure``, RFC 8446."""


class Mode(StrEnum):
    """What becomes of what is said."""

    PASS = "pass"
    DELAY = "delay"
    """All of it arrives later."""
    HANG = "hang"
    """Connections are taken, and nothing arrives until this is over."""
    DROP = "drop"
    """Requests arrive; an answer breaks off, and its connection is silent for ever."""
    RESET = "reset"
    """In place of an answer comes a reset."""
    REFUSE = "refuse"
    """All connections are reset, and nobody listens."""
    GARBAGE = "garbage"
    """Answers are somebody else's: TLS alerts. Not bytes of chance, since asyncpg, which believes
    what a server says of lengths, may crash the process on those."""


@dataclass(eq=False)
class Link:
    """A client's connection, the one that goes on from here, and whether the mode is for it."""

    client: Streams
    is_meant: bool
    server: Streams | None = None
    is_silent: bool = False

    def reset(self) -> None:
        """Tear it down at once, so that both sides see a reset."""
        for _, writer in filter(None, (self.client, self.server)):
            with suppress(OSError):
                plug = writer.get_extra_info("socket")
                plug.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


@dataclass(eq=False)
class Network:
    """Passes on what is said, as the mode says; belongs to one event loop.

    ``seconds`` is how late everything is in :attr:`Mode.DELAY`. With ``words`` the mode is only for
    connections on which a request held them.
    """

    upstream: Callable[[], Awaitable[Streams]]
    port: int = 0
    mode: Mode = Mode.PASS
    seconds: float = 0.0
    words: bytes = b""
    links: set[Link] = field(default_factory=set)

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def turn(self, mode: Mode, seconds: float, words: bytes) -> None:
        was, self.mode, self.seconds, self.words = self.mode, mode, seconds, words
        for link in self.links:
            link.is_meant = not words
        if mode is Mode.REFUSE:
            self._server.close()
            self.cut()
        elif was is Mode.REFUSE:
            await self.listen()

    def cut(self) -> None:
        for link in [*self.links]:
            link.reset()

    async def close(self) -> None:
        self._server.close()
        self.cut()
        while self.links:
            await asyncio.sleep(0.005)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link((reader, writer), is_meant=not self.words)
        self.links.add(link)
        try:
            if self._is(Mode.RESET, link):
                link.reset()
                return
            link.server = await self.upstream()
            await _first(self._ask(link, *link.server), self._answer(link, *link.server))
        except OSError:
            link.reset()
        finally:
            self.links.discard(link)
            for _, writer in filter(None, (link.client, link.server)):
                writer.close()

    async def _ask(self, link: Link, _: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while chunk := await link.client[0].read(_CHUNK):
            link.is_meant = link.is_meant or self.words in chunk
            chunk += await self._held_back(link)
            await self._late(link)
            server.write(chunk)
            await server.drain()

    async def _answer(
        self, link: Link, server: asyncio.StreamReader, _: asyncio.StreamWriter
    ) -> None:
        while chunk := await server.read(_CHUNK):
            while self._is(Mode.HANG, link):
                await asyncio.sleep(_MOMENT)
            await self._late(link)
            if self._is(Mode.RESET, link):
                link.reset()
                return
            if link.is_silent:
                continue
            if self._is(Mode.DROP, link):
                chunk, link.is_silent = chunk[:_BEGINNING], True
            if self._is(Mode.GARBAGE, link):
                chunk = _ALERT
            link.client[1].write(chunk)
            await link.client[1].drain()

    def _is(self, mode: Mode, link: Link) -> bool:
        return self.mode is mode and link.is_meant

    async def _late(self, link: Link) -> None:
        if self._is(Mode.DELAY, link):
            await asyncio.sleep(self.seconds)

    async def _held_back(self, link: Link) -> bytes:
        """Hold a request back, with all that is said after it, until it may go or nobody waits."""
        held = b""
        while self._is(Mode.HANG, link):
            with suppress(TimeoutError):
                async with asyncio.timeout(_MOMENT):
                    more = await link.client[0].read(_CHUNK)
                if not more:
                    raise ConnectionAbortedError
                held += more
        return held


async def _first(*works: Awaitable[None]) -> None:
    """Do both until one has ended, as that one did."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Proxy:
    """The network for those who are in other threads, and in other event loops."""

    def __init__(self, network: Network, portal: object) -> None:
        self._network = network
        self._call = portal.call  # type: ignore[attr-defined]

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self._network.port

    @property
    def open(self) -> int:
        """How many connections of clients are open."""
        return len(self._network.links)

    def turn(self, mode: Mode, seconds: float = 0.0, *, words: bytes = b"") -> None:
        """Behave like this from now on."""
        self._call(self._network.turn, mode, seconds, words)

    def cut(self) -> None:
        """Reset every connection, as whoever is restarted does."""
        self._call(self._network.cut)


@contextmanager
def proxy(to: Path | int) -> Iterator[Proxy]:
    """Stand in front of a Unix socket or a loopback port, in a thread of its own."""

    async def upstream() -> Streams:
        if isinstance(to, int):
            return await asyncio.open_connection("127.0.0.1", to)
        return await asyncio.open_unix_connection(to)

    with start_blocking_portal() as portal:
        network = Network(upstream)
        portal.call(network.listen)
        try:
            yield Proxy(network, portal)
        finally:
            portal.call(network.close)
