"""Time: what is late is stopped, on the server too, and what is left is clean."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from have_we_met import DeadlineExceeded, Resolver, Status, StoreBusy, StoreError, open_store
from have_we_met.store import StoreOptions
from have_we_met.store.postgres import PostgresStore

from .conformance import ADA, MODEL, WANG

KEYS = MODEL.cut.one(MODEL.record(ADA).values)


@asynccontextmanager
async def locked(url: str, table: str) -> AsyncIterator[asyncpg.Connection]:
    """A table that nobody can even read; yields a connection that can look at the server."""
    holder, watcher = await asyncpg.connect(url), await asyncpg.connect(url)
    await holder.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield watcher
    finally:
        await holder.close()
        await watcher.close()


async def running(watcher: asyncpg.Connection) -> int:
    """How many statements of ours the server is at."""
    count: int = await watcher.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'have_we_met'"
        " AND datname = current_database() AND state = 'active'"
    )
    return count


async def until(condition: Callable[[], object], seconds: float = 3.0) -> None:
    """Wait for something that happens in the background."""
    give_up = time.monotonic() + seconds
    while not await condition():  # type: ignore[misc]
        assert time.monotonic() < give_up, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_late_lookup_leaves_nothing_running(
    shared: str, postgres_store: PostgresStore
) -> None:
    """A lookup that the database hangs on answers at its deadline, and its query is cancelled."""
    resolver = Resolver(postgres_store)
    await resolver.add(ADA)
    async with locked(shared, postgres_store.side.keys.name) as watcher:
        began = time.monotonic()
        answer = await resolver.lookup(ADA, deadline=0.15)
        took = time.monotonic() - began

        await until(lambda: _is_zero(watcher))
        await until(lambda: _is_back(postgres_store))

    assert (answer.status, answer.complete) == (Status.NOT_FOUND, False)
    assert "timeout" in str(answer.message)
    assert 0.15 <= took < 1
    assert (await resolver.lookup(ADA)).status is Status.FOUND
    assert postgres_store.reading.size == 1


async def test_who_is_late_is_answered_before_the_server_is_told(
    shared: str, postgres_store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes a connection for each; and it may come when theirs was given up already."""
    monkeypatch.setattr("have_we_met.store.postgres_connect.CANCEL_AFTER", 1.5)
    resolver = Resolver(postgres_store)
    await resolver.add(ADA)
    async with locked(shared, postgres_store.side.keys.name) as watcher:
        answers = await asyncio.gather(*(resolver.lookup(ADA, deadline=0.15) for _ in range(3)))

        assert [answer.complete for answer in answers] == [False] * 3
        assert await running(watcher) == 3
        await until(lambda: _is_zero(watcher), 10)
        await asyncio.sleep(1)  # until the moment at which it would have been told

    assert (await resolver.lookup(ADA)).status is Status.FOUND


async def _is_back(store: PostgresStore) -> bool:
    """Whether no connection is lent, or being mended, any more."""
    return store.reading.use.lent == 0


async def _is_zero(watcher: asyncpg.Connection) -> bool:
    return await running(watcher) == 0


async def test_a_cancelled_lookup_leaves_nothing_running(
    shared: str, postgres_store: PostgresStore
) -> None:
    """When a caller hangs up, its query is cancelled on the server."""
    resolver = Resolver(postgres_store)
    async with locked(shared, postgres_store.side.keys.name) as watcher:
        task = asyncio.create_task(resolver.lookup(ADA, deadline=60))
        await until(lambda: _is_one(watcher))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until(lambda: _is_zero(watcher))

    assert (await resolver.lookup(ADA)).status is Status.NOT_FOUND


async def test_a_cancelled_sign_up_leaves_nothing_running(
    shared: str, postgres_store: PostgresStore
) -> None:
    """Neither a statement nor a lock nor half of a contact stays of a caller who hangs up."""
    resolver = Resolver(postgres_store)
    async with locked(shared, postgres_store.side.keys.name) as watcher:
        task = asyncio.create_task(resolver.get_or_create(ADA, deadline=60))
        await until(lambda: _is_one(watcher))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until(lambda: _is_zero(watcher))

    assert (await resolver.get_or_create(ADA, deadline=5)).created
    assert await postgres_store.count() == 1


