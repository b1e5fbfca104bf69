"""A real HTTP service on a loopback port, which can be slow, broken, endless and more.

The first part of a path says how it behaves: ``/slow/...``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PERSON = {
    "company": {"name": "Analytical Engines"},
    "phones": [{"number": "+1 212 555 0142"}],
    "name": {"given": "Ada", "family": "Lovelace"},
}


@dataclass
class RealService:
    """What it was asked, and how many connections are open."""

    port: int = 0
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    tries: int = 0
    readers: dict[asyncio.StreamWriter, asyncio.StreamReader] = field(default_factory=dict)
    person: object = field(default_factory=lambda: PERSON)
    mood: str = ""
    """How it behaves whatever the path says, if that is not empty."""

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self.readers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.readers[writer] = reader
        try:
            while head := await _head(reader):
                first, *lines = head.split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines if line)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                _, path, _ = first.split(" ")
                self.asked.append((path, headers, body))
                await getattr(self, self.mood or path.split("/")[1])(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            del self.readers[writer]
            writer.close()

    async def ok(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", json.dumps(self.person).encode())

    async def flaky(self, writer: asyncio.StreamWriter) -> None:
        self.tries += 1
        await (self.ok if self.tries % 2 == 0 else self.broken)(writer)

    async def unknown(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "404 Not Found", b"{}")

    async def empty(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "204 No Content", b"")

    async def nothing(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", b'{"company": null}')

    async def broken(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "500 Internal Server Error", b'{"error": "boom"}')

    async def busy(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "429 Too Many Requests", b"")

    async def locked(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "401 Unauthorized", b"{}")

    async def refuses(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "422 Unprocessable Entity", b"")

    async def leads(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "302 Found", b"", f"location: {self.url}/ok/elsewhere\r\n")

    async def garbage(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", b"<html>\xff\x00")

    async def deep(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", b"[" * 50_000)

    async def zipped(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", b"\x1f\x8b" + bytes(100), "content-encoding: gzip\r\n")

    async def huge(self, writer: asyncio.StreamWriter) -> None:
        await _send(writer, "200 OK", b'"' + b"x" * 10_000_000 + b'"')

    async def slow(self, writer: asyncio.StreamWriter) -> None:
        """Say nothing until the other side hangs up."""
        await self.readers[writer].read()

    async def endless(self, writer: asyncio.StreamWriter) -> None:
        """Send one byte every now and then, for ever."""
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\n \r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def drops(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        await writer.drain()
        raise ConnectionError

    async def mumbles(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n\r\n")
        await writer.drain()
        raise ConnectionError


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("utf-8")
    except asyncio.IncompleteReadError:
        return ""


async def _send(writer: asyncio.StreamWriter, status: str, body: bytes, headers: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


@asynccontextmanager
async def real_service() -> AsyncIterator[RealService]:
    """Serve on a free loopback port, in this event loop."""
    service = RealService()
    server = await asyncio.start_server(service.answer, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for writer in [*service.readers]:
            writer.close()
        await until(lambda: service.open == 0)


async def until(come_true: object, seconds: float = 10.0) -> None:
    """Wait until something comes true."""
    async with asyncio.timeout(seconds):
        while not come_true():  # type: ignore[operator]
            await asyncio.sleep(0.005)
