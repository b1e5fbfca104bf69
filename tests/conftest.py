"""What tests of every room may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A real PostgreSQL, started for this run; where there is none, its tests are skipped."""
    try:
        with servers.postgres() as server:
            yield server
    except servers.Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture
def database(postgres: servers.Postgres) -> Iterator[str]:
    """The address of an empty database on it."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Redis]:
    """A real Redis, started for this run; where there is none, its tests are skipped."""
    try:
        with servers.redis() as server:
            yield server
    except servers.Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture
def redis(redis_server: servers.Redis) -> servers.Redis:
    """The same, empty, running, and with nobody's settings."""
    if not redis_server._is_up():
        redis_server.start()
    redis_server.say("CLIENT", "UNPAUSE")
    redis_server.say("CONFIG", "SET", "maxmemory", 0)
    redis_server.say("FLUSHALL")
    return redis_server
