"""Looking again: what is found, what is put off, and when it is given up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from have_we_met import Judgement, Lookup, Resolver, Service, Status, create_store, late
from have_we_met.asking import Ask, Question
from have_we_met.late import Near, State, Verdict
from have_we_met.late.revisit import verdict_of
from have_we_met.looking import answer
from have_we_met.resilience.retry import RetrySettings
from have_we_met.store import SqlStore
from tests.late import scenes

from .scenes import (
    ADA,
    MODEL,
    NOON,
    SLIP,
    SWITCHBOARD,
    WANG,
    Clock,
    doubtful,
    hidden_twin,
    noted,
)

TWICE = RetrySettings(attempts=2, first=60.0, longest=60.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def resolver(store: SqlStore, clock: Clock) -> Resolver:
    return Resolver(store, clock=clock)


async def test_a_twin_behind_a_crowd(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """Whoever a lookup could not see is found by a longer look, and named."""
    made = await hidden_twin(resolver)

    done = await late.revisit(store, clock=clock)

    (note,) = await noted(store)
    assert (done.duplicate, done.total) == (1, 1)
    assert note.record_id == made.record_id
    assert note.finding is not None
    assert (note.finding.verdict, note.finding.at) == (Verdict.DUPLICATE, NOON)
    assert [near.record_id for near in note.finding.near] == ["ada"]
    assert note.finding.model == store.model.fingerprint


async def test_cancelled_between_notes(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """Looking again ends after the note that it is at, though it never waits for anything."""
    for name in ("ada", "wang"):
        await doubtful(resolver, {"email": f"{name}@example.org"})
    seen: list[int] = []

    def cancel(done: int, total: int) -> None:
        seen.append(done)
        looking.cancel()

    looking = asyncio.create_task(late.revisit(store, clock=clock, progress=cancel))
    with pytest.raises(asyncio.CancelledError):
        await looking

    assert seen == [1]


async def test_nobody_else(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """A record is no duplicate of itself."""
    await doubtful(resolver, WANG)

    assert (await late.revisit(store, clock=clock)).clear == 1
    assert (await late.revisit(store, clock=clock)).total == 0


async def test_somebody_who_may_be(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """Where a person has to tell, all who may be are named, with how sure it is."""
    await resolver.add({**ADA, "id": "ada"})
    await doubtful(resolver, {"email": "ada@example.org", "phone": ADA["phone"]})

    done = await late.revisit(store, clock=clock)

    (note,) = await noted(store)
    assert done.review == 1
    assert note.finding is not None
    ((ada, confidence),) = [(near.record_id, near.confidence) for near in note.finding.near]
    assert ada == "ada"
    assert 0 < confidence <= 1


@pytest.mark.parametrize(
    ("judgement", "verdict"),
    [
        (Judgement.DIFFERENT, Verdict.CLEAR),
        (Judgement.UNSURE, Verdict.REVIEW),
        (Judgement.SAME, Verdict.DUPLICATE),
    ],
)
async def test_a_judgement_binds(
    resolver: Resolver, store: SqlStore, clock: Clock, judgement: Judgement, verdict: Verdict
) -> None:
    """What somebody asserted meanwhile counts for more than any score."""
    await resolver.add({**WANG, "id": "wang"})
    made = await doubtful(resolver, WANG)
    await resolver.judge(made, "wang", judgement)

    await late.revisit(store, clock=clock)

    (note,) = await noted(store)
    assert note.finding is not None
    assert note.finding.verdict is verdict


async def test_the_record_is_read_anew(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """What counts is what the record says now."""
    await resolver.add({**ADA, "id": "ada"})
    made = await doubtful(resolver, SLIP)
    await resolver.update(made, {"first_name": "Zoe", "last_name": "Quist", "phone": None})

    assert (await late.revisit(store, clock=clock)).clear == 1


async def test_a_record_that_is_gone(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """A record deleted by us takes its note along; one deleted by others loses it at a look."""
    ours = await doubtful(resolver, ADA)
    theirs = await doubtful(resolver, WANG)
    await resolver.delete(ours)
    async with store.begin(None) as unit:
        await unit.run(
            store.statements.delete_contact,
            {f"key_{c.name}": theirs for c in store.side.contacts.key},
        )

    assert (await late.revisit(store, clock=clock)).gone == 1
    assert await noted(store) == []


async def test_what_cannot_be_told_yet(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """It is put off, each time twice as long, until it is given up as unknown."""
    await hidden_twin(resolver)
    short = late.LongLook(store, key_limit=1)
    seconds = 60.0
    for _ in range(3):
        assert (await late.revisit(store, look=short, clock=clock)).put_off == 1
        assert (await late.revisit(store, look=short, clock=clock)).total == 0
        clock.forward(seconds - 1)
        assert (await late.revisit(store, look=short, clock=clock)).total == 0
        clock.forward(1)
        seconds *= 2

    given_up = RetrySettings(attempts=4, first=60.0, longest=60.0)
    assert (await late.revisit(store, look=short, retry=given_up, clock=clock)).unknown == 1
    clock.forward(10**6)
    assert (await late.revisit(store, clock=clock)).total == 0


async def test_what_recovers(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """A note that was put off is answered when what was missing is back."""
    await hidden_twin(resolver)
    await late.revisit(store, look=late.LongLook(store, key_limit=1), clock=clock)
    clock.forward(60)

    assert (await late.revisit(store, clock=clock)).duplicate == 1


async def test_whoever_looks_dies(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """A note on which every process dies is given up, not looked at for ever."""
    await doubtful(resolver, WANG)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await late.revisit(store, look=Deadly(store), retry=TWICE, clock=clock)
        assert (await late.revisit(store, retry=TWICE, clock=clock)).total == 0
        clock.forward(60)

    assert (await late.revisit(store, look=Deadly(store), retry=TWICE, clock=clock)).unknown == 1


class Deadly(late.LongLook):
    """A look of which a process dies."""

    async def at(self, record_id: Any) -> Lookup:
        raise ZeroDivisionError


async def test_a_late_worker_is_not_heard(
    resolver: Resolver, store: SqlStore, clock: Clock
) -> None:
    """Who took longer than a note is his finds that another one answered; that answer stands."""
    await doubtful(resolver, WANG)

    class Slow(late.LongLook):
        async def at(self, record_id: Any) -> Lookup:
            clock.forward(61)
            assert (await late.revisit(store, clock=clock)).clear == 1
            return answer(Status.NOT_FOUND, 0.0)

    assert (await late.revisit(store, look=Slow(store), clock=clock)).others == 1
    (note,) = await noted(store)
    assert note.state is State.ANSWERED


async def test_services_are_heard(url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that was missing is asked again, and leads to who is there by what it fills in."""
    service = Service(
        name="register",
        kind="lookup",
        using=scenes.register,
        needs=["email"],
        options={"phone": SWITCHBOARD},
        gives={"phone": "/phone"},
        timeout=9.0,
    )
    patient = replace(MODEL, services=(service,), services_deadline=9.0)
    store = await create_store(url, patient)
    resolver = Resolver(store, clock=clock)
    await resolver.add({**ADA, "id": "ada"})
    made = await resolver.get_or_create({"email": "ada@example.org", "first_name": "Ada"})
    assert (made.created, made.lookup.complete) == (True, False)

    assert (await late.revisit(store, clock=clock)).put_off == 1
    monkeypatch.setattr(scenes, "REGISTER_WORKS", True)
    clock.forward(60)
    assert (await late.revisit(store, clock=clock)).put_off == 0

    note = (await noted(store))[-1]
    assert note.record_id == made.record_id
    assert note.finding is not None
    assert [near.record_id for near in note.finding.near] == ["ada"]
    await resolver.close()


