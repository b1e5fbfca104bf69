"""A server whose lookups read at a replica."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from have_we_met import Resolver, Status, create_store, preset
from have_we_met.server import Settings
from have_we_met.server.app import open_resolver

from ..servers import Postgres

MODEL = preset("contacts")
ADA = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def replica(postgres: Postgres) -> Iterator[str]:
    """The address of another database, which stands for a replica that is ahead or behind."""
    with postgres.database() as url:
        yield url


async def test_lookups_read_at_the_replica(database: str, replica: str) -> None:
    """Lookups see what the replica holds; a sign-up sees, and writes to, the database itself."""
    await (await create_store(database, MODEL)).close()
    there = Resolver(await create_store(replica, MODEL))
    await there.add(ADA)
    await there.close()
    settings = Settings(url=database, replica_url=replica, connections=2, slow=5.0)

    resolver = await open_resolver(settings, MODEL)
    found = await resolver.lookup(ADA)
    made = await resolver.get_or_create(ADA)
    stored = await resolver.store.count()
    await resolver.close()

    assert (found.status, made.created, stored) == (Status.FOUND, True, 1)
    assert replica not in repr(settings)


async def test_how_many_connections(database: str) -> None:
    """The pools have the size that the settings give them."""
    await (await create_store(database, MODEL)).close()
    resolver = await open_resolver(Settings(url=database, connections=1, breaker=None), MODEL)
    store = resolver.store
    for pool in (store.reading, store.writing):  # type: ignore[attr-defined]
        connection = await pool.take(None)
        assert (pool.size, pool.use.limit) == (1, 1)
        pool.give(connection)
    await resolver.close()
