"""Stores of both kinds that have a secret, each in a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from have_we_met import create_store
from have_we_met.store import SqlStore

from ..servers import Postgres
from .scenes import MODEL, OPTIONS


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/contacts.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """An empty store."""
    store = await create_store(url, MODEL, options=OPTIONS)
    yield store
    await store.close()
