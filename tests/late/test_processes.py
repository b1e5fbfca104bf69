"""Processes that share the work, and processes that are killed in the middle of it."""

from __future__ import annotations

import json
import signal
from collections import Counter
from typing import Any

import pytest

from have_we_met import Resolver, late
from have_we_met.late import State, Verdict, Webhook
from have_we_met.store import SqlStore

from . import worker
from .receiver import receiving
from .scenes import NOON, SLIP, Clock, doubtful, hidden_twin, noted
from .test_webhook import SECRET

LOOKING = [
    ("take", "after"),
    ("judgements", "before"),
    ("answer", "after"),
    ("match", "after"),
]
TELLING = [("told", "before"), ("told", "after")]


def killed(**how: Any) -> None:
    """Run a worker that is killed."""
    process = worker.start(**how)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("at", LOOKING, ids="-".join)
async def test_killed_while_it_looks(url: str, store: SqlStore, at: tuple[str, str]) -> None:
    """Whoever comes next looks again, and what it writes is written once."""
    made = await hidden_twin(Resolver(store, clock=Clock()))
    killed(url=url, do="watch", at=at)
    clock = Clock()
    if at != ("take", "after"):  # else its turn had not begun
        assert (await late.revisit(store, clock=clock)).total == 0
    clock.forward(60)

    assert (await late.revisit(store, clock=clock)).duplicate == 1

    (note,) = await noted(store)
    assert note.record_id == made.record_id
    assert note.finding is not None
    assert note.finding.verdict is Verdict.DUPLICATE
    assert [near.record_id for near in note.finding.near] == ["ada"]


@pytest.mark.parametrize("at", TELLING, ids="-".join)
async def test_killed_while_it_tells(url: str, store: SqlStore, at: tuple[str, str]) -> None:
    """What may have been told is told again, under the same id, and then no more."""
    await hidden_twin(Resolver(store, clock=Clock()))
    with receiving() as receiver:
        killed(url=url, do="watch", at=at, webhook=receiver.url)
        clock = Clock()
        clock.forward(60)
        webhook = Webhook(receiver.url, (SECRET,))
        assert (await late.deliver(store, webhook, clock=clock)).told == 1
        assert (await late.deliver(store, webhook, clock=clock)).told == 0

    (note,) = await noted(store)
    assert note.state is State.TOLD
    assert receiver.events == [note.event, note.event]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_it_creates(url: str, store: SqlStore, when: str) -> None:
    """There is the record with its note, or neither."""
    made = await hidden_twin(Resolver(store))
    assert made.record_id is not None
    await Resolver(store).delete(made.record_id)
    before = await store.count()

    killed(url=url, do="create", at=("note", when))

    assert (await store.count(), await noted(store)) == (before, [])
    again = await Resolver(store).get_or_create(SLIP)
    assert again.created
    assert [note.record_id for note in await noted(store)] == [again.record_id]


async def test_two_share_the_work(url: str, store: SqlStore) -> None:
    """Two processes at once look at each note once and tell of it once."""
    resolver = Resolver(store, clock=lambda: NOON)
    for number in range(60):
        await doubtful(resolver, {"email": f"u{number}@example.org"})
    with receiving() as receiver:
        workers = [worker.start(url=url, do="watch", webhook=receiver.url) for _ in range(2)]
        said = [json.loads(process.communicate(timeout=120)[0]) for process in workers]
        rest = await late.revisit(store, clock=Clock())

    total = sum((Counter(one) for one in said), Counter())
    assert (total["looked"], total["others"], rest.total) == (60, 0, 0)
    assert total["told"] == len(receiver.events) == len(set(receiver.events)) == 60
