"""Whatever happens in whatever order: no note is lost, and none is answered twice."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from have_we_met import InputError, Judgement, RecordNotFound, Resolver, create_store, late
from have_we_met.late import Finding, Note
from have_we_met.record import RecordId
from have_we_met.store.late_statements import LateStatements
from have_we_met.store.unit import SqlUnit

from .scenes import MODEL, Clock, doubtful, noted

PEOPLE = ("ada@example.org", "wang@example.com", "chinua@example.net")
DEADLY = ("take", "judgements", "answer", "match", "put_off", "told", "sweep_clear")


class Died(BaseException):
    """What a worker dies of."""


class Ticking(Clock):
    """A clock that never says the same twice."""

    def __call__(self) -> datetime:
        self.forward(0.000001)
        return self.now


@dataclass
class World:
    """Everything that may happen to notes, by chance; and what must be true of them."""

    store: Any
    clock: Ticking = field(default_factory=Ticking)
    ids: list[RecordId] = field(default_factory=list)
    doubtful: set[RecordId] = field(default_factory=set)
    gone: set[RecordId] = field(default_factory=set)
    answered: dict[str, Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.store, clock=self.clock)

    def some(self, number: int) -> RecordId:
        return self.ids[number % len(self.ids)] if self.ids else "nobody"

    async def create_in_doubt(self, one: int, other: int) -> None:
        made = await doubtful(self.resolver, {"email": PEOPLE[one % 3]})
        self.ids.append(made)
        self.doubtful.add(made)

    async def create_for_sure(self, one: int, other: int) -> None:
        sure = Resolver(self.store, clock=self.clock)  # which remembers no doubts
        self.ids.append(await sure.add({"email": PEOPLE[one % 3]}))

    async def judge(self, one: int, other: int) -> None:
        words = [*Judgement]
        with suppress(RecordNotFound, InputError):
            await self.resolver.judge(self.some(one), self.some(other), words[(one + other) % 3])

    async def update(self, one: int, other: int) -> None:
        with suppress(RecordNotFound):
            await self.resolver.update(self.some(one), {"email": PEOPLE[other % 3]})

    async def delete(self, one: int, other: int) -> None:
        with suppress(RecordNotFound):
            await self.resolver.delete(self.some(one))
            self.gone.add(self.some(one))

    async def revisit(self, one: int, other: int) -> None:
        await late.revisit(self.store, clock=self.clock, most=1 + one % 3)

    async def revisit_in_vain(self, one: int, other: int) -> None:
        look = late.LongLook(self.store, seconds=0.0)
        await late.revisit(self.store, look=look, clock=self.clock)

    async def two_revisit(self, one: int, other: int) -> None:
        await asyncio.gather(*(late.revisit(self.store, clock=self.clock) for _ in range(2)))

    async def die(self, one: int, other: int) -> None:
        with suppress(Died), dying(DEADLY[one % len(DEADLY)]):
            await late.revisit(self.store, clock=self.clock)

    async def time_goes_by(self, one: int, other: int) -> None:
        self.clock.forward(30 * (one % 5))

    async def is_true(self) -> list[Note]:
        """Look whether no note is lost, and none was answered again."""
        found = await noted(self.store)
        assert {note.record_id for note in found} == self.doubtful - self.gone
        for note in found:
            if note.finding is not None:
                first = self.answered.setdefault(note.event, note.finding)
                assert (first.verdict, first.at) == (note.finding.verdict, note.finding.at)
        return found

    async def all_is_told(self) -> None:
        """Go on to the end, and look."""
        for _ in range(20):
            self.clock.forward(6 * 60 * 60)
            await late.revisit(self.store, clock=self.clock)
        assert all(note.finding is not None for note in await self.is_true())


@contextmanager
def dying(name: str) -> Iterator[None]:
    """Whoever runs this statement dies of it, after it ran and before anything is committed."""
    run = SqlUnit.run

    async def deadly(unit: SqlUnit, statement: Any, named: Any) -> Any:
        rows = await run(unit, statement, named)
        if statement.name == name:
            raise Died
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlUnit, "run", deadly)
        yield


HAPPENINGS = [
    name
    for name, value in vars(World).items()
    if asyncio.iscoroutinefunction(value) and name not in ("is_true", "all_is_told")
]
happenings = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 9), st.integers(0, 9)), max_size=16
)
bounded = settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def happen(url: str, what: list[tuple[str, int, int]]) -> None:
    store = await create_store(url, MODEL)
    try:
        world = World(store)
        for name, one, other in what:
            await getattr(world, name)(one, other)
            await world.is_true()
        await world.all_is_told()
        for record_id in {*world.ids} - world.gone:
            await world.resolver.delete(record_id)
        assert await noted(store) == []
    finally:
        await store.close()


@bounded
@given(happenings)
def test_on_sqlite(what: list[tuple[str, int, int]]) -> None:
    """On SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(happen(f"sqlite:///{folder}/contacts.db", what))


@settings(bounded, max_examples=8)
@given(what=happenings)
def test_on_postgres(database: str, what: list[tuple[str, int, int]]) -> None:
    """On PostgreSQL, too."""
    asyncio.run(happen(database, what))


def test_every_statement_can_be_died_of() -> None:
    """The names of statements above are right."""
    ours = {*vars(LateStatements), "judgements"}

    assert ours.issuperset(DEADLY)
