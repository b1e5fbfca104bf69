"""Somebody with a list of addresses and the key out of a public form."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import httpx
import pytest

from have_we_met import Model, Resolver, create_store
from have_we_met.access import Credential, Limits, create
from have_we_met.server import Settings, create_app
from have_we_met.store import unguarded

GUESSES = 10_000
KNOWN = 500
BEAT = 0.05
AT_ONCE = 50


def address(number: int) -> str:
    return f"person{number:05}@example.com"


async def _stored(settings: Settings, model: Model) -> Resolver:
    store = await create_store(settings.url, model)
    people = [
        {"id": f"id-{n}", "email": address(n * 20), "first_name": "Ada", "company": f"Secret {n}"}
        for n in range(KNOWN)
    ]
    await store.load(people)
    return Resolver(store)


@asynccontextmanager
async def attacker(policy: str, limits: Limits, beat: float) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key out of a public form."""
    settings = Settings(url="sqlite://", beat=beat, log_level="error", metrics=False)
    app = create_app(settings, opener=_stored)
    async with app.router.lifespan_context(app):
        store = unguarded(app.state.desk.resolver.store)
        issued = await create(store, Credential.checked(policy=policy, limits=limits))
        await app.state.desk.callers.read(store)
        headers = {"Authorization": f"Bearer {issued.key}"}
        transport = httpx.ASGITransport(app)
        base = "http://127.0.0.1:8000"
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            yield client


async def guess(client: httpx.AsyncClient, number: int) -> tuple[httpx.Response, float]:
    began = perf_counter()
    response = await client.post("/api/contacts/lookup", json={"email": address(number)})
    return response, perf_counter() - began


async def guess_all(client: httpx.AsyncClient, numbers: list[int]) -> dict[int, tuple]:
    """Guess many at once, as an attacker would."""
    answers: dict[int, tuple] = {}
    for begin in range(0, len(numbers), AT_ONCE):
        some = numbers[begin : begin + AT_ONCE]
        answers |= zip(some, await asyncio.gather(*(guess(client, n) for n in some)), strict=True)
    return answers


@pytest.mark.parametrize("policy", ["blind", "public"])
async def test_ten_thousand_guesses(policy: str) -> None:
    """They learn yes or no where the policy says so, and nothing else, from anything."""
    numbers = random.Random(7).sample(range(GUESSES), GUESSES)
    async with attacker(policy, Limits(), beat=0.001) as client:
        answers = await guess_all(client, numbers)

    seen: dict[bool, set[tuple]] = {True: set(), False: set()}
    for number, (response, _) in answers.items():
        body = response.json()
        assert len(body.pop("lookupId", "x" * 32)) == 32
        known = number % 20 == 0
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        seen[known].add((response.status_code, str(headers), str(body)))
    assert len(seen[True]) == len(seen[False]) == 1
    (known,), (unknown,) = seen[True], seen[False]
    if policy == "blind":
        assert known == unknown
    else:
        assert known[2] == "{'exists': True, 'hints': []}"
        assert unknown[2] == "{'exists': False, 'hints': []}"
        assert known[:2] == unknown[:2]


@pytest.mark.parametrize("policy", ["blind", "public"])
async def test_time_tells_nothing(policy: str) -> None:
    """Known and unknown take the same time, as far as anybody can measure here.

    The beat itself is tested with a clock of its own. Here 400 answers of each kind, in turns: a
    guess at which of two answers was of somebody known, by the times they took (the area under the
    ROC curve: Mann and Whitney's U), is right half the time. Chance moves that by 0.02 here.
    """
    async with attacker(policy, Limits(), beat=BEAT) as client:
        times: dict[bool, list[float]] = {True: [], False: []}
        numbers = [
            n for pair in zip(range(0, 8000, 20), range(1, 8001, 20), strict=True) for n in pair
        ]
        random.Random(7).shuffle(numbers)
        for number, (_, took) in (await guess_all(client, numbers)).items():
            times[number % 20 == 0].append(took)

    assert min(times[True] + times[False]) >= BEAT
    right = sum((k > u) + (k == u) / 2 for k in times[True] for u in times[False])
    area = right / (len(times[True]) * len(times[False]))
    assert 0.35 < area < 0.65
    medians = [statistics.median(times[kind]) for kind in (True, False)]
    assert abs(medians[0] - medians[1]) < BEAT / 2


async def test_they_run_into_the_limits() -> None:
    """With the limits that a public key has, of 10,000 guesses 30 a minute are answered, and 100
    in a day; the others are told when to come again, and nothing of whom they asked about.
    """
    limits, began = Credential.checked(policy="public").limits, perf_counter()
    assert (limits.address_minute, limits.address_identities) == (30, 100)
    async with attacker("public", limits, beat=0.001) as client:
        answers = await guess_all(client, list(range(GUESSES)))

    minutes = 1 + (perf_counter() - began) // 60 + 1  # begun, and ended meanwhile
    statuses = [response.status_code for response, _ in answers.values()]
    assert 30 <= statuses.count(200) <= min(100, 30 * minutes)
    assert statuses.count(429) == GUESSES - statuses.count(200)
    told = {r.text for n, (r, _) in answers.items() if r.status_code == 429 and n % 20 == 0}
    assert told == {r.text for r, _ in answers.values() if r.status_code == 429}
    refused = [response for response, _ in answers.values() if response.status_code == 429]
    assert all(1 <= int(one.headers["Retry-After"]) <= 60 for one in refused)


async def test_a_patient_one_runs_into_the_day() -> None:
    """However slowly they ask, they ask about so many people in a day and no more."""
    usual = Credential.checked(policy="public").limits
    limits = Limits(address_identities=usual.address_identities)
    async with attacker("public", limits, beat=0.001) as client:
        answers = await guess_all(client, list(range(200)))
        again, _ = await guess(client, 0)

    statuses = [response.status_code for response, _ in answers.values()]
    assert statuses.count(200) == usual.address_identities == 100
    assert again.status_code == 429
