from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met import (
    Basis,
    IdempotencyConflict,
    InputError,
    Judged,
    Judgement,
    Match,
    Outcome,
    RecordNotFound,
    Resolver,
    Status,
    create_store,
    preset,
)
from have_we_met.decide import bound, heed, standing
from have_we_met.sync import open_resolver

MODEL = preset("contacts")
NOW = datetime(2001, 2, 3, tzinfo=UTC)
JOHN = {"email": "john@example.com", "first_name": "John", "last_name": "Smith"}
NAMESAKE = JOHN | {"email": "js@example.org"}
TWIN = JOHN | {"company": "Acme"}

# --- pure ----------------------------------------------------------------------------------------


def match(record_id: str, outcome: Outcome) -> Match:
    return Match(record_id, outcome, 50.0, 0.5, (), ())


BOUND = [
    (Outcome.NO_MATCH, None, Outcome.NO_MATCH),
    (Outcome.DEFINITE, None, Outcome.DEFINITE),
    (Outcome.NO_MATCH, Judgement.SAME, Outcome.DEFINITE),
    (Outcome.POTENTIAL, Judgement.SAME, Outcome.DEFINITE),
    (Outcome.DEFINITE, Judgement.DIFFERENT, Outcome.NO_MATCH),
    (Outcome.POTENTIAL, Judgement.DIFFERENT, Outcome.NO_MATCH),
    (Outcome.DEFINITE, Judgement.UNSURE, Outcome.POTENTIAL),
    (Outcome.POTENTIAL, Judgement.UNSURE, Outcome.POTENTIAL),
    (Outcome.NO_MATCH, Judgement.UNSURE, Outcome.NO_MATCH),
]


@pytest.mark.parametrize(("scored", "judgement", "outcome"), BOUND)
def test_a_judgement_binds(scored: Outcome, judgement: Judgement | None, outcome: Outcome) -> None:
    """What was asserted decides, whatever the score; the score itself stays."""
    before = match("1", scored)
    after = bound(before, judgement)

    assert (after.outcome, after.judgement) == (outcome, judgement)
    assert (after.score, after.record_id) == (before.score, "1")


FOUND = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from([Outcome.DEFINITE, Outcome.POTENTIAL])),
    unique_by=lambda one: one[0],
)
JUDGED = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Judgement))


@settings(deadline=None)
@given(FOUND, JUDGED)
def test_heeding(found: list[tuple[str, Outcome]], judgements: dict[str, Judgement]) -> None:
    """Nobody told apart is left, nobody is added, and the definite come first in their order."""
    matches = [match(*one) for one in found]
    heard = heed(matches, judgements)

    expected = [bound(one, judgements.get(str(one.record_id))) for one in matches]
    definite = [one for one in expected if one.outcome is Outcome.DEFINITE]
    potential = [one for one in expected if one.outcome is Outcome.POTENTIAL]
    assert heard == definite + potential
    assert heed(heard, judgements) == heard


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from(Judgement))))
def test_the_latest_stands(said: list[tuple[str, bool, Judgement]]) -> None:
    """Of all that was asserted of a pair the latest counts, whichever side it is told from."""
    told = [
        Judged(*(("me", other) if mine else (other, "me")), word, Basis.ASSERTED, "eve", NOW)
        for other, mine, word in said
    ]

    assert standing(told, "me") == {other: word for other, _, word in said}


@pytest.mark.parametrize("word", [*Judgement, *Basis])
def test_every_word_has_its_sentence(word: Judgement | Basis) -> None:
    """Each is a word of its own on the wire."""
    assert word.value == str(word) == word.name.lower()


# --- in a store ----------------------------------------------------------------------------------


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    """John, and his twin with whom he shares all."""
    store = await create_store("sqlite://", MODEL)
    await store.load([{"id": "1", "company": None, **JOHN}, {"id": "2", **TWIN}])
    yield Resolver(store, clock=lambda: NOW)
    await store.close()


