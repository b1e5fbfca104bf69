from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met import (
    IdempotencyConflict,
    InputError,
    RecordId,
    RecordNotFound,
    Registration,
    Resolver,
    Status,
    StoreError,
    create_store,
    open_store,
    preset,
)
from have_we_met.once import said, ticket_of
from have_we_met.store import Store
from have_we_met.store.base import Unit
from have_we_met.sync import open_resolver

MODEL = preset("contacts")
JOHN = {"email": "john@example.com", "first_name": "John", "last_name": "Smith"}
NAMESAKE = JOHN | {"email": "js@example.org"}
AMA = {"email": "ama@example.com", "phone": "+233 30 255 0101", "first_name": "Ama"}
DAY = timedelta(days=1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2001, 2, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/contacts.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """John, in a file."""
    store = await create_store(url, MODEL)
    await store.load([{"id": "1", **JOHN}])
    yield store
    await store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def resolver(store: Store, clock: Clock) -> Resolver:
    return Resolver(store, clock=clock)


def told(made: Registration) -> tuple[object, ...]:
    """All that a caller is told, but for how long it took."""
    lookup = made.lookup
    ids = tuple(match.record_id for match in lookup.matches)
    of_lookup = (lookup.status, lookup.lookup_id, lookup.confidence, lookup.complete, ids)
    shown = (lookup.contact, lookup.suggestions, lookup.degraded)
    return (made.created, made.linked, made.contact, made.record_id, *of_lookup, *shown)


@pytest.mark.parametrize(
    ("raw", "status"),
    [(AMA, Status.NOT_FOUND), (JOHN, Status.FOUND), (NAMESAKE, Status.REVIEW)],
    ids=["created", "found", "review"],
)
async def test_the_same_answer(resolver: Resolver, raw: dict[str, object], status: Status) -> None:
    """The same key and body get the same answer, whichever it was; it costs no second record."""
    first = await resolver.get_or_create(raw, idempotency_key="k")
    count = await resolver.store.count()
    second = await resolver.get_or_create(raw, idempotency_key="k")

    assert first.lookup.status is status
    assert told(second) == told(first)
    assert await resolver.store.count() == count


async def test_without_a_key_each_is_answered_anew(resolver: Resolver) -> None:
    """Without a key the second sign-up is told that we have met."""
    first, second = [await resolver.get_or_create(AMA) for _ in range(2)]

    assert (first.created, second.created) == (True, False)
    assert first.record_id == second.record_id


async def test_otherwise_spelt_is_the_same(resolver: Resolver) -> None:
    """A body that means the same is the same body."""
    first = await resolver.get_or_create(AMA, idempotency_key="k")
    spelt = {"firstName": " AMA ", "phone": "+233302550101", "email": "Ama@Example.com"}
    second = await resolver.get_or_create(spelt | {"company": " "}, idempotency_key="k")

    assert told(second) == told(first)


@pytest.mark.parametrize(
    "other",
    [JOHN, AMA | {"company": "Acme"}, {"email": AMA["email"]}, AMA | {"phone": "junk"}],
    ids=["another person", "more", "less", "what nobody understands"],
)
async def test_another_body(resolver: Resolver, other: dict[str, object]) -> None:
    """Under a key that was used for another body nothing happens, and nobody is quoted."""
    await resolver.get_or_create(AMA, idempotency_key="secret-key")
    count = await resolver.store.count()

    with pytest.raises(IdempotencyConflict) as caught:
        await resolver.get_or_create(other, idempotency_key="secret-key")

    assert "secret" not in str(caught.value)
    assert await resolver.store.count() == count


async def test_another_key(resolver: Resolver) -> None:
    """Another key is another request."""
    first = await resolver.get_or_create(AMA, idempotency_key="k-1")
    second = await resolver.get_or_create(AMA, idempotency_key="k-2")

    assert (first.created, second.created) == (True, False)


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_no_key_at_all(resolver: Resolver, key: str) -> None:
    """A key that is empty or too long is refused by name, and nothing is created."""
    with pytest.raises(InputError, match="idempotency_key: must be 1 to 255 characters"):
        await resolver.get_or_create(AMA, idempotency_key=key)

    assert await resolver.store.count() == 1


async def test_kept_for_a_time(resolver: Resolver, clock: Clock) -> None:
    """An answer is kept for a day; then the key is free again, for any body."""
    await resolver.get_or_create(AMA, idempotency_key="k")
    clock.now += DAY - timedelta(seconds=1)
    within = await resolver.get_or_create(AMA, idempotency_key="k")
    clock.now += timedelta(seconds=1)
    after = await resolver.get_or_create(JOHN, idempotency_key="k")
    again = await resolver.get_or_create(JOHN, idempotency_key="k")

    assert within.created
    assert after.record_id == "1"
    assert told(again) == told(after)


async def test_kept_for_as_long_as_one_likes(store: Store, clock: Clock) -> None:
    """How long an answer is kept can be set."""
    resolver = Resolver(store, clock=clock, remember=60)
    await resolver.get_or_create(AMA, idempotency_key="k")
    clock.now += timedelta(seconds=61)

    assert not (await resolver.get_or_create(AMA, idempotency_key="k")).created


class Dying:
    """A store whose process dies at the end of a unit, after the commit or just before it."""

    def __init__(self, store: Store, *, committed: bool) -> None:
        self.model, self.side = store.model, store.side
        self._store = store
        self._committed = committed

    @asynccontextmanager
    async def begin(self, deadline: float | None) -> AsyncIterator[Unit]:
        async with self._store.begin(deadline) as unit:
            yield unit
            if not self._committed:
                raise StoreError("killed before the commit")
        raise StoreError("killed after the commit")


@pytest.mark.parametrize("committed", [True, False])
async def test_killed_before_the_reply(store: Store, url: str, committed: bool) -> None:
    """Whoever was not told asks again, and is told that they were created; once they are."""
    dying = Resolver(Dying(store, committed=committed))  # type: ignore[arg-type]  # only writes
    with pytest.raises(StoreError, match="killed"):
        await dying.get_or_create(AMA, idempotency_key="k")
    assert await store.count() == 1 + committed

    reopened = Resolver(await open_store(url, MODEL))
    made = await reopened.get_or_create(AMA, idempotency_key="k")
    await reopened.close()

    assert made.created
    assert made.contact is not None
    assert made.contact["email"] == AMA["email"]
    assert await store.count() == 2


async def test_contacts_are_read_anew(resolver: Resolver) -> None:
    """The answer names the same records, as they are by now."""
    first = await resolver.get_or_create(NAMESAKE, idempotency_key="k")
    await resolver.update("1", {"company": "Acme"})
    second = await resolver.get_or_create(NAMESAKE, idempotency_key="k")

    assert [one["company"] for one in first.lookup.suggestions] == [None]
    assert [one["company"] for one in second.lookup.suggestions] == ["Acme"]
    assert [one.record_id for one in second.lookup.explain()] == ["1"]


async def test_whom_it_created_is_gone(resolver: Resolver) -> None:
    """Where the record was deleted since, that is said, and nobody is created a second time."""
    made = await resolver.get_or_create(AMA, idempotency_key="k")
    assert made.record_id is not None
    await resolver.delete(made.record_id)

    with pytest.raises(RecordNotFound, match="created under this key is gone"):
        await resolver.get_or_create(AMA, idempotency_key="k")

    assert await resolver.store.count() == 1


@pytest.mark.parametrize("raw", [JOHN, NAMESAKE], ids=["found", "review"])
async def test_whom_it_found_is_gone(resolver: Resolver, raw: dict[str, object]) -> None:
    """Where nobody is left of whom it found, and it made nobody, the question is asked anew."""
    await resolver.get_or_create(raw, idempotency_key="k")
    await resolver.delete("1")
    anew = await resolver.get_or_create(raw, idempotency_key="k")
    again = await resolver.get_or_create(raw, idempotency_key="k")

    assert anew.created
    assert told(again) == told(anew)


async def test_some_of_the_suggestions_are_gone(resolver: Resolver) -> None:
    """Of several suggestions those are repeated that are still there."""
    await resolver.add(JOHN | {"id": "2", "email": "smith@example.net"})
    first = await resolver.get_or_create(NAMESAKE, idempotency_key="k")
    await resolver.delete("1")
    second = await resolver.get_or_create(NAMESAKE, idempotency_key="k")

    assert [one["id"] for one in first.lookup.suggestions] == ["1", "2"]
    assert [one["id"] for one in second.lookup.suggestions] == ["2"]


async def test_nobodys_data_is_kept(resolver: Resolver, url: str) -> None:
    """What is remembered names records by their ids and quotes neither body nor key."""
    for number, raw in enumerate((AMA, JOHN, NAMESAKE)):
        await resolver.get_or_create(raw, idempotency_key=f"key-of-{raw['first_name']}-{number}")

    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw_connection:
        rows = raw_connection.execute("SELECT * FROM hwm_idempotency").fetchall()

    text = str(rows).lower()
    assert len(rows) == 3
    for value in {*AMA.values(), *JOHN.values(), *NAMESAKE.values(), "key-of"}:
        assert str(value).lower() not in text


async def test_one_key_in_two_tables(url: str, resolver: Resolver) -> None:
    """The same key may be used for another table of the same database."""
    other = Resolver(await create_store(url, MODEL, table="guests"))
    first = await resolver.get_or_create(AMA, idempotency_key="k")
    second = await other.get_or_create(JOHN, idempotency_key="k")
    await other.close()

    assert (first.created, second.created) == (True, True)


def test_for_callers_that_wait(url: str) -> None:
    """The same for scripts, Flask and Django."""
    with open_resolver(url, MODEL, create=True) as resolver:
        made = [resolver.get_or_create(AMA, idempotency_key="k") for _ in range(2)]

    assert told(made[0]) == told(made[1])


RAW = st.dictionaries(st.sampled_from(MODEL.field_names), st.text(max_size=12) | st.none())


@settings(max_examples=60, deadline=None)
@given(RAW, st.randoms())
def test_what_is_said_has_no_order(raw: dict[str, object], random: object) -> None:
    """The order of the fields, and fields that say nothing, make no difference."""
    names = list(raw)
    random.shuffle(names)  # type: ignore[attr-defined]  # it is a Random
    shuffled = {name: raw[name] for name in names} | {"company": raw.get("company")}

    assert said(MODEL, MODEL.record(shuffled)) == said(MODEL, MODEL.record(raw))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_a_lock_is_one_keys(one: str, other: str) -> None:
    """Two keys have two locks of 64 bits, and one key has one, whatever the body."""
    tickets = ticket_of("contacts", one, "a"), ticket_of("contacts", other, "b")

    assert (tickets[0].lock == tickets[1].lock) == (one == other)
    assert all(-(2**63) <= each.lock < 2**63 for each in tickets)
    assert ticket_of("guests", one, "a").key_mark != tickets[0].key_mark


# --- one record a person, whatever the order of things -------------------------------------------

SMITHS = [
    [JOHN | {"email": f"{name}@{place}"} for place in ("example.com", "example.org")]
    for name in ("john", "j.smith", "johnny")
]
"""Three namesakes, each of whom signs up under one of two addresses."""

STEP = st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(["k-1", "k-2", None]))


