"""Delivering to a real server that fails, hangs, and recovers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from time import monotonic

import pytest

from have_we_met import Resolver, late
from have_we_met.late import Delivered, State, Webhook
from have_we_met.store import SqlStore

from .receiver import Behave, Receiver, drip, garbage, hang, hang_up, receiving, status
from .scenes import Clock, doubtful, hidden_twin, noted
from .test_webhook import SECRET


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def webhook(receiver: Receiver) -> Webhook:
    return Webhook(receiver.url, (SECRET,), seconds=5.0)


@pytest.fixture
def resolver(store: SqlStore, clock: Clock) -> Resolver:
    return Resolver(store, clock=clock)


async def answered(resolver: Resolver, store: SqlStore, clock: Clock, count: int = 1) -> None:
    """Some notes with a verdict each."""
    for number in range(count):
        await doubtful(resolver, {"email": f"u{number}@example.org"})
        await late.revisit(store, clock=clock)
        clock.forward(1)


async def test_what_is_delivered(
    resolver: Resolver, store: SqlStore, clock: Clock, receiver: Receiver, webhook: Webhook
) -> None:
    """A duplicate that was found is told once, and the note says that it was."""
    made = await hidden_twin(resolver)
    await late.revisit(store, clock=clock)

    assert await late.deliver(store, webhook, clock=clock) == Delivered(told=1)
    assert await late.deliver(store, webhook, clock=clock) == Delivered()

    ((headers, body),) = receiver.got
    (note,) = await noted(store)
    said = json.loads(body)
    assert note.state is State.TOLD
    assert headers["webhook-id"] == note.event
    assert headers["webhook-timestamp"] == str(int(clock().timestamp()))
    assert said["type"] == "late_verdict.duplicate"
    assert said["data"]["recordId"] == made.record_id
    assert [match["recordId"] for match in said["data"]["matches"]] == ["ada"]
    assert "Lovela" not in body.decode()


BAD: list[Behave] = [status(500), status(400), status(301, location="/x"), hang_up, garbage]


async def test_a_receiver_that_recovers(
    resolver: Resolver,
    store: SqlStore,
    clock: Clock,
    receiver: Receiver,
    webhook: Webhook,
) -> None:
    """What was not taken is sent again later, each time twice as late, under the same id."""
    await answered(resolver, store, clock)
    receiver.next += BAD
    seconds = 5.0
    for _ in BAD:
        assert await late.deliver(store, webhook, clock=clock) == Delivered(failed=1)
        assert await late.deliver(store, webhook, clock=clock) == Delivered()
        clock.forward(seconds)
        seconds *= 2

    assert await late.deliver(store, webhook, clock=clock) == Delivered(told=1)
    assert len(receiver.got) == len(BAD) + 1
    assert len(set(receiver.events)) == 1


@pytest.mark.parametrize("behave", [hang, drip])
async def test_a_receiver_that_never_answers(
    resolver: Resolver, store: SqlStore, clock: Clock, receiver: Receiver, behave: Behave
) -> None:
    """It gets so many seconds and no more, whether it is silent or drips."""
    await answered(resolver, store, clock)
    receiver.next.append(behave)
    began = monotonic()

    impatient = Webhook(receiver.url, (SECRET,), seconds=0.3)
    assert await late.deliver(store, impatient, clock=clock) == Delivered(failed=1)
    assert 0.3 <= monotonic() - began < 5


async def test_nobody_there(resolver: Resolver, store: SqlStore, clock: Clock) -> None:
    """Where nobody listens, the verdict waits."""
    await answered(resolver, store, clock)
    with receiving() as gone:
        webhook = Webhook(gone.url, (SECRET,))

    assert await late.deliver(store, webhook, clock=clock) == Delivered(failed=1)
    assert (await late.tally(store, clock=clock)).untold == 1


async def test_one_failure_a_round(
    resolver: Resolver, store: SqlStore, clock: Clock, receiver: Receiver, webhook: Webhook
) -> None:
    """A receiver that is unwell is not pressed; whoever failed lets the others by."""
    await answered(resolver, store, clock, count=3)
    receiver.next += [status(503)]

    assert await late.deliver(store, webhook, clock=clock) == Delivered(failed=1)
    assert await late.deliver(store, webhook, clock=clock, most=1) == Delivered(told=1)
    assert await late.deliver(store, webhook, clock=clock) == Delivered(told=1)
    clock.forward(5)
    assert await late.deliver(store, webhook, clock=clock) == Delivered(told=1)
    assert receiver.events[0] == receiver.events[-1]


async def test_cancelled_on_the_way(
    resolver: Resolver, store: SqlStore, clock: Clock, receiver: Receiver, webhook: Webhook
) -> None:
    """A delivery that is cancelled is aborted, and due again when its turn is over."""
    await answered(resolver, store, clock)
    receiver.next.append(hang)
    task = asyncio.create_task(late.deliver(store, webhook, clock=clock))
    while not receiver.got:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await late.deliver(store, webhook, clock=clock) == Delivered()
    clock.forward(60)
    assert await late.deliver(store, webhook, clock=clock) == Delivered(told=1)
