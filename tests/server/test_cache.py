"""A server that keeps answers: what it says is what one without a cache says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from have_we_met import InputError, Model, Resolver, create_store, preset
from have_we_met.server import Settings, create_app
from have_we_met.server.app import open_resolver

from .apps import CONTACTS, LOOKUP, running, wait_for

MEI = {"email": "mei@lin.example", "firstName": "Mei", "lastName": "Lin"}


async def created(settings: Settings, model: Model) -> Resolver:
    """What the settings open, on a store that is made for it."""
    await (await create_store(settings.url, model)).close()
    return await open_resolver(settings, model)


def test_answers_are_kept(tmp_path: Path) -> None:
    """Asked twice, answered by the store once; and whoever signs up is found at once."""
    settings = Settings(url=f"sqlite:///{tmp_path}/contacts.db", cache="memory")
    with running(create_app(settings, opener=created)) as client:
        said = [client.post(LOOKUP, MEI).json()["exists"] for _ in "12"]
        assert client.post(CONTACTS, MEI).json()["created"]
        said += [client.post(LOOKUP, MEI).json()["exists"] for _ in "12"]
        counts = client.desk.resolver.cache.counts

    assert said == [False, False, True, True]
    assert counts == {"miss": 2, "memory": 2}


async def test_a_cache_that_cannot_be_opened_leaves_nothing_open(tmp_path: Path) -> None:
    """The mistake is told, and the store closed."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    model = preset("contacts")
    await (await create_store(url, model)).close()
    with pytest.raises(InputError, match="16 characters"):
        await open_resolver(Settings(url=url, cache="redis://localhost"), model)


def test_rows_go_though_nobody_asks(tmp_path: Path) -> None:
    """What another process erases is not in this one's memory a few seconds later."""
    path, opened = tmp_path / "contacts.db", []

    async def noted(settings: Settings, model: Model) -> Resolver:
        opened.append(await created(settings, model))
        return opened[0]

    settings = Settings(url=f"sqlite:///{path}", cache="memory", keys_every=0.05)
    with running(create_app(settings, opener=noted)) as client:
        assert client.post(CONTACTS, MEI).json()["created"]
        rows = opened[0].store.rows
        wait_for(lambda: client.post(LOOKUP, MEI).json()["exists"] is True and len(rows) == 1)
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("DELETE FROM contacts")
        wait_for(lambda: len(rows) == 0)