async def _is_one(watcher: asyncpg.Connection) -> bool:
    return await running(watcher) == 1


async def test_waiting_for_a_connection_counts(stored: str) -> None:
    """Where all connections are in use a lookup waits for one, and no longer than its deadline."""
    store = await open_store(stored, MODEL, options=StoreOptions(connections=1))
    resolver = Resolver(store)
    async with locked(stored, "hwm_contacts_keys_1"):
        slow = asyncio.create_task(resolver.lookup(ADA, deadline=0.6))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        quick = await resolver.lookup(ADA, deadline=0.1)
        took = time.monotonic() - began
        assert not (await slow).complete

    assert (quick.status, quick.complete) == (Status.NOT_FOUND, False)
    assert took < 0.4
    assert (await resolver.lookup(ADA)).complete
    await store.close()


async def test_a_write_waits_for_its_keys_until_the_deadline(
    postgres_store: PostgresStore,
) -> None:
    """Where another unit holds the same keys, a sign-up gives up at its deadline."""
    resolver = Resolver(postgres_store)
    async with postgres_store.begin(None) as unit:
        await unit.hold(KEYS)
        with pytest.raises(StoreBusy, match="timeout"):
            await resolver.get_or_create(ADA, deadline=1)
        beside = await resolver.get_or_create(WANG, deadline=5)

    assert beside.created
    assert (await resolver.get_or_create(ADA)).created


async def test_the_server_knows_the_deadline(postgres_store: PostgresStore) -> None:
    """Whatever happens to us, the server stops a statement of a unit at its deadline."""
    async with postgres_store.begin(time.monotonic() + 3) as unit:
        shown = await unit.connection.raw.fetchval(  # type: ignore[attr-defined]
            "SELECT current_setting('statement_timeout')"
        )

    assert 1000 < int(shown.removesuffix("ms").replace("3s", "3000")) <= 3000


async def test_a_unit_whose_process_hangs_is_ended(postgres_store: PostgresStore) -> None:
    """A process that stops in the middle of a unit keeps its keys no longer than its deadline."""
    with pytest.raises((StoreError, DeadlineExceeded)):
        async with postgres_store.begin(time.monotonic() + 0.2) as unit:
            await unit.hold(KEYS)
            await unit.insert(MODEL.record(ADA))
            await asyncio.sleep(0.5)

    made = await Resolver(postgres_store).get_or_create(ADA)
    assert made.created
    assert await postgres_store.count() == 1


async def test_what_is_late_is_not_committed(postgres_store: PostgresStore) -> None:
    """A unit that comes to its end after the deadline is undone."""
    with pytest.raises(DeadlineExceeded, match="commit"):
        async with postgres_store.begin(time.monotonic() + 60) as unit:
            await unit.insert(MODEL.record(ADA))
            unit.connection.deadline = time.monotonic()  # type: ignore[attr-defined]

    assert (await Resolver(postgres_store).lookup(ADA)).status is Status.NOT_FOUND


async def test_a_cancelled_unit_is_undone(postgres_store: PostgresStore) -> None:
    """When a caller hangs up in the middle of a unit, nothing of it stays and its locks go."""
    inside = asyncio.Event()

    async def work() -> None:
        async with postgres_store.begin(None) as unit:
            await unit.hold(KEYS)
            await unit.insert(MODEL.record(ADA))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await Resolver(postgres_store).get_or_create(ADA, deadline=5)).created


async def test_a_unit_with_a_failed_statement_is_not_committed(
    postgres_store: PostgresStore,
) -> None:
    """A caller who goes on after an error inside a unit is told that nothing was written."""
    await Resolver(postgres_store).add(ADA | {"id": "a"})
    with pytest.raises(StoreError, match="nothing was written"):
        async with postgres_store.begin(None) as unit:
            await unit.insert(MODEL.record(WANG))
            with pytest.raises(StoreError):
                await unit.insert(MODEL.record(ADA | {"id": "a"}))

    assert await postgres_store.count() == 1


async def test_a_closed_store_says_so(stored: str) -> None:
    """After closing there are no answers, and whoever was waiting is told."""
    store = await open_store(stored, MODEL)
    await store.close()

    answer = await Resolver(store).lookup(ADA)

    assert answer.status is Status.ERROR
    assert "closed" in str(answer.degraded[0])
