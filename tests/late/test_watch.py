"""Late verdicts in the background: they go on whatever happens, and end when told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from have_we_met import Lookup, Resolver, StoreUnreachable, create_store, late
from have_we_met.late import State, Webhook
from have_we_met.store import SqlStore

from .receiver import Receiver, hang, receiving, status
from .scenes import ADA, MODEL, WANG, Clock, doubtful, noted
from .test_webhook import SECRET


@pytest.fixture
async def store() -> AsyncIterator[SqlStore]:
    store = await create_store("sqlite://", MODEL)
    yield store
    await store.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


async def until(come_true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something comes true."""
    async with asyncio.timeout(20):
        while not await come_true():
            await asyncio.sleep(0.01)


class Watching:
    """A watch that runs in a task."""

    def __init__(self, store: SqlStore, **how: Any) -> None:
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(late.watch(store, self.stop, every=0.01, **how))

    async def end(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 10)


async def test_what_is_noted_is_answered_and_told(store: SqlStore, receiver: Receiver) -> None:
    """Nobody has to ask."""
    watching = Watching(store, webhook=Webhook(receiver.url, (SECRET,)))
    await doubtful(Resolver(store), WANG)

    async def is_told() -> bool:
        return [note.state for note in await noted(store)] == [State.TOLD]

    await until(is_told)
    await watching.end()
    assert len(receiver.events) == 1


class Fickle(late.LongLook):
    """A look that fails at first, for reasons of all kinds."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store)
        self.failures: list[Exception] = [ZeroDivisionError(), StoreUnreachable("gone")]

    async def at(self, record_id: Any) -> Lookup:
        if self.failures:
            raise self.failures.pop()
        return await super().at(record_id)


async def test_it_goes_on(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong is logged by its kind alone, and tried again."""
    clock = Clock()
    await doubtful(Resolver(store, clock=clock), WANG | {"first_name": "Quoted"})
    watching = Watching(store, look=Fickle(store), clock=clock)

    async def is_answered() -> bool:
        clock.forward(60)
        return all(note.finding for note in await noted(store))

    await until(is_answered)
    await watching.end()
    assert "a late look failed: StoreUnreachable" in caplog.text
    assert "late verdicts stumbled: ZeroDivisionError" in caplog.text
    assert "Quoted" not in caplog.text


async def test_a_store_that_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    """A closed store is a mishap like others."""
    store = await create_store("sqlite://", MODEL)
    watching = Watching(store)
    await asyncio.sleep(0)
    await store.close()

    async def is_logged() -> bool:
        return "late verdicts" in caplog.text

    await until(is_logged)
    await watching.end()


async def test_cancelled_while_the_receiver_hangs(store: SqlStore, receiver: Receiver) -> None:
    """A watch that is cancelled ends at once, and what it was at is due again later."""
    await doubtful(Resolver(store), ADA)
    receiver.next.append(hang)
    watching = Watching(store, webhook=Webhook(receiver.url, (SECRET,)))

    async def is_hanging() -> bool:
        return bool(receiver.got)

    await until(is_hanging)
    watching.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching.task
    (note,) = await noted(store)
    assert (note.state, note.attempts) == (State.ANSWERED, 1)


async def test_a_lag_is_logged(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """Where notes wait too long for a look, the log says so."""
    clock = Clock()
    resolver = Resolver(store, clock=clock)
    await doubtful(resolver, WANG)
    clock.forward(400)
    caplog.set_level(logging.WARNING, "have_we_met.late")

    class Never(late.LongLook):
        async def at(self, record_id: Any) -> Lookup:
            clock.forward(10**6)  # every pause passes while it looks
            await doubtful(resolver, {"email": f"u{clock.now.timestamp():.0f}@example.org"})
            raise StoreUnreachable("gone")

    watching = Watching(store, look=Never(store), clock=clock)

    async def is_logged() -> bool:
        return "lag by" in caplog.text

    await until(is_logged)
    await watching.end()


async def test_a_receiver_that_fails_is_left_alone(store: SqlStore, receiver: Receiver) -> None:
    """Within a pause nothing is sent again, however often the watch goes round."""
    clock = Clock()
    await doubtful(Resolver(store, clock=clock), WANG)
    receiver.next.append(status(500))
    watching = Watching(store, webhook=Webhook(receiver.url, (SECRET,)), clock=clock)

    async def is_put_off() -> bool:
        return [note.due > clock() for note in await noted(store) if note.due] == [True]

    await until(is_put_off)
    await asyncio.sleep(0.1)
    assert len(receiver.got) == 1
    clock.forward(5)

    async def is_told() -> bool:
        return len(receiver.got) == 2

    await until(is_told)
    await watching.end()
