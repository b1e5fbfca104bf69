"""Who was erased is in no answer that is given while the store is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from have_we_met import Lookup, Resolver, Status, create_store, open_store
from have_we_met.cache import open_cache
from have_we_met.store import StoreOptions

from .. import servers
from ..store.conformance import ADA, MODEL
from .test_cache import SECRET, Gone


@pytest.fixture(params=["memory", "redis"])
def where(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory"
    server: servers.Redis = request.getfixturevalue("redis")
    return server.url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/contacts.db"
    found: str = request.getfixturevalue("database")
    return found


async def opened(url: str, where: str) -> Resolver:
    store = await open_store(url, MODEL, options=StoreOptions(secret=SECRET))
    return Resolver(store, cache=await open_cache(store, where, secret=SECRET, stale_for=60.0))


async def gone(resolver: Resolver) -> Lookup:
    """What is answered once the store is gone."""
    assert resolver.cache is not None
    silent: Any = Gone(resolver.store)
    return await Resolver(silent, cache=replace(resolver.cache, store=silent)).lookup(ADA)


async def kept(url: str, where: str) -> tuple[Resolver, Any]:
    """A process that has an answer about somebody, and would give it."""
    await (await create_store(url, MODEL)).close()
    resolver = await opened(url, where)
    ada = await resolver.add(ADA)
    await resolver.lookup(ADA)
    await asyncio.sleep(0.1)  # until it is in Redis
    assert (await gone(resolver)).status is Status.FOUND
    return resolver, ada


async def test_by_this_process(url: str, where: str) -> None:
    """Not even where the store fell silent with the erasure itself."""
    resolver, ada = await kept(url, where)
    await resolver.forget(ada)

    answer = await gone(resolver)

    assert (answer.status, answer.matches) == (Status.ERROR, ())
    await resolver.close()


@pytest.mark.parametrize("heard", ["another question", "by itself", "not at all"])
async def test_by_another(url: str, where: str, heard: str) -> None:
    """Heard of with any question, or where nobody asks any; what was not heard is not known."""
    resolver, ada = await kept(url, where)
    other = await opened(url, where)
    await other.forget(ada)
    assert resolver.cache is not None
    if heard == "another question":
        await resolver.lookup({"email": "nobody@example.org"})
    elif heard == "by itself":
        await resolver.cache.hear(None)

    answer = await gone(resolver)

    assert (answer.status is Status.FOUND) is (heard == "not at all")
    assert answer.contact is None
    await resolver.close()
    await other.close()


async def test_a_process_that_comes_later(url: str, where: str) -> None:
    """What stands in Redis from before an erasure is not given by who was not there."""
    resolver, ada = await kept(url, where)
    await resolver.forget(ada)
    later = await opened(url, where)

    assert (await gone(later)).matches == ()
    await resolver.close()
    await later.close()


async def test_others_are_kept_again(url: str, where: str) -> None:
    """Whoever was not erased is answered as before, once they were asked about again."""
    resolver, ada = await kept(url, where)
    nia = await resolver.add({"email": "nia@example.org", "first_name": "Nia"})
    await resolver.forget(nia)
    await resolver.lookup(ADA)
    await asyncio.sleep(0.1)

    answer = await gone(resolver)

    assert [match.record_id for match in answer.matches] == [ada]
    await resolver.close()