async def test_steps_stand_on_its_way(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """A step that fails still makes the answer incomplete; one that answers again does not."""
    await doubtful(resolver, WANG)
    broken = True

    def service(rest: Ask) -> Ask:
        async def ask(question: Question) -> Lookup:
            found = await rest(question)
            return answer(found.status, question.started, complete=not broken)

        return ask

    look = late.LongLook(store, steps=[service])
    assert (await late.revisit(store, look=look, clock=clock)).put_off == 1
    broken = False
    clock.forward(60)
    assert (await late.revisit(store, look=look, clock=clock)).clear == 1


async def test_forgetting(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """What was noted of a record can be deleted, and its name in the notes of others."""
    made = await hidden_twin(resolver)
    await late.revisit(store, clock=clock)

    await late.forget(store, "ada")
    (note,) = await noted(store)
    assert note.finding is not None
    assert note.finding.near == ()

    assert made.record_id is not None
    await late.forget(store, made.record_id)
    assert await noted(store) == []


async def test_in_pages_and_in_parts(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """As many as were asked for are looked at, and the progress is told."""
    for number in range(5):
        await doubtful(resolver, {"email": f"u{number}@example.org"})
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    assert (await late.revisit(store, clock=clock, most=2, progress=progress)).total == 2
    assert (await late.tally(store, clock=clock)).waiting == 3
    assert told == [(1, 5), (2, 5)]


# --- pure ----------------------------------------------------------------------------------------

LOOKS = [
    (Status.FOUND, True, False, Verdict.DUPLICATE),
    (Status.FOUND, False, False, Verdict.DUPLICATE),
    (Status.REVIEW, True, False, Verdict.REVIEW),
    (Status.REVIEW, False, False, None),
    (Status.REVIEW, False, True, Verdict.REVIEW),
    (Status.NOT_FOUND, True, False, Verdict.CLEAR),
    (Status.NOT_FOUND, True, True, Verdict.CLEAR),
    (Status.NOT_FOUND, False, False, None),
    (Status.NOT_FOUND, False, True, Verdict.UNKNOWN),
    (Status.ERROR, False, False, None),
    (Status.ERROR, False, True, Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("status", "complete", "last", "verdict"), LOOKS)
def test_what_a_look_means(
    status: Status, complete: bool, last: bool, verdict: Verdict | None
) -> None:
    """Every status, complete or not, the last time or not."""
    assert verdict_of(answer(status, 0.0, complete=complete), is_last=last) is verdict


def test_as_numbers() -> None:
    """A tally is plain numbers, one a verdict, whether there are any or not."""
    numbers = late.Tally(3, 1, 2.5, {Verdict.REVIEW: 4}).as_numbers()

    assert [*numbers] == ["waiting", "duplicate", "review", "clear", "unknown", "untold", "lag"]
    assert (numbers["review"], numbers["clear"], Near("x", 0.5).confidence) == (4, 0, 0.5)


async def test_who_goes_while_somebody_looks(
    resolver: Resolver, store: SqlStore, clock: Clock
) -> None:
    """A record that is erased between the look and the verdict is not named by it."""

    class Slow(late.LongLook):
        async def at(self, record_id: Any) -> Lookup:
            found = await super().at(record_id)
            await resolver.delete("ada")
            return found

    await hidden_twin(resolver)
    done = await late.revisit(store, look=Slow(store), clock=clock)

    (note,) = await noted(store)
    assert done.duplicate == 1
    assert note.finding is not None
    assert note.finding.near == ()
