"""Connections: how many there are, who gets one, and what becomes of those that die."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic, sleep

import asyncpg
import pytest

from have_we_met import DeadlineExceeded, Resolver, Status, StoreError, open_store
from have_we_met.store import StoreOptions
from have_we_met.store.postgres_connection import PostgresConnection
from have_we_met.store.postgres_pool import NoneFree, Pool

from ..servers import Postgres
from .conformance import ADA, MODEL, WANG

MakePool = Callable[..., Pool]


@pytest.fixture
async def make_pool(postgres: Postgres) -> AsyncIterator[MakePool]:
    made: list[Pool] = []

    def make(connect: Callable[[], Awaitable[object]] | None = None, **options: object) -> Pool:
        def ordinary() -> Awaitable[object]:
            return asyncpg.connect(postgres.url("postgres"))

        pool = Pool(connect or ordinary, StoreOptions(**options))  # type: ignore[arg-type]
        made.append(pool)
        return pool

    yield make
    for pool in made:
        await pool.close()


async def test_no_more_than_allowed(make_pool: MakePool) -> None:
    """Many borrowers share the connections that are allowed, each in turn."""
    pool = make_pool(connections=2)
    most = 0
    order = []

    async def borrow(number: int) -> None:
        nonlocal most
        connection = await pool.take(None)
        most = max(most, pool.size)
        order.append(number)
        await asyncio.sleep(0.005)
        pool.give(connection)

    await asyncio.gather(*(borrow(n) for n in range(12)))

    assert most == pool.size == 2
    assert [number for number in order if number > 1] == list(range(2, 12))


async def test_the_last_one_back_is_the_first_one_out(make_pool: MakePool) -> None:
    """What is not needed is not used, so that it grows old."""
    pool = make_pool()
    first, second = await pool.take(None), await pool.take(None)
    pool.give(first)
    pool.give(second)

    assert await pool.take(None) is second
    pool.give(second)


async def test_idle_connections_are_closed(make_pool: MakePool) -> None:
    """After a rush the connections that nobody needs are closed, but for those to be kept."""
    pool = make_pool(idle=0.05, kept=1)
    lent = [await pool.take(None) for _ in range(4)]
    for connection in lent:
        pool.give(connection)
    assert pool.size == 4

    await asyncio.sleep(0.3)

    assert pool.size == 1


async def test_a_waiter_who_gave_up_costs_no_connection(make_pool: MakePool) -> None:
    """A connection that comes back in the moment in which a waiter gives up goes to the next."""
    pool = make_pool(connections=1)
    connection = await pool.take(None)
    waiting = [asyncio.create_task(pool.take(None)) for _ in range(2)]
    await asyncio.sleep(0)
    pool.give(connection)
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]

    assert await asyncio.wait_for(waiting[1], 1) is connection
    pool.give(connection)


async def test_nobody_begins_to_connect_when_time_is_up(make_pool: MakePool) -> None:
    """One whose time is up lets the next one try; that one's is up while it begins, and so on."""
    opened = 0

    async def hangs() -> object:
        nonlocal opened
        opened += 1
        sleep(0.001)  # to read settings and files takes the driver about as long
        await asyncio.sleep(3600)
        raise AssertionError

    pool = make_pool(hangs, connections=1)
    until = monotonic() + 0.05
    asking = [pool.take(until + n * 0.0005) for n in range(10)]
    given_up = await asyncio.gather(*asking, return_exceptions=True)

    assert opened == 1
    assert {type(error) for error in given_up[1:]} == {NoneFree}
    assert pool.size == 0


class Gone:
    """A connection of the driver that the server has closed."""

    def is_closed(self) -> bool:
        return True

    def terminate(self) -> None:
        """Nothing is left to end."""

    async def execute(self, *_: object, **__: object) -> str:
        raise ConnectionResetError


