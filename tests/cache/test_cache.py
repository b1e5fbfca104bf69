"""An answer is given again for as long as it holds, and not a moment longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from have_we_met import InputError, Lookup, Resolver, Status, StoreError, create_store, open_store
from have_we_met.asking import Ask, Question
from have_we_met.cache import Cache, open_cache
from have_we_met.cache.again import KeptLookup, shown
from have_we_met.keys import Key
from have_we_met.looking import late
from have_we_met.store import SqlStore
from have_we_met.store.guarded import GuardedStore

from .. import servers
from ..store.conformance import ADA, MODEL, WANG

SECRET = "not a very secret secret"
ANA = {"email": "ana@example.com", "first_name": "Ana", "last_name": "García"}


class Clock:
    """A clock that stands until it is moved."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite memory", "sqlite redis", "postgres memory+redis"])
def places(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Where records are kept, and where answers are."""
    return tuple(request.param.split())  # type: ignore[return-value]  # two


@pytest.fixture
def address(request: pytest.FixtureRequest, places: tuple[str, str]) -> str:
    """Where answers are kept."""
    if "redis" not in places[1]:
        return places[1]
    server: servers.Redis = request.getfixturevalue("redis")
    return places[1].replace("redis", server.url)


@pytest.fixture
def url(request: pytest.FixtureRequest, places: tuple[str, str], tmp_path: Path) -> str:
    """An empty database."""
    if places[0] == "postgres":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{tmp_path}/contacts.db"


async def on(store: SqlStore, address: str, **settings: Any) -> tuple[Resolver, Cache]:
    """A resolver with a cache."""
    cache = await open_cache(store, address, secret=SECRET, **settings)
    return Resolver(store, cache=cache), cache


def layer(cache: Cache) -> str:
    """Where its answers come from: what is asked first."""
    return "redis" if cache.memory is None else "memory"


async def settled(cache: Cache) -> None:
    """Wait until what is on its way to Redis has arrived."""
    if cache.redis is not None:
        await cache.redis.settled()


@pytest.fixture
async def kept(url: str, address: str) -> AsyncIterator[tuple[Resolver, Cache]]:
    """A resolver with a cache, on an empty store."""
    resolver, cache = await on(await create_store(url, MODEL), address)
    yield resolver, cache
    await resolver.close()


def said(lookup: Lookup) -> tuple[object, ...]:
    """What an answer says, but for when and under which number, and with its reasons."""
    matches = [match.changed(stored=()) for match in lookup.matches]
    spelt = [str(lookup.explain()), str(matches)]  # as text, since NaN is no NaN's equal
    return (lookup.status, lookup.contact, lookup.suggestions, lookup.confidence, *spelt)


async def test_it_is_the_same_answer_again(kept: tuple[Resolver, Cache]) -> None:
    """What a kept answer says is what the store said: contacts, scores and reasons."""
    resolver, cache = kept
    await resolver.add(ADA)
    await resolver.add(ANA | {"email": "ana.garcia@example.com"})
    for status, raw in (
        (Status.FOUND, ADA | {"email": "ADA@example.org"}),
        (Status.REVIEW, ANA),
        (Status.NOT_FOUND, WANG),
    ):
        first = await resolver.lookup(raw)
        await settled(cache)
        again = await resolver.lookup(raw)

        assert first.status is status
        assert said(again) == said(first)
        assert isinstance(again, KeptLookup)
        assert (again.complete, again.candidates) == (True, first.candidates)
        assert again.lookup_id != first.lookup_id
    assert cache.counts == {"miss": 3, layer(cache): 3}


async def _add(resolver: Resolver, ada: Any) -> None:
    await resolver.add(ADA | {"first_name": "Augusta"})


async def _update(resolver: Resolver, ada: Any) -> None:
    await resolver.update(ada, {"last_name": "King"})


async def _note(resolver: Resolver, ada: Any) -> None:
    await resolver.update(ada, {"updated_at": "2026-01-02 03:04:05"})


async def _delete(resolver: Resolver, ada: Any) -> None:
    await resolver.delete(ada)


@pytest.mark.parametrize("write", [_add, _update, _note, _delete])
async def test_a_write_is_seen_at_once(
    kept: tuple[Resolver, Cache], write: Callable[[Resolver, Any], Awaitable[None]]
) -> None:
    """After any write the answer is that of the store itself."""
    resolver, cache = kept
    ada = await resolver.add(ADA)
    await resolver.lookup(ADA)
    await settled(cache)
    await write(resolver, ada)

    assert said(await resolver.lookup(ADA)) == said(await Resolver(resolver.store).lookup(ADA))


async def test_other_writes_leave_it(kept: tuple[Resolver, Cache]) -> None:
    """Somebody else's sign-up costs nobody an answer."""
    resolver, cache = kept
    await resolver.lookup(ADA)
    await settled(cache)
    await resolver.add(WANG)
    await resolver.lookup(ADA)

    assert cache.counts == {"miss": 1, layer(cache): 1}


async def test_another_process_is_heard(url: str, address: str) -> None:
    """Who writes need not know of the cache, nor even of this process."""
    resolver, cache = await on(await create_store(url, MODEL), address)
    other = Resolver(await open_store(url, MODEL))
    assert (await resolver.lookup(ADA)).status is Status.NOT_FOUND
    await settled(cache)
    await other.add(ADA)

    assert (await resolver.lookup(ADA)).status is Status.FOUND
    for one in (resolver, other):
        await one.close()


async def test_a_question_with_very_many_keys(url: str, address: str) -> None:
    """A write under any of them is seen: each word of a long name is a key."""
    model = replace(MODEL, keys=(*MODEL.keys, Key.parse("tokens(company)")))
    resolver, cache = await on(await create_store(url, model), address)
    asked = {"email": ADA["email"], "company": " ".join(f"word{n}" for n in range(300))}
    assert (await resolver.lookup(asked)).status is Status.NOT_FOUND
    await settled(cache)
    await resolver.add({"email": ADA["email"]})

    assert (await resolver.lookup(asked)).status is Status.FOUND
    await resolver.close()


async def test_how_many_are_shown_is_part_of_the_question(url: str) -> None:
    """Two resolvers on one cache that show more and fewer do not share answers."""
    store = await create_store(url, MODEL)
    cache = await open_cache(store)
    many, one = (Resolver(store, suggestions=n, cache=cache) for n in (5, 1))
    for number in range(2):
        await many.add(ANA | {"email": f"ana{number}@example.com", "company": f"Firm {number}"})
    shown = [len((await r.lookup(ANA)).suggestions) for r in (many, one, many, one)]

    assert shown == [len((await Resolver(store).lookup(ANA)).suggestions), shown[1]] * 2
    await many.close()


class Counting:
    """A step that counts who comes to the store, lets them through one by one, or fails."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate = asyncio.Event()
        self.fails = False

    def __call__(self, ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            self.asked += 1
            await self.gate.wait()
            if self.fails:
                return late(question.started, question.until)
            return await ask(question)

        return asked


@dataclass
class Counted:
    """A cache between its callers and a store that counts."""

    ask: Ask
    store: Counting
    cache: Cache

    async def __call__(self, raw: dict[str, str], until: float = float("inf")) -> Lookup:
        return await self.ask(Question(MODEL.record(raw), 0.0, until))


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Counted]:
    """A cache before a store that counts."""
    store = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
    cache, counting = await open_cache(store), Counting()
    yield Counted(cache.step(5)(counting(Resolver(store)._look)), counting, cache)
    await store.close()


async def _at_once(counted: Counted, count: int) -> list[asyncio.Task[Lookup]]:
    tasks = [asyncio.create_task(counted(ADA)) for _ in range(count)]
    await asyncio.sleep(0.01)
    return tasks


async def test_equal_questions_are_asked_once(counted: Counted) -> None:
    """Fifty who ask the same at once make one question; each gets an answer of its own."""
    tasks = await _at_once(counted, 50)
    counted.store.gate.set()
    answers = await asyncio.gather(*tasks)

    assert counted.store.asked == 1
    assert {answer.status for answer in answers} == {Status.NOT_FOUND}
    assert len({answer.lookup_id for answer in answers}) == 50
    assert counted.cache.counts == {"miss": 1, "shared": 49}


async def test_who_goes_away_takes_nobody_along(counted: Counted) -> None:
    """Whoever is cancelled, the one who asks or one who waits, the others are answered."""
    tasks = await _at_once(counted, 5)
    for gone in (0, 3):
        tasks[gone].cancel()
    await asyncio.sleep(0.01)
    counted.store.gate.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    cancelled = [isinstance(answer, asyncio.CancelledError) for answer in answers]
    assert cancelled == [True, False, False, True, False]
    assert counted.store.asked == 2


async def test_who_comes_after_a_write_waits_for_nobody_from_before(counted: Counted) -> None:
    """A question that was asked before a write is not shared with one that comes after it."""
    (early,) = await _at_once(counted, 1)
    await Resolver(counted.cache.store).add(ADA)
    (after,) = await _at_once(counted, 1)
    counted.store.gate.set()

    assert (await after).status is Status.FOUND
    await early
    assert counted.store.asked == 2
    assert (await counted(ADA)).status is Status.FOUND


async def test_who_waits_has_a_deadline_of_his_own(counted: Counted) -> None:
    """Where another's question takes too long for one who waits, he is told so in time."""
    from time import monotonic

    (first,) = await _at_once(counted, 1)
    answer = await counted(ADA, monotonic() + 0.02)
    assert (answer.status, answer.complete) == (Status.NOT_FOUND, False)
    counted.store.gate.set()

    assert (await first).complete


async def test_no_answer_is_kept(counted: Counted) -> None:
    """What came too late, or not at all, is asked again; and by each who waited, for himself."""
    counted.store.fails = True
    tasks = await _at_once(counted, 3)
    counted.store.gate.set()
    assert not any(answer.complete for answer in await asyncio.gather(*tasks))
    assert counted.store.asked == 3
    counted.store.fails = False

    assert (await counted(ADA)).complete
    assert counted.store.asked == 4


async def test_an_answer_that_lacks_something_is_not_kept(tmp_path: Path) -> None:
    """Under an over-full key somebody may stand who was not looked at."""
    model = replace(MODEL, key_limit=1)
    store = await create_store(f"sqlite:///{tmp_path}/contacts.db", model)
    cache = await open_cache(store)
    resolver = Resolver(store, cache=cache)
    for number in range(3):
        await resolver.add(ANA | {"email": f"ana{number}@example.com"})
    for _ in range(2):
        assert not (await resolver.lookup(ANA)).complete

    assert cache.counts == {"miss": 2}
    await resolver.close()


async def test_it_is_kept_for_so_long(url: str, address: str) -> None:
    """After its time an answer is asked for again."""
    store = await create_store(url, MODEL)
    cache, clock = await open_cache(store, address, ttl=300.0, secret=SECRET), Clock()
    cache = replace(cache, clock=clock)
    resolver = Resolver(store, cache=cache)
    for seconds in (0.0, 299.0, 2.0):
        clock.now += seconds
        await resolver.lookup(ADA)
        await settled(cache)

    assert cache.counts == {"miss": 2, layer(cache): 1}
    await resolver.close()


class Meddled:
    """A store in which somebody writes just when it has been read."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.write: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def standing(self, *asked: Any) -> object:
        standing = await self._store.standing(*asked)
        if self.write is not None:
            await self.write()
        self.write = None
        return standing


async def test_a_write_once_the_stamps_are_read(url: str, address: str) -> None:
    """What was read before it is given at most to who asked before it, in whatever words."""
    store = await create_store(url, MODEL)
    meddled: Any = Meddled(store)
    resolver, cache = await on(meddled, address)
    ada = await resolver.add(ADA)
    questions = (ADA, ADA | {"email": "ADA@Example.org"}, {"phone": ADA["phone"]})
    for raw in questions:
        await resolver.lookup(raw)
        await settled(cache)
    for number, raw in enumerate(questions * 2):
        await resolver.add(WANG | {"email": f"wang{number}@example.com"})
        meddled.write = partial(resolver.update, ada, {"company": f"Firm {number}"})
        await resolver.lookup(raw)
        assert meddled.write is None
        for again in questions * 2:
            (contact,) = shown(await resolver.lookup(again))
            assert contact["company"] == f"Firm {number}"
    await resolver.close()


class Gone:
    """A store that has gone away."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def version(self) -> object | None:
        return None

    async def standing(self, buckets: object, ids: object, deadline: object) -> None:
        raise StoreError("connect: gone")

    def read(self, deadline: float | None) -> Any:
        raise StoreError("connect: gone")


@pytest.mark.parametrize("stale_for", [0.0, 60.0])
async def test_stale_only_where_asked_for(stale_for: float, tmp_path: Path) -> None:
    """Where the store is gone, what was known last is given to who asked for that, and says so."""
    store = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
    cache, clock = await open_cache(store, stale_for=stale_for), Clock()
    cache = replace(cache, clock=clock)
    resolver = Resolver(store, cache=cache)
    ada = await resolver.add(ADA)
    await resolver.lookup(ADA)
    clock.now += 350.0
    gone: Any = Gone(store)
    answer = await Resolver(gone, cache=replace(cache, store=gone)).lookup(ADA)

    assert not answer.complete
    if stale_for:
        assert answer.status is Status.FOUND
        assert (answer.matches[0].record_id, answer.contact) == (ada, None)
        assert [lack.kind for lack in answer.degraded] == ["store", "cache"]
        assert answer.message == "Answered from what was known 350 seconds ago"
        assert answer.explain() == ()
    else:
        assert answer.status is Status.ERROR
    clock.now += 60.0
    later = await Resolver(gone, cache=replace(cache, store=gone)).lookup(ADA)
    assert later.status is Status.ERROR
    await resolver.close()


async def test_behind_a_breaker(tmp_path: Path) -> None:
    """A guarded store says what holds, too."""
    store = GuardedStore(await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL))
    cache = await open_cache(store)
    resolver = Resolver(store, cache=cache)
    for _ in range(2):
        await resolver.lookup(ADA)

    assert cache.counts == {"miss": 1, layer(cache): 1}
    await resolver.close()


@pytest.mark.parametrize(
    ("address", "secret", "why"),
    [
        ("memcached://localhost", SECRET, "must be memory, redis"),
        ("memory+", SECRET, "must be memory, redis"),
        ("redis://localhost", "", "16 characters"),
        ("redis://localhost:port/0", SECRET, "is not like redis://"),
    ],
)
async def test_what_cannot_be_opened(address: str, secret: str, why: str) -> None:
    """Mistakes are told before anything is asked, and quote no address."""
    store = await create_store("sqlite://", MODEL)
    with pytest.raises(InputError, match=why):
        await open_cache(store, address, secret=secret)
    await store.close()
