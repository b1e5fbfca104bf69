"""Whatever is written by whom and whenever, a kept answer is the one that the store itself gives.

Two processes on one database, each with answers in its own memory, share a place that is worse
than any Redis: it forgets, it delivers late, and it gives again what was kept there long ago.
Writes fall between any two steps of a lookup. Beside them, a resolver without a cache says what is
true.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from have_we_met import Lookup, RecordExists, RecordNotFound, Resolver, create_store, open_store
from have_we_met.asking import Ask, Question
from have_we_met.cache import Cache, open_cache
from have_we_met.cache.held import Held
from have_we_met.store import sync_store

from ..store.conformance import MODEL
from ..store.test_sync import write

EMAILS = ("ada@example.org", "wang@example.com")
NAMES = ("Ada", "伟")


@dataclass(frozen=True)
class Write:
    """Somebody writes something."""

    kind: str
    process: int
    id: str
    email: str
    name: str

    async def run(self, world: World) -> None:
        """Do it; what there is not stays as it is."""
        resolver = world.writers[self.process]
        raw = {"email": self.email, "first_name": self.name}
        with suppress(RecordExists, RecordNotFound):
            await getattr(self, self.kind)(resolver, raw)

    async def add(self, resolver: Resolver, raw: dict[str, str]) -> None:
        await resolver.add(raw | {"id": self.id})

    async def create(self, resolver: Resolver, raw: dict[str, str]) -> None:
        await resolver.get_or_create(raw)

    async def update(self, resolver: Resolver, raw: dict[str, str]) -> None:
        await resolver.update(self.id, raw)

    async def delete(self, resolver: Resolver, raw: dict[str, str]) -> None:
        await resolver.delete(self.id)

    async def load(self, resolver: Resolver, raw: dict[str, str]) -> None:
        await resolver.store.load([raw | {"id": self.id}])

    async def sync(self, resolver: Resolver, raw: dict[str, str]) -> None:
        text = f"INSERT OR REPLACE INTO contacts (id, email, first_name) VALUES ('{self.id}', "
        await write(resolver.store, f"{text}'{self.email}', '{self.name}')")
        await sync_store(resolver.store, full=True)  # type: ignore[arg-type]  # it is one

    async def aside(self, resolver: Resolver, raw: dict[str, str]) -> None:
        """Change what is no field, past everybody: nothing but the row itself says so."""
        text = f"UPDATE contacts SET updated_at = '{self.name} {uuid4()}' WHERE id = '{self.id}'"
        await write(resolver.store, text)


KINDS = ("add", "create", "update", "delete", "load", "sync", "aside")


def writes(*kinds: str) -> st.SearchStrategy[Write]:
    """Writes of these kinds, by either process."""
    who = st.integers(0, 1), st.sampled_from("ab"), st.sampled_from(EMAILS), st.sampled_from(NAMES)
    return st.builds(Write, st.sampled_from(kinds), *who)


WRITES = writes(*KINDS)


@dataclass(frozen=True)
class Look:
    """Somebody looks somebody up; meanwhile others write, before the store is read and after."""

    process: int
    email: str
    before: Sequence[Write] = ()
    after: Sequence[Write] = ()


LOOKS = st.builds(
    Look,
    st.integers(0, 1),
    st.sampled_from(EMAILS),
    st.lists(WRITES, max_size=1),
    st.lists(WRITES, max_size=1),
)


@dataclass(frozen=True)
class Undecided:
    """Everybody looks while one writes; then that is committed, or not."""

    write: Write
    commits: bool


UNDECIDED = st.builds(Undecided, writes("add"), st.booleans())


Pick = Callable[[Sequence[Held | None]], Held | None]


@dataclass
class Place:
    """Keeps what it is given for ever, and gives any of it."""

    pick: Pick
    kept: dict[bytes, list[Held]] = field(default_factory=dict)

    async def get(self, name: bytes, until: float) -> Held | None:
        return self.pick([None, *self.kept.get(name, [])])

    def put(self, name: bytes, held: Held) -> None:
        self.kept.setdefault(name, []).append(held)

    async def close(self) -> None: ...


@dataclass
class World:
    """Two processes with caches, and the truth.

    The ``plain`` resolvers share the caches, and nobody stands in their way: they may answer with
    what is at hand. Each is asked twice, so the second time nothing was committed in between.
    """

    writers: list[Resolver]
    lookers: list[Resolver]
    truth: Resolver
    plain: list[Resolver] = field(default_factory=list)
    look: Look | None = None

    def meddling(self, ask: Ask) -> Ask:
        """Let the others write while the store is asked."""

        async def asked(question: Question) -> Lookup:
            look, self.look = self.look, None
            for one in look.before if look else ():
                await one.run(self)
            answer = await ask(question)
            for one in look.after if look else ():
                await one.run(self)
            return answer

        return asked

    async def check(self, look: Look) -> None:
        """Look somebody up: what is said is true now, or was when it was asked."""
        true = [await self.true(look.email)]
        self.look = look
        answer = said(await self.lookers[look.process].lookup({"email": look.email}))
        self.look = None
        true.append(await self.true(look.email))
        assert answer in true or (look.before and look.after)
        for looker in (*self.lookers, *self.plain, *self.plain):
            assert said(await looker.lookup({"email": look.email})) == true[1]

    async def true(self, email: str) -> object:
        return said(await self.truth.lookup({"email": email}))


def said(lookup: Lookup) -> object:
    """What an answer says, but for its number and how long it took."""
    matches = [match.changed(stored=()) for match in lookup.matches]
    return lookup.status, lookup.contact, lookup.suggestions, str(matches), lookup.complete


async def run(events: Sequence[Write | Look | Undecided], pick: Pick) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/contacts.db"
        stores = [await create_store(url, MODEL), await open_store(url, MODEL)]
        stores.append(await open_store(url, MODEL))
        world = World([Resolver(store) for store in stores[:2]], [], Resolver(stores[2]))
        place: Any = Place(pick)
        for store in stores[:2]:
            cache = replace(await open_cache(store), redis=place, secret=b"theirs")
            world.lookers.append(_looker(cache, world))
            world.plain.append(Resolver(store, cache=cache))
        for event in events:
            await _happen(event, world)
        for email in EMAILS:
            await world.check(Look(0, email))
        for store in stores:
            await store.close()


def _looker(cache: Cache, world: World) -> Resolver:
    """A resolver in whose way somebody meddles, between its cache and its store."""
    resolver = Resolver(cache.store)
    resolver._ask = cache.step(5)(world.meddling(resolver._look))
    resolver._read = cache.reader(5)
    return resolver


async def _happen(event: Write | Look | Undecided, world: World) -> None:
    if isinstance(event, Write):
        await event.run(world)
    elif isinstance(event, Look):
        await world.check(event)
    else:
        await _undecided(event, world)


async def _undecided(event: Undecided, world: World) -> None:
    raw = {"email": event.write.email, "first_name": event.write.name}
    with suppress(RecordNotFound):
        async with world.writers[event.write.process].store.begin(None) as unit:
            await unit.insert(MODEL.record(raw))
            for email in EMAILS:
                await world.check(Look(0, email))
            if not event.commits:
                raise RecordNotFound


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(st.lists(WRITES | LOOKS | UNDECIDED, min_size=4, max_size=12), st.data())
def test_a_kept_answer_is_the_true_one(events: list[Write | Look | Undecided], data: Any) -> None:
    """Any order of events, and writes in the middle of lookups."""
    asyncio.run(run(events, lambda there: data.draw(st.sampled_from(there))))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "pick", [itemgetter(-1), lambda there: there[min(1, len(there) - 1)]], ids=["newest", "oldest"]
)
def test_a_write_in_the_middle(kind: str, pick: Pick) -> None:
    """Between the stamps and the answer, and between the answer and its being kept."""
    mail, other = EMAILS
    one, two = (Write(kind, process, "a", mail, NAMES[process]) for process in (0, 1))
    moved = Write("update", 1, "a", other, NAMES[1])
    events = [
        Look(0, mail, after=[one]),
        Look(1, mail, before=[two]),
        Write("add", 0, "a", mail, NAMES[0]),
        Look(0, mail, after=[moved]),
        Look(1, mail, after=[two]),
        Look(0, other, before=[one]),
    ]
    asyncio.run(run(events, pick))
