"""A database that hangs opens the breaker, whoever asks; one in which somebody writes does not."""

from __future__ import annotations

import asyncio

import pytest

from have_we_met import BreakerOpen, DeadlineExceeded, Resolver, StoreBusy
from have_we_met.resilience import BreakerSettings, State
from have_we_met.store.guarded import GuardedStore
from have_we_met.store.postgres import PostgresStore

from .matrix import closing
from .parts import OnPostgres
from .proxy import Mode

SOON = 0.3


def guarded(resolver: Resolver) -> tuple[Resolver, GuardedStore]:
    store = GuardedStore(resolver.store, BreakerSettings(minimum_calls=3), fair=0.1)
    return Resolver(store), store


async def sign_up(resolver: Resolver, name: str) -> None:
    await resolver.get_or_create({"email": f"{name}@example.org"}, deadline=SOON)


async def test_sign_ups_alone_open_it(in_postgres: OnPostgres) -> None:
    """Also the one that hangs where it would wait for others is taken for one that hangs."""
    async with closing(await in_postgres.open()) as resolver:
        resolver, _ = guarded(resolver)
        in_postgres.proxy.turn(Mode.HANG)
        try:
            for name in ("ada", "grace", "hedy"):
                with pytest.raises(DeadlineExceeded):
                    await sign_up(resolver, name)
            with pytest.raises(BreakerOpen):
                await sign_up(resolver, "joan")
        finally:
            in_postgres.proxy.turn(Mode.PASS)


async def test_who_waits_for_another_writer_opens_nothing(in_postgres: OnPostgres) -> None:
    """Nor does who waits for the connections of those who wait."""
    async with closing(await in_postgres.open()) as resolver:
        inside = resolver.store
        assert isinstance(inside, PostgresStore)
        resolver, store = guarded(resolver)
        async with inside._begin(inside._locks.alone, None):
            asks = (sign_up(resolver, f"guest{number}") for number in range(12))
            answers = await asyncio.gather(*asks, return_exceptions=True)
        assert {type(answer) for answer in answers} == {StoreBusy}
        assert store.breaker.state is State.CLOSED
