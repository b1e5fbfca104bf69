"""The app's life: it opens the store when it starts and closes it when it ends."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from have_we_met import Model, Resolver, StoreError
from have_we_met.server import Settings, create_app

from .apps import LOOKUP, running, stored_people


def test_the_store_is_open_while_the_app_runs() -> None:
    """The app opens one resolver, with the settings' limits, and closes it at the end."""
    opened: list[Resolver] = []
    closed: list[Resolver] = []

    async def opener(settings: Settings, model: Model) -> Resolver:
        resolver = await stored_people(settings, model)
        close = resolver.close

        async def closing() -> None:
            closed.append(resolver)
            await close()

        resolver.close = closing
        opened.append(resolver)
        return resolver

    app = create_app(Settings(url="sqlite://", deadline=1.5, suggestions=3), opener=opener)
    assert opened == []
    with running(app) as client:
        client.post(LOOKUP, {"email": "john@example.com"})

        assert closed == []
        assert (client.desk.resolver.deadline, client.desk.resolver.suggestions) == (1.5, 3)
    assert len(opened) == 1
    assert closed == opened
    with pytest.raises(StoreError):
        _ = app.state.desk.resolver


def test_an_app_that_cannot_open_its_store() -> None:
    """What the opener raises stops the app from starting."""

    async def opener(settings: Settings, model: Model) -> Resolver:
        raise StoreError("there is no file")

    app = create_app(Settings(url="sqlite://"), opener=opener)

    with pytest.raises(StoreError, match="there is no file"), running(app):
        pytest.fail("it started")


def test_apps_share_nothing() -> None:
    """Two apps in one process have a store and an API each."""
    first, second = (create_app(Settings(url="sqlite://"), opener=stored_people) for _ in "ab")

    assert isinstance(first, FastAPI)
    assert first.state.desk is not second.state.desk
