"""A store behind a breaker: what counts, and what callers see meanwhile."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from have_we_met import (
    BreakerOpen,
    DeadlineExceeded,
    IdempotencyConflict,
    InputError,
    Lookup,
    RecordExists,
    RecordNotFound,
    Resolver,
    Status,
    StoreBusy,
    StoreConflict,
    StoreError,
    StoreOutOfDate,
    StoreUnreachable,
    create_store,
    open_store,
)
from have_we_met.cache import open_cache
from have_we_met.resilience import BreakerSettings, Change, State
from have_we_met.store import Store
from have_we_met.store.guarded import GuardedStore
from have_we_met.store.postgres import PostgresStore
from have_we_met.store.stamps import ALL

from .. import servers
from .conformance import ADA, MODEL, Index, StoreConformance
from .test_postgres_deadline import locked, running, until
from .test_sqlite import read_index

QUICKLY = BreakerSettings(minimum_calls=3, reset=30.0)


class Guarded:
    """A guarded store whose breaker has a clock of its own, and what the breaker told."""

    def __init__(self, store: Store, **more: float) -> None:
        self.now = 0.0
        self.told: list[Change] = []
        self.store = GuardedStore(
            store, QUICKLY, tell=[self.told.append], clock=lambda: self.now, **more
        )
        self.resolver = Resolver(self.store)

    @property
    def states(self) -> list[str]:
        return [str(change.state) for change in self.told]


class Moody:
    """A store whose units end as it is told."""

    def __init__(self, store: Store) -> None:
        self.model = store.model
        self.side = store.side
        self.mood: BaseException | None = None
        self.where = "inside"
        self.asked = 0
        self._store = store

    @asynccontextmanager
    async def read(self, deadline: float | None) -> AsyncIterator[object]:
        self.asked += 1
        if self.mood is not None and self.where == "entering":
            raise self.mood
        async with self._store.read(deadline) as unit:
            if self.mood is not None and self.where == "inside":
                raise self.mood
            yield unit
        if self.mood is not None:
            raise self.mood

    begin = read

    async def standing(self, buckets: object, ids: object, deadline: float | None) -> object:
        self.asked += 1
        if self.mood is not None:
            raise self.mood
        return ()


@pytest.fixture
async def moody() -> AsyncIterator[Moody]:
    store = await create_store("sqlite://", MODEL)
    yield Moody(store)
    await store.close()


class TestGuarded(StoreConformance):
    """Guarded by a breaker that is closed, a store is the store that it was."""

    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        inside = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
        yield GuardedStore(inside)
        await inside.close()

    @pytest.fixture
    def index(self) -> Index:
        return lambda store: read_index(store.store)


@pytest.mark.parametrize("where", ["entering", "inside", "leaving"])
@pytest.mark.parametrize("road", ["read", "begin"])
@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (StoreError("no"), True),
        (StoreUnreachable("no"), True),
        (DeadlineExceeded("no"), True),
        (StoreBusy("no"), False),
        (StoreConflict("no"), False),
        (StoreOutOfDate("no"), False),
        (RecordNotFound("no"), False),
        (RecordExists("no"), False),
        (InputError([]), False),
        (IdempotencyConflict("no"), False),
        (KeyError("no"), False),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_counts(
    moody: Moody, road: str, where: str, error: Exception, counts: bool
) -> None:
    """Only what a store that works would not say opens the breaker."""
    guarded = Guarded(moody)
    moody.mood, moody.where = error, where
    for _ in range(10):
        with pytest.raises((type(error), BreakerOpen)):
            async with getattr(guarded.store, road)(time.monotonic() + 2):
                pass
    assert guarded.states == (["open"] if counts else [])
    assert moody.asked == (3 if counts else 10)


async def test_the_answer_while_it_is_open(moody: Moody) -> None:
    """As the guide's fallback, and honest: nobody was found, nobody looked, and it says why."""
    guarded = Guarded(moody)
    moody.mood = StoreUnreachable("connect: the database cannot be reached")
    failed = [await guarded.resolver.lookup(ADA) for _ in range(3)]
    assert {answer.status for answer in failed} == {Status.ERROR}

    answer = await guarded.resolver.lookup(ADA)
    assert answer.status is Status.NOT_FOUND
    assert answer.message == "Lookup service temporarily unavailable"
    assert not answer.complete
    assert [(lack.kind, lack.name) for lack in answer.degraded] == [("store", "breaker")]
    with pytest.raises(BreakerOpen, match="store was not asked"):
        await guarded.resolver.get_or_create(ADA)
    assert moody.asked == 3, "nobody waits for a store that is left alone"

    moody.mood = None
    guarded.now += 30
    assert (await guarded.resolver.lookup(ADA)).complete
    assert guarded.states == ["open", "half-open", "closed"]


