from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from have_we_met import InputError, Resolver, Status, create_store, preset
from have_we_met.errors import StoreError
from have_we_met.store import Store
from have_we_met.store.base import Unit

MODEL = preset("contacts")
JOHN = {"id": "1", "email": "john@example.com", "first_name": "John", "last_name": "Smith"}
JANE = {"id": "2", "email": "jane@example.com", "first_name": "Jane", "last_name": "Doe"}


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """The two contacts of the guide."""
    store = await create_store("sqlite://", MODEL)
    await store.load([JOHN, JANE])
    yield store
    await store.close()


@pytest.fixture
def resolver(store: Store) -> Resolver:
    return Resolver(store)


class Slow:
    """A store whose database takes its time, and forgets the deadline."""

    def __init__(self, store: Store, seconds: float) -> None:
        self.model = store.model
        self._store = store
        self._seconds = seconds

    @asynccontextmanager
    async def read(self, deadline: float | None) -> AsyncIterator[Unit]:
        async with self._store.read(deadline) as unit:
            await asyncio.sleep(self._seconds)
            yield unit


class TestTheGuidesOwn:
    """The three integration tests of the guide, as it words them."""

    async def test_finds_exact_email_match(self, resolver: Resolver) -> None:
        """Email alone finds John, in under 200 ms."""
        result = await resolver.lookup({"email": "john@example.com"})

        assert result.status == "found"
        assert result.contact is not None
        assert result.contact["first_name"] == "John"
        assert result.duration < 200

    async def test_returns_not_found_for_new_email(self, resolver: Resolver) -> None:
        """A new email on the same domain is not found, and that is known."""
        result = await resolver.lookup({"email": "new@example.com"})

        assert result.status == "not_found"
        assert result.complete
        assert result.duration < 200

    async def test_handles_timeout_gracefully(self, store: Store) -> None:
        """A deadline of 1 ms on a slow database: not found, says timeout, and is not complete."""
        slow = Resolver(Slow(store, 0.02))  # type: ignore[arg-type]  # only reads

        result = await slow.lookup({"email": "john@example.com"}, deadline=0.001)

        assert result.status == "not_found"
        assert "timeout" in (result.message or "")
        assert not result.complete
        assert [lack.name for lack in result.degraded] == ["deadline"]


async def test_phone_alone_is_enough_to_ask(store: Store, resolver: Resolver) -> None:
    """A phone brings its people; alone it is too little evidence to be definite."""
    await store.load([{"id": "3", "phone": "(415) 555-0101", "first_name": "Ada"}])

    result = await resolver.lookup({"phone": "+1 415 555 0101"})

    assert result.status is Status.REVIEW
    assert [contact["first_name"] for contact in result.suggestions] == ["Ada"]


@pytest.mark.parametrize(
    "raw", [{}, {"first_name": "John"}, {"email": "  "}, {"email": "nonsense"}]
)
async def test_nothing_to_ask_by(resolver: Resolver, raw: dict[str, str]) -> None:
    """Without email or phone there is a clear error, and nothing is created."""
    result = await resolver.lookup(raw)

    assert (result.status, result.message) == (Status.ERROR, "Email or phone required for lookup")
    with pytest.raises(InputError, match="email or phone: Email or phone required"):
        await resolver.get_or_create(raw)
    assert await resolver.store.count() == 2


async def test_a_store_that_fails_blocks_nobody(store: Store) -> None:
    """Whatever the database does, a lookup answers, and says that it could not look."""

    class Broken(Slow):
        @asynccontextmanager
        async def read(self, deadline: float | None) -> AsyncIterator[Unit]:
            raise StoreError("no")
            yield

    result = await Resolver(Broken(store, 0)).lookup(JOHN)  # type: ignore[arg-type]  # only reads

    assert (result.status, result.message) == (Status.ERROR, "Lookup service unavailable")
    assert not result.complete


def namesakes(count: int, **more: str | None) -> list[dict[str, object]]:
    """People of whom nothing but the name is known to be the same."""
    one = {"first_name": "Xi", "last_name": "Zeta", "company": None, **more}
    return [{"id": f"n{n}", "email": f"n{n}@example.net", **one} for n in range(count)]


