"""The three parts, each behind a proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .. import servers
from .parts import OnPostgres, OnRedis, OnService, on_postgres, on_redis, on_service


@pytest.fixture(scope="module")
def in_postgres(postgres: servers.Postgres) -> Iterator[OnPostgres]:
    with on_postgres(postgres) as part:
        yield part


@pytest.fixture
def in_redis(redis: servers.Redis) -> Iterator[OnRedis]:
    with on_redis(redis) as part:
        yield part


@pytest.fixture(scope="module")
def service() -> Iterator[OnService]:
    with on_service() as part:
        yield part
