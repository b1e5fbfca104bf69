"""Rows are given as they were read only while nobody committed anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import Resolver, create_store, open_store
from have_we_met.cache import open_cache
from have_we_met.store import SqlStore
from have_we_met.store.guarded import GuardedStore
from have_we_met.store.rows import Rows

from .conformance import ADA, MODEL, WANG
from .test_sync import write
from .test_wal_index import elsewhere

IDS = st.integers(0, 4)


@dataclass
class Table:
    """A table with a version, and what was kept of it when: the plain way to say what is true."""

    rows: dict[int, int] = field(default_factory=dict)
    version: int = 0

    def commit(self, record_id: int) -> None:
        self.version += 1
        self.rows[record_id] = self.version

    def read(self, record_id: int) -> dict[str, object]:
        return {"id": record_id, "said": self.rows.get(record_id)}


EVENTS = st.lists(
    st.tuples(st.sampled_from(["commit", "put", "late", "get", "clear"]), IDS), max_size=30
)


@given(EVENTS, st.integers(1, 4))
def test_what_is_given_is_what_would_be_read(events: list[tuple[str, int]], most: int) -> None:
    """In any order of commits and reads, also where one is read before a commit and kept after."""
    table = Table()
    rows = Rows(lambda: table.version, most)
    for what, one in events:
        if what == "commit":
            table.commit(one)
        elif what == "put":
            rows.put([(one, table.read(one))], table.version)
        elif what == "late":
            version, row = table.version, table.read(one)
            table.commit(one)
            rows.put([(one, row)], version)
            assert len(rows) == 0
        elif what == "get":
            assert rows.get([one], table.version) in (None, (table.read(one),))
        else:
            rows.clear()
        assert len(rows) <= most


def test_they_are_kept() -> None:
    """All of those that are asked for, in that order, or nothing."""
    rows = Rows(lambda: 1)
    rows.put([(1, {"id": 1}), (2, {"id": 2})], 1)

    assert rows.get([2, 1], 1) == ({"id": 2}, {"id": 1})
    assert rows.get([1, 3], 1) is None
    assert rows.get([1], 2) is None
    assert len(rows) == 0


def test_nobody_changes_anothers() -> None:
    """Neither who gave a row nor who got it can change what the next one gets."""
    rows, given = Rows(lambda: 1), {"city": "London"}
    rows.put([(1, given)], 1)
    given["city"] = "Paris"
    for _ in range(2):
        ((got,),) = (rows.get([1], 1) or (),)
        assert got == {"city": "London"}
        got["city"] = "Rome"


def test_where_nobody_can_tell() -> None:
    """A store without versions keeps none."""
    rows = Rows(lambda: None)
    rows.put([(1, {"id": 1})], None)

    assert len(rows) == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store is."""
    return tmp_path / "contacts.db"


@dataclass
class Looking:
    """A resolver with a cache on a SQLite file, and the statements that its reader was asked."""

    resolver: Resolver
    store: SqlStore
    asked: list[str] = field(default_factory=list)

    async def contact(self) -> object:
        self.asked.clear()
        return (await self.resolver.lookup(ADA)).contact


@pytest.fixture(params=["plain", "guarded"])
async def looking(path: Path, request: pytest.FixtureRequest) -> Looking:
    """Ada is known, and was looked up."""
    store = await create_store(f"sqlite:///{path}", MODEL)
    guarded = GuardedStore(store) if request.param == "guarded" else store
    looking = Looking(Resolver(guarded, cache=await open_cache(guarded)), store)
    await looking.resolver.add(ADA | {"id": "ada"})
    assert await looking.contact()
    store.reader.raw.set_trace_callback(looking.asked.append)  # type: ignore[attr-defined]
    return looking


async def test_sqlite_is_not_asked(looking: Looking) -> None:
    """Who is looked up again while nobody writes is given without a statement."""
    contact = await looking.contact()

    assert looking.asked == []
    assert contact == await looking.resolver.get("ada")