async def test_told_apart_for_good(resolver: Resolver) -> None:
    """Two stored records that were told apart are two people, in spite of their score."""
    before = await resolver.explain("1", "2")
    await resolver.judge("2", "1", Judgement.DIFFERENT, by="eve")
    after = await resolver.explain("1", "2")
    why_not = await resolver.why_not("2", "1")

    assert before.outcome is Outcome.DEFINITE
    assert (after.outcome, after.judgement) == (Outcome.NO_MATCH, Judgement.DIFFERENT)
    assert after.score == before.score
    assert "judged to be two people" in after.sentence
    assert "judgement: different" in after.table()
    assert (before.data().get("judgement"), after.data()["judgement"]) == (None, "different")
    assert "judged to be two people" in why_not.sentence


async def test_the_latest_word_counts(resolver: Resolver) -> None:
    """A judgement can be taken back by another; what was said before is not forgotten."""
    for number, word in enumerate([Judgement.DIFFERENT, Judgement.UNSURE, Judgement.SAME]):
        await resolver.judge("1", "2", word, by=f"reviewer {number}")

    assert (await resolver.explain("1", "2")).judgement is Judgement.SAME
    told = await resolver.judgements("1")
    assert [one.judgement for one in told] == [
        Judgement.DIFFERENT,
        Judgement.UNSURE,
        Judgement.SAME,
    ]
    assert {(one.left, one.right, one.basis, one.at) for one in told} == {
        ("1", "2", Basis.ASSERTED, NOW)
    }


async def test_values_are_not_judged(resolver: Resolver) -> None:
    """Of what is not stored nothing was asserted, even if it says the same."""
    await resolver.judge("1", "2", Judgement.DIFFERENT)

    assert (await resolver.explain(JOHN, "2")).judgement is None
    assert (await resolver.lookup(JOHN)).status is Status.FOUND


async def test_judging_needs_two_records(resolver: Resolver) -> None:
    """A record cannot be judged with itself, nor with one that is not there."""
    with pytest.raises(InputError, match="right: is the same record as left"):
        await resolver.judge("1", "1", Judgement.SAME)
    with pytest.raises(RecordNotFound):
        await resolver.judge("1", "nobody", Judgement.SAME)

    assert await resolver.judgements("1") == []


# --- deciding ------------------------------------------------------------------------------------


async def test_confirmed(resolver: Resolver) -> None:
    """Whoever is confirmed is given, whatever the score; nothing is created or judged."""
    made = await resolver.confirm(NAMESAKE, "1")

    assert (made.created, made.linked, made.record_id) == (False, True, "1")
    assert made.contact is not None
    assert made.contact["email"] == JOHN["email"]
    assert (made.lookup.status, made.lookup.contact) == (Status.FOUND, made.contact)
    assert made.lookup.explain()[0].record_id == "1"
    assert await resolver.store.count() == 2
    assert await resolver.judgements("1") == []


async def test_confirming_who_is_gone(resolver: Resolver) -> None:
    """A record that is gone cannot be confirmed."""
    with pytest.raises(RecordNotFound):
        await resolver.confirm(NAMESAKE, "nobody")


async def test_none_of_them(resolver: Resolver) -> None:
    """Whoever is none of them is created, and told apart from each; those gone are passed over."""
    made = await resolver.create_apart(NAMESAKE, ["2", "1", "gone", "1"], by="eve")

    assert made.created
    assert made.record_id is not None
    told = await resolver.judgements(made.record_id)
    assert [(one.of(made.record_id), one.judgement, one.by) for one in told] == [
        ("1", Judgement.DIFFERENT, "eve"),
        ("2", Judgement.DIFFERENT, "eve"),
    ]
    assert (await resolver.explain(made.record_id, "1")).outcome is Outcome.NO_MATCH


async def test_a_definite_one_is_told_apart(resolver: Resolver) -> None:
    """Who was told apart is not found, even where the score leaves no doubt."""
    found = await resolver.get_or_create(JOHN)
    made = await resolver.create_apart(JOHN, ["1", "2"])

    assert found.lookup.status is Status.FOUND
    assert made.created


