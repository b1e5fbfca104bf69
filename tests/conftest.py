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