class Town:
    """Signs people up and decides as they would, knowing who is who."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.records: dict[int, RecordId] = {}
        self.decisions = 0

    async def sign_up(self, who: int, spelt: int, key: str | None) -> None:
        """Sign somebody up, and see that they are told of their own record."""
        raw = SMITHS[who][spelt]
        try:
            made = await self.resolver.get_or_create(raw, idempotency_key=key)
        except IdempotencyConflict:
            return
        if made.contact is None:
            made = await self.decide(who, raw, [one.record_id for one in made.lookup.matches])
        assert made.record_id is not None
        assert self.records.setdefault(who, made.record_id) == made.record_id

    async def decide(
        self, who: int, raw: dict[str, object], suggested: list[RecordId | None]
    ) -> Registration:
        """Confirm their own record, or say that it is none; twice, as after a lost reply."""
        self.decisions += 1
        key = f"d-{self.decisions}"
        mine = self.records.get(who)
        if mine in suggested:
            answers = [
                await self.resolver.confirm(raw, mine, idempotency_key=key)  # type: ignore[arg-type]  # it is there
                for _ in range(2)
            ]
        else:
            answers = [
                await self.resolver.create_apart(raw, suggested, idempotency_key=key)  # type: ignore[arg-type]  # all have ids
                for _ in range(2)
            ]
        assert told(answers[0]) == told(answers[1])
        return answers[0]


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=12))
def test_one_record_a_person(steps: list[tuple[int, int, str | None]]) -> None:
    """Whoever signs up how often, under keys used again, has one record and is told of that one."""

    async def live() -> None:
        town = Town(Resolver(await create_store("sqlite://", MODEL)))
        for step in steps:
            await town.sign_up(*step)
        assert await town.resolver.store.count() == len(town.records)
        assert len(set(town.records.values())) == len(town.records)
        await town.resolver.close()

    asyncio.run(live())
