"""A canary: it finds who can be found, sees what breaks without an error, and leaves no trace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from numpy.random import default_rng

from have_we_met import create_store, preset, synthetic
from have_we_met.normalise.email import EmailNormaliser
from have_we_met.store import GuardedStore, SqlStore
from have_we_met.store.memory import Running
from have_we_met.store.sample import sample
from have_we_met.store.statements import Statement
from have_we_met.telemetry.canary import SHARE, Canary
from have_we_met.telemetry.slips import SLIPS, slipped

MODEL = preset("contacts")
PEOPLE = [dict(one) for one in next(synthetic.contacts(300, seed=5))]
QUESTIONS = 150


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SqlStore]:
    """Three hundred people, on each database."""
    is_here = request.param == "sqlite"
    url = "sqlite://" if is_here else request.getfixturevalue("database")
    store = await create_store(url, MODEL)
    await store.load(PEOPLE)
    yield store
    await store.close()


async def no_rest(seconds: float) -> None:
    """Go on at once."""


def canary(store: SqlStore) -> Canary:
    """One that asks much, and the same each time."""
    return Canary(store, questions=QUESTIONS, rng=default_rng(7), rest=no_rest)


async def sung(store: SqlStore) -> Canary:
    """One that has asked a round."""
    asked = canary(store)
    await asked.round()
    return asked


async def do(store: SqlStore, text: str) -> None:
    """Change something behind the store's back."""
    async with store.begin(None) as unit:
        running: Running = unit
        await running.run(Statement("sabotage", text, ()), {})


async def test_who_is_known_is_found(store: SqlStore) -> None:
    """Nearly all, and each question is counted once."""
    asked = await sung(store)

    assert asked.counts.total() == QUESTIONS
    assert asked.counts["unknown"] == 0
    assert asked.recall is not None
    assert asked.recall > 0.95


@pytest.mark.parametrize("share", [0.25, 1.0])
async def test_an_index_that_lost_keys_is_seen(store: SqlStore, share: float) -> None:
    """What it finds falls by about as much as is lost, though nothing fails."""
    before = (await sung(store)).recall or 0
    of_them = f"record % 100 < {100 * share:g}"
    await do(store, f"DELETE FROM {store.side.keys.name} WHERE {of_them}")
    after = await sung(store)

    assert after.counts["unknown"] == 0
    assert after.counts["missed"] > 0
    assert after.recall == pytest.approx(before * (1 - share), abs=0.12)