async def test_somebody_else_was_quicker(resolver: Resolver) -> None:
    """Where the person was created meanwhile, they are found, and told apart from nobody."""
    other = await resolver.create_apart(NAMESAKE, ["1", "2"])
    mine = await resolver.create_apart(NAMESAKE, ["1", "2"])

    assert (mine.created, mine.record_id) == (False, other.record_id)
    assert mine.lookup.status is Status.FOUND
    assert len(await resolver.judgements("1")) == 1


async def test_somebody_new_is_asked_about(resolver: Resolver) -> None:
    """Who turned up meanwhile and may be the person is asked about; the others are not again."""
    await resolver.add(JOHN | {"id": "3", "email": "smith@example.net"})
    asked = await resolver.create_apart(NAMESAKE, ["1", "2"])
    made = await resolver.create_apart(NAMESAKE, ["1", "2", "3"])

    assert (asked.created, asked.lookup.status) == (False, Status.REVIEW)
    assert [one["id"] for one in asked.lookup.suggestions] == ["3"]
    assert made.created


async def test_who_was_not_worth_showing_is_not_shown_now(resolver: Resolver) -> None:
    """Saying "none of these" to the best few does not bring the next few."""
    few = Resolver(resolver.store, suggestions=1)
    company = {"company": "Acme"}
    review = await few.get_or_create(NAMESAKE | company)
    made = await few.create_apart(NAMESAKE | company, ["2"])

    assert [one["id"] for one in review.lookup.suggestions] == ["2"]
    assert made.created


async def test_deciding_once(resolver: Resolver) -> None:
    """Under one key one thing is decided, and decided once."""
    made = [
        await resolver.create_apart(NAMESAKE, ["1", "2"], idempotency_key="k") for _ in range(2)
    ]
    linked = [await resolver.confirm(NAMESAKE, "1", idempotency_key="c") for _ in range(2)]

    assert [one.created for one in made] == [True, True]
    assert [(one.linked, one.record_id) for one in linked] == [(True, "1")] * 2
    assert await resolver.store.count() == 3
    for decision in (
        resolver.create_apart(NAMESAKE, ["1"], idempotency_key="k"),
        resolver.confirm(NAMESAKE, "1", idempotency_key="k"),
        resolver.confirm(NAMESAKE, "2", idempotency_key="c"),
        resolver.get_or_create(NAMESAKE, idempotency_key="k"),
    ):
        with pytest.raises(IdempotencyConflict):
            await decision


async def test_an_id_spelt_as_text(tmp_path: Path) -> None:
    """An id that comes as text is the number that it is in the table."""
    with closing(sqlite3.connect(tmp_path / "people.db")) as raw:
        raw.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT)")
    store = await create_store(f"sqlite:///{tmp_path}/people.db", MODEL, table="people")
    resolver = Resolver(store)
    one, other = [await resolver.add({"email": f"{name}@example.com"}) for name in "ab"]
    await resolver.judge(str(other), one, Judgement.DIFFERENT)

    (told,) = await resolver.judgements(str(one))

    assert {told.left, told.right} == {one, other} == {1, 2}
    assert (await resolver.explain("1", 2)).judgement is Judgement.DIFFERENT
    await store.close()


def test_for_callers_that_wait() -> None:
    """The same for scripts, Flask and Django."""
    with open_resolver("sqlite://", MODEL, create=True) as resolver:
        one = resolver.add(JOHN)
        made = resolver.create_apart(NAMESAKE, [one])
        assert resolver.confirm(NAMESAKE | {"email": "j@example.net"}, one).linked
        assert made.record_id is not None
        resolver.judge(one, made.record_id, Judgement.SAME)
        told = resolver.judgements(one)

    assert [word.judgement for word in told] == [Judgement.DIFFERENT, Judgement.SAME]
