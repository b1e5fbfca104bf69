"""A load, against servers that do what is wanted of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from have_we_met.load import LoadError, Plan, run

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """A server that answers each request as it is told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                await answer(await reader.readexactly(length), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        listening.close()


async def ok(body: bytes, writer: asyncio.StreamWriter) -> None:
    """Answer at once."""
    writer.write(OK)


def plan(url: str, **more: object) -> Plan:
    """A short load."""
    settings = {"connections": 4, "duration": 0.5, "warm_up": 0.0, "patience": 5.0, **more}
    return Plan(url=url, **settings)  # type: ignore[arg-type]


async def test_every_body_is_asked_in_turn() -> None:
    """All of them, whole, and then again from the first."""
    bodies = [b'{"n": %d}' % n for n in range(7)]
    seen: list[bytes] = []

    async def note(body: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(body)
        writer.write(OK)

    async with server(note) as url:
        result = await run(plan(url, connections=1), bodies)

    assert seen[:14] == bodies + bodies
    assert result.answers == len(seen)
    assert (result.failed, result.repeated) == (0, len(seen) - 7)
    assert result.rate == result.answers / 0.5


async def test_a_server_that_stops_for_a_moment_keeps_all_waiting() -> None:
    """At a fixed rate, whatever fell due meanwhile counts from when it was to be sent.

    A tool that sends the next question when the last is answered would see four slow ones.
    """
    stopped = asyncio.Event()

    async def stops(body: bytes, writer: asyncio.StreamWriter) -> None:
        if not stopped.is_set():
            stopped.set()
            await asyncio.sleep(0.8)
            pause.set()
        await pause.wait()
        writer.write(OK)

    pause = asyncio.Event()
    async with server(stops) as url:
        result = await run(plan(url, duration=1.0, rate=200), [b"{}"])

    assert result.answers == 200
    assert sum(result.milliseconds > 400) >= 70  # of the 80 that were due in the first 400 ms
    assert result.failed == 0


async def test_closed_asks_no_more_than_one_a_connection() -> None:
    """A connection asks again when it is answered, and not before."""
    now = most = 0

    async def count(body: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        writer.write(OK)

    async with server(count) as url:
        result = await run(plan(url, connections=3), [b"{}"])

    assert most == 3
    assert result.quantile(50) >= 5


async def test_warm_up_does_not_count() -> None:
    """What was asked before is not in the result."""
    asked = 0

    async def count(body: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.write(OK)

    async with server(count) as url:
        result = await run(plan(url, rate=100, warm_up=0.5), [b"{}"])

    assert asked == 100
    assert result.answers in (49, 50, 51)


async def test_what_goes_wrong_is_counted_by_its_kind() -> None:
    """Another status, a line that is cut, an answer that never comes, and what is no HTTP."""
    kinds = iter(["busy", "cut", "never", "noise"])

    async def fail(body: bytes, writer: asyncio.StreamWriter) -> None:
        kind = next(kinds, "ok")
        if kind == "cut":
            writer.close()
        elif kind != "never":
            writer.write({"busy": BUSY, "noise": b"no HTTP at all\r\n\r\n"}.get(kind, OK))

    async with server(fail) as url:
        result = await run(plan(url, connections=2, duration=2.0, patience=0.5), [b"{}"])

    assert result.errors == {"status 503": 1, "connection lost": 1, "timeout": 1, "no HTTP": 1}
    assert result.failed == 4
    assert result.answers > 20  # lost lines were opened again
    assert result.quantile(100) >= 500


async def test_questions_that_were_never_asked_are_errors() -> None:
    """Where a server answers nobody, all that fell due is counted, and waited to the end."""

    async def never(body: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async with server(never) as url:
        result = await run(plan(url, rate=100, patience=1.0), [b"{}"])

    assert (result.answers, result.failed) == (50, 50)
    assert result.errors["never asked"] >= 40
    assert result.rate == 0


async def test_nobody_there() -> None:
    """It is said in words."""
    async with server(ok) as url:
        pass
    with pytest.raises(LoadError, match="url: nobody answers"):
        await run(plan(url), [b"{}"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "https://127.0.0.1"}, "url: must be http"),
        ({"url": "127.0.0.1:8000"}, "url: must be http"),
        ({"connections": 0}, "connections: must be more than 0"),
        ({"rate": 0.0}, "rate: must be more than 0"),
        ({"warm_up": -1.0}, "warm_up: must be 0 or more"),
    ],
)
def test_plans_that_cannot_be(settings: dict[str, object], said: str) -> None:
    """Each mistake has its sentence."""
    with pytest.raises(LoadError, match=said):
        Plan(**{"url": "http://127.0.0.1:8000", **settings})  # type: ignore[arg-type]