async def by_this_process(looking: Looking) -> None:
    await looking.resolver.update("ada", {"last_name": "King"})


async def by_another_store(looking: Looking) -> None:
    other = Resolver(await open_store(f"sqlite:///{looking.store.path}", MODEL))  # type: ignore[attr-defined]
    await other.update("ada", {"last_name": "King"})
    await other.close()


async def by_another_process(looking: Looking) -> None:
    text = "UPDATE contacts SET last_name = 'King'"
    elsewhere(Path(looking.store.path), text)  # type: ignore[attr-defined]


async def by_another_program(looking: Looking) -> None:
    await write(looking.store, "UPDATE contacts SET last_name = 'King'")


WRITERS = [by_this_process, by_another_store, by_another_process, by_another_program]


@pytest.mark.parametrize("by", WRITERS)
async def test_a_change_is_seen(looking: Looking, by: Callable[[Looking], object]) -> None:
    """By whomever it was made, and whether or not it changes what we compare."""
    await by(looking)  # type: ignore[misc]  # each is async
    contact = await looking.contact()

    assert isinstance(contact, dict)
    assert contact["last_name"] == "King"
    assert looking.asked
    await looking.contact()
    assert looking.asked == []


async def test_any_commit_empties_them(looking: Looking) -> None:
    """This process's at once; of another's it hears with the next question."""
    store = looking.store
    assert len(store.rows) == 1
    await Resolver(store).add(WANG)
    assert len(store.rows) == 0
    await looking.contact()
    assert len(store.rows) == 1

    elsewhere(Path(store.path), "DELETE FROM contacts")  # type: ignore[attr-defined]
    assert (await looking.resolver.lookup({"email": "nobody@example.org"})).contact is None
    assert (await looking.resolver.lookup(ADA)).contact is None
    assert len(store.rows) == 0


async def test_who_asks_nothing_hears_of_it_too(looking: Looking) -> None:
    """A server has its cache listen every few seconds."""
    store, cache = looking.store, looking.resolver.cache
    assert cache is not None
    await cache.hear(None)
    assert len(store.rows) == 1
    elsewhere(Path(store.path), "DELETE FROM contacts")  # type: ignore[attr-defined]
    await cache.hear(None)

    assert len(store.rows) == 0


async def test_what_is_not_committed_is_not_seen(looking: Looking) -> None:
    """Neither before its end nor where it came to none."""
    with pytest.raises(ZeroDivisionError):
        async with looking.store.begin(None) as unit:
            await unit.update("ada", MODEL.record({"last_name": "King"}))
            contact = await looking.contact()
            assert isinstance(contact, dict)
            assert contact["last_name"] == "Lovelace"
            raise ZeroDivisionError
    contact = await looking.contact()

    assert isinstance(contact, dict)
    assert contact["last_name"] == "Lovelace"


async def test_in_several_threads(looking: Looking) -> None:
    """A thread that reads while another writes gives nobody what was."""
    url = f"sqlite:///{looking.store.path}"  # type: ignore[attr-defined]
    resolver = looking.resolver
    ends = Event()

    def look() -> list[int]:
        async def looked() -> list[int]:
            seen: list[int] = []
            store = looking.store  # whose rows the threads share; a cache is of one loop
            resolver = Resolver(store, cache=await open_cache(store))
            while not ends.is_set():
                contact = (await resolver.lookup(ADA)).contact
                assert contact is not None
                seen.append(int(str(contact["company"])))
            return seen

        return asyncio.run(looked())

    writer = Resolver(await open_store(url, MODEL))
    await writer.update("ada", {"company": "0"})
    readers = [asyncio.create_task(asyncio.to_thread(look)) for _ in range(2)]
    for number in range(1, 60):
        await (resolver if number % 2 else writer).update("ada", {"company": str(number)})
        contact = (await resolver.lookup(ADA)).contact
        assert contact is not None
        assert contact["company"] == str(number)
        await asyncio.sleep(0.001)
    ends.set()
    for seen in await asyncio.gather(*readers):
        assert seen == sorted(seen)
    await writer.close()