ASKED = {"email": "x@y.net", "first_name": "Xi", "last_name": "Zeta", "company": "Acme"}


async def test_suggestions_are_the_best_few(store: Store) -> None:
    """No more are shown than asked for, best first."""
    companies = [None, "Acme Ltd", None, "Acme"]
    people = zip(namesakes(4), companies, strict=True)
    await store.load([{**one, "company": company} for one, company in people])
    few = Resolver(store, suggestions=3)

    result = await few.lookup(ASKED)

    assert result.status is Status.REVIEW
    assert [contact["id"] for contact in result.suggestions] == ["n3", "n1", "n0"]
    assert result.confidence == result.matches[0].confidence


async def test_a_few_namesakes_are_asked_about(store: Store) -> None:
    """As many who agree in the same as can be shown are shown."""
    await store.load(namesakes(3))

    result = await Resolver(store, suggestions=3).lookup(ASKED)

    assert [contact["id"] for contact in result.suggestions] == ["n0", "n1", "n2"]
    assert result.complete


async def test_a_crowd_is_not_asked_about(store: Store) -> None:
    """Where more agree in the same than can be shown, none is, and the answer is not sure."""
    await store.load(namesakes(4))

    result = await Resolver(store, suggestions=3).lookup(ASKED)

    assert (result.status, result.complete) == (Status.NOT_FOUND, False)
    assert [(lack.kind, lack.name) for lack in result.degraded] == [("evidence", "crowd")]


async def test_whoever_stands_out_of_a_crowd_is_shown(store: Store) -> None:
    """One who agrees in more than the crowd is shown, alone."""
    await store.load([*namesakes(4), {**namesakes(1, company="Acme")[0], "id": "out"}])

    result = await Resolver(store, suggestions=3).lookup(ASKED)

    assert [contact["id"] for contact in result.suggestions] == ["out"]


async def test_the_answer_says_how_many_were_compared(store: Store) -> None:
    """Whoever shares a key is compared once, shown or not; nobody else is."""
    await store.load(
        [{"id": "3", "email": "jo@example.org", "first_name": "John", "last_name": "Smith"}]
    )
    resolver = Resolver(store)
    by_email = await resolver.lookup({"email": "john@example.com"})
    by_name = await resolver.lookup(
        {"email": "j@example.net", "first_name": "John", "last_name": "Smith"}
    )
    nobody = await resolver.lookup({"email": "j@example.net"})

    assert [found.candidates for found in (by_email, by_name, nobody)] == [1, 2, 0]


async def test_reasons_go_with_the_answer(resolver: Resolver) -> None:
    """A found contact can be explained from the answer itself."""
    result = await resolver.lookup({"email": "John@Example.com", "last_name": "Smyth"})

    (reason,) = result.explain()

    assert reason.record_id == "1"
    assert "email is the same" in reason.sentence


async def test_explain_takes_ids_and_values(resolver: Resolver) -> None:
    """Two records are compared by their ids or by what they say."""
    by_id = await resolver.explain("1", "2")
    by_value = await resolver.explain(JOHN, JANE)

    assert by_id.rows() == by_value.rows()


async def test_why_not_names_the_key(resolver: Resolver) -> None:
    """Which key brings a record, or that none does, and what it would score."""
    brought = await resolver.why_not({"email": "john@example.com"}, "1")
    missed = await resolver.why_not({"email": "new@elsewhere.org", "first_name": "Xi"}, "1")

    assert "email" in brought.brought_by
    assert brought.sentence.startswith("Brought by email")
    assert missed.brought_by == ()
    assert missed.sentence.startswith("No key brings this record")
    assert "phone" in missed.sentence


async def test_no_value_is_in_a_repr(resolver: Resolver) -> None:
    """An answer that ends up in a log shows nobody's data."""
    found = await resolver.lookup({"email": "john@example.com"})
    made = await resolver.get_or_create({"email": "zeb@example.com", "first_name": "Zeb"})

    assert "john" not in repr(found).lower()
    assert "zeb" not in repr(made).lower()
