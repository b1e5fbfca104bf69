"""Who was created is found at once, in whatever process somebody looks."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from benchmarks.freshness import run

from .. import servers


@pytest.mark.parametrize("place", ["", "memory+"])
async def test_created_and_found_next_door(database: str, redis: servers.Redis, place: str) -> None:
    """Two processes on PostgreSQL share a Redis, with and without a memory of their own."""
    told = await run(database, place + redis.url, 150)

    assert astuple(told)[:2] == (150, 0)
    assert told.kept >= 75  # they do keep answers


async def test_it_could_fail(database: str, redis: servers.Redis) -> None:
    """A cache that goes by the clock alone says *not found* of almost everybody."""
    told = await run(database, redis.url, 30, naive=True)

    assert told.not_found > 20