async def test_stamps_while_it_is_open(moody: Moody) -> None:
    """Nobody waits for them either; and a failure to read them is one of the store's."""
    guarded = Guarded(moody)
    moody.mood = StoreUnreachable("connect: the database cannot be reached")
    for _ in range(3):
        with pytest.raises(StoreUnreachable):
            await guarded.store.standing((ALL, 1), (), time.monotonic() + 2)
    assert guarded.states == ["open"]
    assert await guarded.store.standing((ALL, 1), (), time.monotonic() + 2) is None
    assert moody.asked == 3


async def test_a_hurried_caller_opens_nothing(moody: Moody) -> None:
    """A store that was given hardly any time has not failed when it is late."""
    guarded = Guarded(moody, fair=0.5)
    moody.mood = DeadlineExceeded("late")
    for _ in range(10):
        assert not (await guarded.resolver.lookup(ADA, deadline=0.01)).complete
    assert guarded.states == []


async def test_a_cancelled_probe_makes_room(moody: Moody) -> None:
    guarded = Guarded(moody)
    moody.mood = StoreError("no")
    for _ in range(3):
        await guarded.resolver.lookup(ADA)
    guarded.now += 30
    moody.mood = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await guarded.resolver.lookup(ADA)
    moody.mood = None
    assert (await guarded.resolver.lookup(ADA)).complete
    assert guarded.states == ["open", "half-open", "closed"]


async def test_a_database_that_hangs(shared: str, postgres_store: PostgresStore) -> None:
    """Three lookups wait in vain; then all are answered at once until a probe comes back."""
    guarded = Guarded(postgres_store, fair=0.1)
    await Resolver(guarded.store.store).add(ADA)

    async def lookup() -> Lookup:
        return await guarded.resolver.lookup(ADA, deadline=0.2)

    async with locked(shared, postgres_store.side.keys.name) as watcher:
        for _ in range(3):
            assert "timeout" in str((await lookup()).message)
        began = time.monotonic()
        answers = [await lookup() for _ in range(100)]
        assert time.monotonic() - began < 0.2 * 100 / 4
        assert {answer.degraded[0].name for answer in answers} == {"breaker"}

        guarded.now += 30
        together = await asyncio.gather(*(lookup() for _ in range(20)))
        assert sum("timeout" in str(answer.message) for answer in together) == 1
        await until(lambda: _rests(watcher))

    guarded.now += 30
    assert (await lookup()).status is Status.FOUND
    assert guarded.states == ["open", "half-open", "open", "half-open", "closed"]


async def test_a_database_that_hangs_behind_a_cache(stored: str) -> None:
    """What a cache asks of it counts too, and nothing is raised for its being late."""
    guarded = Guarded(await open_store(stored, MODEL), fair=0.1)
    cache = await open_cache(guarded.store)
    resolver = Resolver(guarded.store, cache=cache)
    async with locked(stored, "hwm_contacts_stamps") as watcher:
        for _ in range(3):
            assert not (await resolver.lookup(ADA, deadline=0.2)).complete
        assert (await resolver.lookup(ADA, deadline=60)).degraded[0].name == "breaker"
        await until(lambda: _rests(watcher))
    guarded.now += 30
    assert (await resolver.lookup(ADA)).complete
    await resolver.close()


async def _rests(watcher: object) -> bool:
    return await running(watcher) == 0  # type: ignore[arg-type]


@pytest.fixture
def own_postgres() -> Iterator[servers.Postgres]:
    """A server of its own, to stop and start."""
    try:
        with servers.postgres() as server:
            yield server
    except servers.Unavailable as why:
        pytest.skip(str(why))


async def test_a_database_that_is_gone(own_postgres: servers.Postgres) -> None:
    """While it is down, answers come at once; when it is back, so are they, without a restart."""
    with own_postgres.database() as url:
        await (await create_store(url, MODEL)).close()
        store = await open_store(url, MODEL)
        guarded = Guarded(store)
        await Resolver(guarded.store.store).add(ADA)
        own_postgres.stop(signal.SIGQUIT)
        for _ in range(3):
            assert (await guarded.resolver.lookup(ADA)).status is Status.ERROR
        assert guarded.store.breaker.state is State.OPEN
        assert (await guarded.resolver.lookup(ADA)).degraded[0].name == "breaker"

        own_postgres.start()
        guarded.now += 30
        assert (await guarded.resolver.lookup(ADA)).status is Status.FOUND
        assert guarded.states == ["open", "half-open", "closed"]
        await store.close()


async def test_a_lookup_that_is_cancelled_stops_its_query(
    shared: str, postgres_store: PostgresStore
) -> None:
    """Behind a breaker as without one; and to the breaker it has said nothing."""
    guarded = Guarded(postgres_store)
    async with locked(shared, postgres_store.side.keys.name) as watcher:
        tasks = [asyncio.create_task(guarded.resolver.lookup(ADA, deadline=60)) for _ in range(4)]
        await until(lambda: _runs(watcher))
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends)
        await until(lambda: _rests(watcher))
    assert (await guarded.resolver.lookup(ADA)).complete
    assert guarded.states == []


async def _runs(watcher: object) -> bool:
    return await running(watcher) == 4  # type: ignore[arg-type]
