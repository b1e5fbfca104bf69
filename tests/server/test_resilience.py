"""What HTTP tells of a store that is left alone, and of where the time went."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from have_we_met import Lookup, Model, Resolver, StoreUnreachable, create_store, preset
from have_we_met.asking import Ask, Question, timed
from have_we_met.resilience import BreakerSettings
from have_we_met.server import Settings, create_app
from have_we_met.server.app import open_resolver
from have_we_met.store.guarded import GuardedStore

from .apps import CONTACTS, LOOKUP, Client, running, stored_people

JOHN = {"email": "john@example.com"}


class Outage:
    """A store in memory, behind a breaker with a clock of its own, which can be made to fail."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_down = False

    async def open(self, settings: Settings, model: Model) -> Resolver:
        inside = (await stored_people(settings, model)).store
        read = inside.read

        @asynccontextmanager
        async def reading(deadline: float | None) -> AsyncIterator[object]:
            if self.is_down:
                raise StoreUnreachable("connect: the database cannot be reached")
            async with read(deadline) as unit:
                yield unit

        inside.read = inside.begin = reading  # type: ignore[assignment, method-assign]
        assert settings.breaker is not None
        return Resolver(GuardedStore(inside, settings.breaker, clock=lambda: self.now))


@pytest.fixture
def outage() -> Outage:
    return Outage()


@pytest.fixture
def client(outage: Outage) -> Iterator[Client]:
    settings = Settings(url="sqlite://", breaker=BreakerSettings(minimum_calls=3, reset=20.0))
    with running(create_app(settings, opener=outage.open)) as client:
        yield client


def test_an_outage(client: Client, outage: Outage) -> None:
    """Lookups are answered with 200 all the time; the rest says when to come back."""
    outage.is_down = True
    failed = [client.post(LOOKUP, JOHN).json() for _ in range(3)]
    assert {answer["warning"] for answer in failed} == {"Lookup service unavailable"}

    answer = client.post(LOOKUP, JOHN)
    assert answer.status_code == 200
    assert answer.json()["exists"] is False
    assert answer.json()["complete"] is False
    assert answer.json()["warning"] == "Lookup service temporarily unavailable"
    assert [lack["name"] for lack in answer.json()["degraded"]] == ["breaker"]
    outage.now += 5.5
    for refused in (client.post(CONTACTS, JOHN), client.get("/readyz")):
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "15")

    outage.is_down = False
    outage.now += 14.5
    assert client.get("/readyz").status_code == 200, "a readiness probe is a probe like any other"
    assert client.post(LOOKUP, JOHN).json()["exists"] is True
    text = client.get("/metrics").text
    for state in ("open", "half-open", "closed"):
        series = f'have_we_met_breaker_changes_total{{breaker="store",state="{state}"}}'
        assert f"{series} 1.0" in text


async def test_the_settings_say_whether_there_is_a_breaker(tmp_path: Path) -> None:
    url, model = f"sqlite:///{tmp_path}/contacts.db", preset("contacts")
    await (await create_store(url, model)).close()
    guarded = await open_resolver(Settings(url=url, deadline=1.0), model)
    plain = await open_resolver(Settings(url=url, breaker=None), model)

    assert isinstance(guarded.store, GuardedStore)
    assert (guarded.store.breaker.settings, guarded.store.fair) == (BreakerSettings(), 0.25)
    assert not isinstance(plain.store, GuardedStore)
    await guarded.close()
    await plain.close()


def test_server_timing_lists_the_parts() -> None:
    """Each part of the way says how long it took, under a name that a header can hold."""

    def services(ask: Ask) -> Ask:
        async def asked(question: Question) -> Lookup:
            with question.budget.part("services"):
                await asyncio.sleep(0.02)
            return await ask(question)

        return asked

    async def opener(settings: Settings, model: Model) -> Resolver:
        store = (await stored_people(settings, model)).store
        return Resolver(store, steps=[timed("a b"), services])

    with running(create_app(Settings(url="sqlite://"), opener=opener)) as client:
        response = client.post(LOOKUP, JOHN)
    parts = re.findall(r"([\w-]+);dur=([0-9.]+)", response.headers["Server-Timing"])
    assert [name for name, _ in parts] == ["lookup", "services", "store", "a-b"]
    took = {name: float(milliseconds) for name, milliseconds in parts}
    assert took["lookup"] == float(response.headers["X-Lookup-Duration"])
    assert took["services"] >= 19
    assert took["services"] + took["store"] <= took["a-b"]
