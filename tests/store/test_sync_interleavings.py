"""Whatever is written by whom, and whenever a sync runs or dies: side tables are as if new."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from have_we_met import RecordExists, RecordNotFound, Resolver, create_store, rebuild_store
from have_we_met.store import follow_store, sync_store
from have_we_met.store.drift import Drift

from .conformance import MODEL
from .test_sync import read_index, write

IDS = ("a", "b", "c", "d")
EMAILS = ("ada@example.org", "ADA@example.org", "wang@example.com", "chinua@example.net", "", None)
NAMES = ("Ada", "伟", "Chinua", None)
MOMENTS = count(1)


class Died(Exception):
    """What a sync dies of."""


@dataclass
class Writer:
    """Everything that may happen to a table, by chance."""

    store: Any
    watermark: str | None = None
    resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.store)

    async def add(self, id: str, email: str | None, name: str | None) -> None:
        with suppress(RecordExists):
            await self.resolver.add({"id": id, "email": email, "first_name": name})

    async def get_or_create(self, id: str, email: str | None, name: str | None) -> None:
        if email:
            await self.resolver.get_or_create({"email": email, "first_name": name})

    async def update(self, id: str, email: str | None, name: str | None) -> None:
        with suppress(RecordNotFound):
            await self.resolver.update(id, {"email": email, "first_name": name})

    async def delete(self, id: str, email: str | None, name: str | None) -> None:
        with suppress(RecordNotFound):
            await self.resolver.delete(id)

    async def outside_upsert(self, id: str, email: str | None, name: str | None) -> None:
        await write(
            self.store,
            "INSERT INTO contacts (id, email, first_name, updated_at) VALUES"
            f" ('{id}', {_sql(email)}, {_sql(name)}, {_moment()})"
            " ON CONFLICT (id) DO UPDATE SET"
            " email = excluded.email, first_name = excluded.first_name,"
            " updated_at = excluded.updated_at",
        )

    async def outside_rename(self, id: str, email: str | None, name: str | None) -> None:
        await write(
            self.store,
            f"DELETE FROM contacts WHERE id = 'z{id}'",
            f"UPDATE contacts SET id = 'z{id}', updated_at = {_moment()} WHERE id = '{id}'",
        )

    async def outside_delete(self, id: str, email: str | None, name: str | None) -> None:
        await write(self.store, f"DELETE FROM contacts WHERE id = '{id}'")

    async def outside_empty(self, id: str, email: str | None, name: str | None) -> None:
        await write(self.store, "DELETE FROM contacts")

    async def sync(self, id: str, email: str | None, name: str | None) -> None:
        await sync_store(self.store, page=1 + IDS.index(id), watermark=self.watermark)

    async def sync_fully(self, id: str, email: str | None, name: str | None) -> None:
        await sync_store(self.store, page=1 + IDS.index(id), full=True)

    async def sync_dies(self, id: str, email: str | None, name: str | None) -> None:
        pages = IDS.index(id)

        def die(done: int, total: int) -> None:
            if done > pages:
                raise Died

        with suppress(Died):
            await sync_store(self.store, page=1, full=name is None, progress=die)


def _sql(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def _moment() -> str:
    """A moment later than all before it."""
    return f"'2024-01-01 00:{next(MOMENTS) % 3600 // 60:02}:{next(MOMENTS) % 60:02}'"


HAPPENINGS = tuple(
    name for name, value in vars(Writer).items() if asyncio.iscoroutinefunction(value)
)
Happening = tuple[str, str, str | None, str | None]
happenings = st.lists(
    st.tuples(
        st.sampled_from(HAPPENINGS),
        st.sampled_from(IDS),
        st.sampled_from(EMAILS),
        st.sampled_from(NAMES),
    ),
    max_size=14,
)
bounded = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
few = settings(bounded, max_examples=8)


async def _happen(writer: Writer, what: list[Happening]) -> None:
    for name, *values in what:
        await getattr(writer, name)(*values)


async def _is_as_new(store: Any, url: str) -> None:
    """Compare with the side tables that a rebuild makes."""
    kept = await read_index(store)
    rebuilt = await rebuild_store(url, MODEL)
    assert kept == await read_index(rebuilt)
    await rebuilt.close()


async def _in_a_store(
    url: str, work: Callable[[Any], Awaitable[None]], triggers: bool | None = None
) -> None:
    store: Any = await create_store(url, MODEL, triggers=triggers)
    try:
        await work(store)
    finally:
        await store.close()


@bounded
@given(happenings, st.sampled_from([None, "updated_at"]))
def test_on_sqlite(what: list[Happening], watermark: str | None) -> None:
    """On SQLite, a full sync leaves what a rebuild leaves."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/contacts.db"

        async def work(store: Any) -> None:
            await _happen(Writer(store, watermark), what)
            await sync_store(store, full=True)
            # One that was broken off may have been continued: it says nothing of what changed
            # behind it meanwhile.
            await sync_store(store, full=True)
            await _is_as_new(store, url)

        asyncio.run(_in_a_store(url, work))


@few
@given(what=happenings)
def test_on_postgres(stored: str, what: list[Happening]) -> None:
    """On PostgreSQL, too."""

    async def work(store: Any) -> None:
        await write(store, "DELETE FROM contacts")
        await _happen(Writer(store), what)
        await sync_store(store, full=True)
        await sync_store(store, full=True)
        await _is_as_new(store, stored)

    asyncio.run(_in_a_store(stored, work))


@few
@given(what=happenings)
def test_with_triggers(stored: str, what: list[Happening]) -> None:
    """With triggers it is enough to read what they noted."""

    async def work(store: Any) -> None:
        await write(store, "TRUNCATE contacts")
        await _happen(Writer(store), what)
        await sync_store(store)
        assert (await store.lag()).pending == 0
        await _is_as_new(store, stored)

    asyncio.run(_in_a_store(stored, work, triggers=True))


async def test_all_at_once(stored: str) -> None:
    """Writers of every kind at the same moment as a sync: nothing is lost between them."""
    chance, stop = random.Random(7), asyncio.Event()

    async def write_on(store: Any, names: tuple[str, ...], times: int) -> None:
        for _ in range(times):
            values = chance.choice(IDS), chance.choice(EMAILS), chance.choice(NAMES)
            await getattr(Writer(store), chance.choice(names))(*values)

    async def follow(store: Any) -> None:
        async for _ in follow_store(store, stop, every=0.05):
            pass

    async def work(store: Any) -> None:
        outside = tuple(name for name in HAPPENINGS if name.startswith("outside"))
        ours = ("add", "get_or_create", "update", "delete")
        following = asyncio.create_task(follow(store))
        kinds = (outside, outside, ours, ours, ("sync_fully",))
        await asyncio.gather(
            *(write_on(store, names, 10 if len(names) == 1 else 60) for names in kinds)
        )
        stop.set()
        await following
        await sync_store(store)

        assert (await sync_store(store, full=True)).mended == 0
        await _is_as_new(store, stored)

    await _in_a_store(stored, work, triggers=True)


def test_drift_adds_up() -> None:
    """What was compared is what was mended and what was right."""
    drift = Drift(1, 2, 3, 4, 5)

    assert (drift.mended, drift.compared) == (6, 10)
