"""A question that comes again in the same words is not normalised, and is still that question."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import Lookup, Model, Resolver, Status, create_store
from have_we_met.asking import Ask, Question
from have_we_met.cache import Cache, open_cache
from have_we_met.cache.naming import marker
from have_we_met.store import SqlStore

from ..store.conformance import ADA, MODEL, WANG

MARK = marker(b"a" * 16, "contacts")
ASKED = ADA | {"company": "Analytical"}


class Name(Enum):
    EMAIL = "email"


class Spelt(StrEnum):
    EMAIL = "email"


class Loud(str):
    """A text that says more than it holds."""

    def __str__(self) -> str:
        return self.upper()


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
RAW = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


def spelt(raw: dict[str, object]) -> list[tuple[str, type, str]]:
    """All that tells two questions apart before they are normalised."""
    return [(name, type(value), repr(value)) for name, value in raw.items()]


@given(RAW, RAW)
def test_one_mark_is_one_question(one: dict[str, object], other: dict[str, object]) -> None:
    """Two questions have the same mark only where they are spelt alike, and then they have."""
    marks = MARK(one), MARK(other)
    if None not in marks:
        assert (marks[0] == marks[1]) == (spelt(one) == spelt(other))
    assert MARK(dict(one)) == marks[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"zip": "1"}, {"zip": 1}),
        ({"zip": 1}, {"zip": 1.0}),
        ({"zip": 1}, {"zip": True}),
        ({"zip": 0.0}, {"zip": -0.0}),
        ({"zip": None}, {}),
        ({"zip": ""}, {"zip": None}),
        ({"a": "b", "c": "d"}, {"c": "d", "a": "b"}),
        ({"a": "bc"}, {"ab": "c"}),
        ({"a": "é"}, {"a": "e\u0301"}),
    ],
)
def test_what_looks_alike_is_told_apart(one: dict[str, object], other: dict[str, object]) -> None:
    """By type, by order, by where one ends and the next begins."""
    assert MARK(one) is not None
    assert MARK(one) != MARK(other)


@pytest.mark.parametrize(
    "raw",
    [
        {"born": date(1815, 12, 10)},
        {"zip": Decimal(1)},
        {"email": Loud("ada@example.org")},
        {"email": ["ada@example.org"]},
        {"email": b"ada@example.org"},
        {"email": "\ud800"},
        {"zip": 2**64},
        {Name.EMAIL: "ada@example.org"},
        {Spelt.EMAIL: "ada@example.org"},
        {1: "ada@example.org"},
    ],
)
def test_what_cannot_be_told_for_sure_has_none(raw: dict[str, object]) -> None:
    """It is normalised each time."""
    assert MARK(raw) is None


def test_marks_and_scopes() -> None:
    """Another secret or another scope makes another mark, of 16 bytes."""
    raw: dict[str, object] = dict(ADA)
    marks = {marker(secret, *scope)(raw) for secret in (b"a", b"b") for scope in ("a", ("a", "5"))}
    assert len(marks) == 4
    assert {len(mark or b"") for mark in marks} == {16}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store."""
    opened = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
    yield opened
    await opened.close()