@pytest.mark.parametrize(("left", "tries"), [(0.004, 0), (5.0, 1)])
async def test_a_session_that_ends_at_the_deadline_is_not_renewed(left: float, tries: int) -> None:
    """A server ends those that hang in a unit at that moment, all at once."""
    opened = 0

    async def refused() -> object:
        nonlocal opened
        opened += 1
        raise ConnectionRefusedError

    connection = PostgresConnection(Gone(), 1.0, refused)
    connection.deadline = monotonic() + left
    with pytest.raises(StoreError if tries else DeadlineExceeded):
        await connection.begin()

    assert opened == tries


async def test_a_failed_opening_frees_its_place(make_pool: MakePool) -> None:
    """Where no connection can be opened everybody is told, and later ones can be."""
    down = True

    async def connect() -> object:
        await asyncio.sleep(0.01)
        if down:
            raise ConnectionRefusedError("no")
        return await ordinary()

    ordinary = make_pool()._connect
    pool = make_pool(connect, connections=1)
    told = await asyncio.gather(*(pool.take(None) for _ in range(3)), return_exceptions=True)
    down = False

    assert all(isinstance(one, StoreError) for one in told)
    pool.give(await pool.take(None))


async def test_connections_that_died_are_replaced(stored: str, postgres: Postgres) -> None:
    """Connections that the server ended cost no lookup and no write: others are opened."""
    store = await open_store(stored, MODEL)
    resolver = Resolver(store)
    await resolver.add(ADA)
    await resolver.lookup(ADA)
    end = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'have_we_met'"
    )
    for pause in (0.0, 0.1):  # before and after the news of it has come
        assert int(postgres.sql(end)) >= 2
        await asyncio.sleep(pause)

        assert (await resolver.lookup(ADA)).status is Status.FOUND
        assert (await resolver.get_or_create(WANG)).lookup.complete
    await store.close()


async def test_a_unit_that_loses_its_connection_is_undone(stored: str, postgres: Postgres) -> None:
    """A connection that dies in the middle of a unit is not replaced behind its back."""
    store = await open_store(stored, MODEL)
    with pytest.raises(StoreError, match="cannot be reached"):
        async with store.begin(None) as unit:
            await unit.insert(MODEL.record(ADA))
            postgres.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction'"
            )
            await unit.insert(MODEL.record(WANG))

    assert await store.count() == 0
    await store.close()


async def test_the_server_crashes_and_comes_back(stored: str, postgres: Postgres) -> None:
    """While the server is down lookups say so; when it is back they go on by themselves."""
    store = await open_store(stored, MODEL)
    resolver = Resolver(store)
    await resolver.add(ADA)
    assert (await resolver.lookup(ADA)).status is Status.FOUND

    postgres.stop(signal.SIGQUIT)
    down = await resolver.lookup(ADA)
    postgres.start()
    up = await resolver.lookup(ADA)

    assert (down.status, down.complete) == (Status.ERROR, False)
    assert up.status is Status.FOUND
    assert (await resolver.get_or_create(WANG)).created
    await store.close()


async def test_slow_statements_are_logged_by_name(
    stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A statement over the limit is told with its time and its rows, and with no value."""
    store = await open_store(stored, MODEL, options=StoreOptions(slow=0.0))
    with caplog.at_level(logging.INFO, "have_we_met.store"):
        await Resolver(store).get_or_create(ADA)
        await Resolver(store).lookup(ADA)
    await store.close()

    names = {record.__dict__["statement"] for record in caplog.records}
    assert {"begin", "hold", "candidates", "insert_contact", "contact"} <= names
    loud = {record.__dict__["statement"] for record in caplog.records if record.levelname != "INFO"}
    assert loud == names - {"begin", "hold"}
    assert all(record.__dict__["rows"] >= 0 for record in caplog.records)
    assert not any(str(value) in caplog.text for value in ADA.values())


async def test_quick_statements_are_not_logged(
    stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Ordinary statements are no news."""
    store = await open_store(stored, MODEL, options=StoreOptions(slow=30.0))
    with caplog.at_level(logging.DEBUG, "have_we_met"):
        await Resolver(store).get_or_create(ADA)
    await store.close()

    assert not caplog.records
