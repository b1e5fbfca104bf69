"""Stamps change with every write that could change an answer, and in its own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from have_we_met import (
    Judgement,
    Resolver,
    StoreOutOfDate,
    create_store,
    open_store,
    orm,
    preset,
    rebuild_store,
)
from have_we_met.store import SqlStore, sync_store
from have_we_met.store.sqlite import MEMORY
from have_we_met.store.stamps import ERASED, Stamps, are_kept, depended_on, erasure_of

from .conformance import ADA, MODEL, WANG
from .test_sync import write

Write = Callable[[Resolver, Any], Awaitable[object]]


async def add_ada(resolver: Resolver, _: Any) -> None:
    await resolver.add(ADA)


async def create(resolver: Resolver, _: Any) -> None:
    assert (await resolver.get_or_create(ADA | {"phone": None})).created


async def update(resolver: Resolver, wang: Any) -> None:
    await resolver.update(wang, {"email": ADA["email"]})


async def load(resolver: Resolver, _: Any) -> None:
    await resolver.store.load([ADA | {"id": "a"}])


async def load_many(resolver: Resolver, _: Any) -> None:
    others = [{"id": f"o{n}", "email": f"o{n}@example.com"} for n in range(2_000)]
    await resolver.store.load(others)


async def sync(resolver: Resolver, _: Any) -> None:
    text = f"INSERT INTO contacts (id, email) VALUES ('a', '{ADA['email']}')"
    if getattr(resolver.store, "path", "") == MEMORY:
        resolver.store.writer.raw.execute(text)  # type: ignore[attr-defined]  # it is SQLite's
    else:
        await write(resolver.store, text)
    await sync_store(resolver.store, full=True)  # type: ignore[arg-type]  # both stores are


TOUCHING = [add_ada, create, update, load, load_many, sync]


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("stored"))
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/stamps.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """An empty store that keeps stamps."""
    opened = await create_store(url, MODEL)
    await opened.keep_stamps()
    yield opened
    await opened.close()


async def of(store: SqlStore, raw: dict[str, str]) -> Stamps | None:
    """The stamps of the question whether we have met somebody."""
    hashes = [key for _, key in MODEL.cut.one(MODEL.record(raw).values)]
    standing = await store.standing(depended_on(hashes), (), None)
    return standing and standing.stamps


@pytest.mark.parametrize("write", TOUCHING)
async def test_a_write_changes_them(store: SqlStore, write: Write) -> None:
    """Whatever writes under a key, the stamps of questions with that key are others afterwards."""
    resolver = Resolver(store)
    wang = await resolver.add(WANG)
    before, version = await of(store, ADA), store.version()

    await write(resolver, wang)

    assert before is not None
    assert await of(store, ADA) != before
    assert version is None or store.version() != version


async def test_what_was_under_a_key_counts_too(store: SqlStore) -> None:
    """A change touches the old keys, and a deletion those that were."""
    resolver = Resolver(store)
    ada = await resolver.add(ADA)
    stamps = [await of(store, ADA)]
    await resolver.update(ada, WANG | {"phone": None})
    stamps.append(await of(store, ADA))
    await resolver.update(ada, ADA)
    stamps.append(await of(store, ADA))
    await resolver.delete(ada)
    stamps.append(await of(store, ADA))

    assert len(set(stamps)) == 4


async def test_other_writes_leave_them(store: SqlStore) -> None:
    """Who shares no key, what is no field, and what is asserted: none of it changes an answer."""
    resolver = Resolver(store)
    ada = await resolver.add(ADA)
    before = await of(store, ADA)

    wang = await resolver.add(WANG)
    await resolver.judge(ada, wang, Judgement.DIFFERENT)
    await resolver.update(ada, {"email": "ADA@example.org"})

    assert await of(store, ADA) == before


async def test_what_is_rolled_back_leaves_them(store: SqlStore) -> None:
    """They are part of the unit that writes."""
    before = await of(store, ADA)
    with pytest.raises(ZeroDivisionError):
        async with store.begin(None) as unit:
            await unit.insert(MODEL.record(ADA))
            raise ZeroDivisionError

    assert await of(store, ADA) == before


async def test_nobody_pays_who_does_not_ask(stored: str) -> None:
    """Without the wish nothing is written, and there are no stamps to go by."""
    store = await open_store(stored, MODEL)
    await Resolver(store).add(ADA)

    assert await of(store, ADA) is None
    async with store.survey(None) as unit:
        assert not await are_kept(unit)
    await store.close()


async def test_the_wish_waits_for_who_is_writing(stored: str) -> None:
    """A unit that began before would stamp nothing, so it has to end first; all later ones do."""
    writing, wishing = await open_store(stored, MODEL), await open_store(stored, MODEL)
    async with writing.begin(None) as unit:
        await unit.insert(MODEL.record(ADA))
        wish = asyncio.create_task(wishing.keep_stamps())
        await asyncio.sleep(0.05)
        assert not wish.done()
    await wish
    before = await of(wishing, WANG)
    await Resolver(writing).add(WANG)

    assert before is not None
    assert await of(wishing, WANG) != before
    for store in (writing, wishing):
        await store.close()


async def test_versions_hear_of_other_processes(tmp_path: Path) -> None:
    """On SQLite the version says, without a question, whether anybody committed anything."""
    url = f"sqlite:///{tmp_path}/s.db"
    store, other = await create_store(url, MODEL), await open_store(url, MODEL)
    version = store.version()
    assert store.version() == version

    await Resolver(other).add(ADA)
    assert store.version() != version

    version = store.version()
    await Resolver(store).add(WANG)
    assert store.version() != version


async def test_a_unit_in_memory_is_not_gone_by(store: SqlStore) -> None:
    """What is not committed yet, and seen since there is but one connection, counts for nobody."""
    async with store.begin(None) as unit:
        await unit.insert(MODEL.record(ADA))
        inside = await of(store, ADA), store.version()
    assert inside == (None, None) or inside[0] != await of(store, ADA)


class Base(DeclarativeBase):
    pass


class Contact(Base):
    __tablename__ = "contacts"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str | None]


async def test_the_orm_stamps_what_it_commits(stored: str, tmp_path: Path) -> None:
    """A session stamps at its commit, once, and not what it rolls back."""
    urls = (stored, f"sqlite:///{tmp_path}/s.db")
    for url in urls:
        store = await create_store(url, MODEL)
        await store.keep_stamps()
        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        keeper = orm.keep(Contact, MODEL, engine)
        stamps = [await of(store, ADA)]
        with Session(engine) as session:
            session.add(Contact(id="x", email=ADA["email"]))
            session.flush()
            session.rollback()
            stamps.append(await of(store, ADA))
            session.add(Contact(id="y", email=ADA["email"]))
            session.commit()
            stamps.append(await of(store, ADA))
            session.delete(session.get(Contact, "y"))
            session.commit()
            stamps.append(await of(store, ADA))
        keeper.stop()
        engine.dispose()
        await store.close()

        assert stamps[0] == stamps[1]
        assert len(set(stamps)) == 3


@pytest.mark.parametrize("kept", [True, False])
async def test_a_store_that_was_rebuilt_is_known_by_who_stamps(stored: str, kept: bool) -> None:
    """Whether stamps are kept has nothing to do with whether the side tables are those in use."""
    store = await open_store(stored, MODEL)
    if kept:
        await store.keep_stamps()
    await Resolver(store).add(WANG)
    await (await rebuild_store(stored, MODEL)).close()
    with pytest.raises(StoreOutOfDate):
        await Resolver(store).add(ADA)
    await store.close()


async def test_they_outlive_a_rebuild(tmp_path: Path) -> None:
    """A new generation goes on with them."""
    url = f"sqlite:///{tmp_path}/s.db"
    store = await create_store(url, MODEL)
    await store.keep_stamps()
    before = await of(store, ADA)
    await store.close()
    narrower = preset("contacts", region="GB")
    rebuilt = await rebuild_store(url, narrower)

    assert await of(rebuilt, ADA) == before
    await rebuilt.close()


async def test_an_erasure_among_many_writes(store: SqlStore) -> None:
    """Who writes so much that all questions are touched is heard to have erased somebody, too."""
    before = await of(store, ADA)
    async with store.begin(None) as unit:
        unit.touched.update({ERASED, *range(1_000)})
    after = await of(store, ADA)

    assert before is not None
    assert after is not None
    assert erasure_of(after) != erasure_of(before)