@pytest.fixture
def normalised(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was normalised since, in order."""
    seen: list[object] = []
    record = Model.record

    def noted(self: Model, raw: Any, id: Any = None) -> Any:
        seen.append(dict(raw))
        return record(self, raw, id)

    monkeypatch.setattr(Model, "record", noted)
    return seen


async def test_it_is_not_normalised_again(store: SqlStore, normalised: list[object]) -> None:
    """Neither for an answer with contacts nor for one without; for its reasons it is."""
    resolver = Resolver(store, cache=await open_cache(store))
    await resolver.add(ADA)
    first = [await resolver.lookup(raw) for raw in (ADA, WANG)]
    normalised.clear()
    again = [await resolver.lookup(dict(raw)) for raw in (ADA, WANG)]

    assert normalised == []
    assert [one.status for one in again] == [Status.FOUND, Status.NOT_FOUND]
    assert again[0].contact == first[0].contact
    assert again[0].matches[0].asked == first[0].matches[0].asked
    assert normalised == [ADA]
    assert str(again[0].explain()) == str(first[0].explain())


@pytest.fixture(params=["sqlite", "postgres"])
async def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store of each kind."""
    url = f"sqlite:///{tmp_path}/anywhere.db"
    if request.param == "postgres":
        url = str(request.getfixturevalue("database"))
    opened = await create_store(url, MODEL)
    yield opened
    await opened.close()


async def test_nor_where_the_store_is_asked_what_holds(
    anywhere: SqlStore, normalised: list[object]
) -> None:
    """After somebody else's write, or on PostgreSQL always: the keys need not be cut for that."""
    resolver = Resolver(anywhere, cache=await open_cache(anywhere))
    ada = await resolver.add(ADA)
    for raw in (ADA, WANG):
        await resolver.lookup(raw)
    await resolver.add({"email": "ana@example.com", "first_name": "Ana"})
    normalised.clear()
    answers = [await resolver.lookup(dict(raw)) for raw in (ADA, WANG)]

    assert normalised == []
    assert [one.status for one in answers] == [Status.FOUND, Status.NOT_FOUND]
    assert answers[0].contact == await resolver.get(ada)
    assert resolver.cache is not None
    assert resolver.cache.counts == {"miss": 2, "memory": 2}


async def test_what_holds_no_more_is_asked_for(anywhere: SqlStore) -> None:
    """Where the keys' own stamps have changed, whatever is kept under marks or names."""
    resolver = Resolver(anywhere, cache=await open_cache(anywhere))
    shouted = ADA | {"email": "ADA@Example.org"}
    for raw in (ADA, shouted, ADA):
        assert (await resolver.lookup(raw)).status is Status.NOT_FOUND
    ada = await resolver.add(ADA)
    for raw in (ADA, shouted, shouted, ADA):  # the second finds under the name what the first kept
        assert (await resolver.lookup(raw)).status is Status.FOUND
    await resolver.delete(ada)
    for raw in (shouted, ADA):
        assert (await resolver.lookup(raw)).status is Status.NOT_FOUND
    assert resolver.cache is not None
    assert resolver.cache.counts == {"miss": 3, "memory": 6}


async def test_a_copy_says_the_same(store: SqlStore) -> None:
    """With other values, and in another process; and it is as frozen as any answer."""
    resolver = Resolver(store, cache=await open_cache(store))
    await resolver.add(ADA)
    for _ in range(2):
        answer = await resolver.lookup(ADA)
    for copy in (replace(answer, duration=1.0), pickle.loads(pickle.dumps(answer))):
        assert copy.matches == answer.matches
        assert str(copy.explain()) == str(answer.explain())
    assert "ada" not in repr(replace(answer, lookup_id="")).lower()  # a number may spell anything
    with pytest.raises(AttributeError):
        answer.status = Status.NOT_FOUND  # type: ignore[misc]  # it is frozen


async def test_other_words_for_the_same(store: SqlStore, normalised: list[object]) -> None:
    """They share the answer, and each has its mark from then on."""
    cache = await open_cache(store)
    resolver = Resolver(store, cache=cache)
    await resolver.lookup(ADA)
    shouted = ADA | {"email": "ADA@Example.org"}
    await resolver.lookup(shouted)
    assert cache.counts == {"miss": 1, "memory": 1}
    normalised.clear()
    for raw in (ADA, shouted):
        await resolver.lookup(raw)

    assert normalised == []
    assert cache.counts == {"miss": 1, "memory": 3}


async def test_who_stands_before_sees_every_question(store: SqlStore) -> None:
    """Only where nobody does is an answer given without going that way."""
    seen: list[Lookup] = []

    def step(ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            seen.append(await ask(question))
            return seen[-1]

        return asked

    cache = await open_cache(store)
    resolvers = [Resolver(store, steps=[step], cache=cache), Resolver(store, cache=cache)]
    resolvers.append(resolvers[1].behind(step))
    numbers = [(await resolver.lookup(ADA)).lookup_id for resolver in resolvers * 3]

    assert [one.lookup_id for one in seen] == [n for n in numbers if n not in numbers[1::3]]
    assert cache.counts == {"miss": 1, "memory": 8}


async def test_each_answer_has_its_number(store: SqlStore) -> None:
    """One that stays, and that no other has."""
    resolver = Resolver(store, cache=await open_cache(store))
    answers = [await resolver.lookup(ADA) for _ in range(20)]
    numbers = [answer.lookup_id for answer in answers]

    assert numbers == [answer.lookup_id for answer in answers]
    assert len(set(numbers)) == 20
    assert {len(bytes.fromhex(number)) for number in numbers} == {16}


async def test_after_a_write_in_other_words(store: SqlStore) -> None:
    """What stands under a mark is gone by only while nothing was committed."""
    resolver = Resolver(store, cache=await open_cache(store))
    shouted = ADA | {"email": "ADA@Example.org"}
    for raw in (ADA, shouted):
        assert (await resolver.lookup(raw)).status is Status.NOT_FOUND
    ada = await resolver.add(ADA)
    for _ in range(2):
        for raw in (ADA, shouted):
            assert (await resolver.lookup(raw)).status is Status.FOUND
    await resolver.delete(ada)
    for raw in (shouted, ADA):
        assert (await resolver.lookup(raw)).status is Status.NOT_FOUND


async def test_what_cannot_be_asked_stays_so(store: SqlStore) -> None:
    """A question without anything to ask by is no answer to keep, however often it comes."""
    cache = await open_cache(store)
    model = replace(MODEL, require_any=("email",))
    resolver = Resolver(store, cache=cache)
    resolver.model = model
    for _ in range(3):
        assert (await resolver.lookup({"company": "Firm"})).status is Status.ERROR
    assert cache.counts == {}


def _swapped(question: Question) -> Question:
    """Another person, of whom nothing was said."""
    return question.changed(record=MODEL.record(WANG))


def _altered(question: Question) -> Question:
    """The same record with other values."""
    values = MODEL.record(WANG).values
    return question.changed(record=replace(question.record, values=values))


@pytest.mark.parametrize("alter", [_swapped, _altered])
async def test_a_step_that_changes_the_question(
    store: SqlStore, alter: Callable[[Question], Question]
) -> None:
    """What is answered then is no answer to what the caller said, nor the other way round."""
    altering = [True, False, True, False]

    def step(ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            return await ask(alter(question) if altering.pop(0) else question)

        return asked

    resolver = Resolver(store, steps=[step], cache=await open_cache(store))
    await resolver.add(WANG)
    answers = [await resolver.lookup(ADA) for _ in range(4)]

    assert [a.status for a in answers] == [Status.FOUND, Status.NOT_FOUND] * 2


async def test_a_question_that_is_changed_while_it_is_asked(store: SqlStore) -> None:
    """What counts is what the caller said when he asked."""
    raw: dict[str, object] = {"email": "ada@example.org"}

    def step(ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            raw["email"] = WANG["email"]
            return await ask(question)

        return asked

    await Resolver(store).add(WANG)
    cache = await open_cache(store)
    await Resolver(store, steps=[step], cache=cache).lookup(raw)
    answer = await Resolver(store, cache=cache).lookup({"email": "ada@example.org"})

    assert answer.status is Status.NOT_FOUND


async def test_any_mapping(store: SqlStore) -> None:
    """It need not be a plain dictionary."""
    cache: Cache = await open_cache(store)
    resolver = Resolver(store, cache=cache)
    for _ in range(2):
        await resolver.lookup(MappingProxyType(ADA))
    await resolver.lookup({"email": "\ud800", "phone": ADA["phone"]})

    assert cache.counts == {"miss": 2, "memory": 1}


async def test_nothing_of_anybody_is_kept(store: SqlStore) -> None:
    """What is in memory are hashes, ids, scores and stamps."""
    cache = await open_cache(store)
    resolver = Resolver(store, cache=cache)
    await resolver.add(ADA)
    for raw in (ADA, WANG) * 2:
        await resolver.lookup(raw)
    assert cache.memory is not None
    kept = pickle.dumps([list(part.items()) for part in (cache.memory._kept, cache.memory._marked)])

    assert len(cache.memory._marked) == 2
    assert not [v for v in (*ADA.values(), *WANG.values()) if v.lower().encode() in kept.lower()]