async def test_a_normaliser_that_changed_is_seen(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses are no longer written as they were when the records were: fewer are sure."""
    before = await sung(store)
    right = EmailNormaliser._joined
    monkeypatch.setattr(EmailNormaliser, "_joined", lambda *said: f"x{right(*said)}")
    after = await sung(store)

    assert after.counts["unknown"] == 0
    assert after.counts["found"] < before.counts["found"] - 0.2 * QUESTIONS
    assert after.recall is not None
    assert after.recall < (before.recall or 0)


async def test_it_leaves_no_trace(store: SqlStore) -> None:
    """Nothing is written, and none of the tables differs."""
    tables = (store.side.contacts.table, store.side.keys, store.side.values)
    counts = [store.statements.count_of(table) for table in tables]

    async def sizes() -> list[object]:
        async with store.survey(None) as unit:
            return [(await unit.run(count, {}))[0][0] for count in counts]

    before, begun = await sizes(), store.begin
    store.begin = None  # type: ignore[assignment, method-assign]  # whoever writes fails
    await sung(store)
    store.begin = begun  # type: ignore[method-assign]

    assert await sizes() == before


async def test_a_store_that_is_down_is_unknown() -> None:
    """It says nothing of the index, so it does not count."""
    store = await create_store("sqlite://", MODEL)
    await store.load(PEOPLE[:5])
    guarded = GuardedStore(store)
    for _ in range(guarded.breaker.settings.minimum_calls):
        guarded.breaker.settle(guarded.breaker.admit(), failed=True)
    asked = canary(guarded)  # type: ignore[arg-type]
    await asked.round()

    assert asked.counts["unknown"] == QUESTIONS
    assert asked.recall is None


async def test_it_rests() -> None:
    """A hundred times as long as each question took, so that it works a hundredth of the time."""
    store = await create_store("sqlite://", MODEL)
    await store.load(PEOPLE[:5])
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    began = asyncio.get_running_loop().time()
    await Canary(store, questions=4, rest=rest).round()
    took = asyncio.get_running_loop().time() - began

    assert len(rests) == 3
    assert all(seconds > 0 for seconds in rests)
    assert sum(rests) * SHARE <= took


class Paused(Canary):
    """On a machine that stands still at each question."""

    async def _ask(self, began: float) -> None:
        await super()._ask(began)
        time.sleep(0.2)


async def test_a_machine_that_stood_still_is_no_reason_to_rest_for_hours() -> None:
    """What a question took beyond its time does not count."""
    store = await create_store("sqlite://", MODEL)
    await store.load(PEOPLE[:5])
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    await Paused(store, questions=2, deadline=0.05, rest=rest).round()

    assert rests == [pytest.approx(2 * 0.05 / SHARE)]


# --- who is asked about ---------------------------------------------------------------------------


async def test_anybody_may_be_drawn(store: SqlStore) -> None:
    """Whoever is in the table, wherever they stand in it."""
    rng = default_rng(3)
    drawn = [await sample(store, rng.random) for _ in range(1800)]
    ids = {one[0] for one in drawn if one is not None}

    assert len(ids) > 0.97 * len(PEOPLE)
    assert all(one is not None and one[1]["id"] == one[0] for one in drawn)


async def test_who_is_not_indexed_may_be_drawn_too(store: SqlStore) -> None:
    """Otherwise what the index lost would not be missed."""
    for table in (store.side.keys, store.side.values):
        await do(store, f"DELETE FROM {table.name}")

    assert await sample(store, default_rng(3).random) is not None


async def test_nobody_is_drawn_where_nobody_is() -> None:
    """And the canary asks nothing."""
    store = await create_store("sqlite://", MODEL)

    assert await sample(store, default_rng(3).random) is None
    assert (await sung(store)).counts.total() == 0


async def test_gaps_are_passed_over(store: SqlStore) -> None:
    """Where rows were deleted."""
    await do(store, "DELETE FROM contacts WHERE id <> 'c0000150'")
    drawn = [await sample(store, default_rng(seed).random) for seed in range(40)]

    assert {one[0] for one in drawn if one is not None} == {"c0000150"}


# --- what is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_slips(seed: int) -> None:
    """They leave enough to ask by, change something mostly, and invent no field."""
    rng = default_rng(seed)
    changed = 0
    for person in PEOPLE[:100]:
        again = slipped(MODEL, person, rng)
        assert again is not None
        assert again.get("email") or again.get("phone")
        assert again.keys() <= person.keys() - {"id"}
        changed += again != {k: v for k, v in person.items() if v is not None and k != "id"}
    assert changed > 95


def test_every_slip_is_one_that_people_make() -> None:
    assert set(SLIPS) <= synthetic.CORRUPTIONS.keys()


@pytest.mark.parametrize(
    "said", [{"id": "1", "first_name": "John"}, {"id": "1"}, {"id": "1", "email": "no address"}]
)
def test_nobody_is_asked_about_by_nothing(said: dict[str, str]) -> None:
    assert slipped(MODEL, said, default_rng(0)) is None


def test_a_phone_elsewhere_keeps_its_number() -> None:
    """Slips write ten digits anew, so a longer number would be another one."""
    rng, phone = default_rng(1), {"phone": "+44 20 7946 0958"}

    assert all(slipped(MODEL, {"id": "1", **phone}, rng) == phone for _ in range(50))
