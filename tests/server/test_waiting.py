"""A server that starts before its database."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from have_we_met import Resolver, StoreError, StoreOutOfDate, StoreUnreachable, create_store, preset
from have_we_met.model import Model
from have_we_met.server import Settings, create_app, waiting
from have_we_met.server.app import open_resolver
from have_we_met.server.waiting import opened
from have_we_met.store import open_store, postgres_connect

from ..servers import Postgres, Unavailable
from ..servers import postgres as start_postgres

MODEL = preset("contacts")
SAID = "connect: the database cannot be reached; waiting up to 30 s"


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that nobody else needs."""
    try:
        with start_postgres() as server:
            yield server
    except Unavailable as why:
        pytest.skip(str(why))


async def test_a_database_that_starts_late(
    own_postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """The app starts as soon as the database does; without patience it does not start."""
    url = own_postgres.url("postgres")
    await (await create_store(url, MODEL)).close()
    own_postgres.stop(signal.SIGQUIT)
    with pytest.raises(StoreUnreachable, match=r"cannot be reached$"):
        await opened(open_resolver, Settings(url=url, startup_wait=0), MODEL)

    later = threading.Timer(0.5, own_postgres.start)
    later.start()
    try:
        with caplog.at_level(logging.WARNING, "have_we_met.server"):
            app = create_app(Settings(url=url))
            async with app.router.lifespan_context(app):
                assert app.state.desk.open is not None
    finally:
        later.join()

    assert caplog.messages.count(SAID) == 1


async def test_a_database_that_never_starts(tmp_path: Path) -> None:
    """The wait ends when its time is up, and says how long it was."""
    settings = Settings(url=f"postgresql://me@/db?host={tmp_path}", startup_wait=0.3)
    began = time.monotonic()

    with pytest.raises(StoreUnreachable, match=r"cannot be reached, after waiting for 0.3 s"):
        await opened(open_resolver, settings, MODEL)

    assert 0.3 <= time.monotonic() - began < 5


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a machine that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"postgresql://me@127.0.0.1:{listening.getsockname()[1]}/db"


@pytest.mark.parametrize("wait", [0.0, 0.4])
async def test_a_database_that_lets_one_hang(
    mute: str, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever never answers is waited for no longer than anybody else."""
    monkeypatch.setattr(waiting, "_ONE_TRY", 0.2)
    settings = Settings(url=mute, startup_wait=wait)

    with pytest.raises(StoreUnreachable, match="does not answer"):
        await asyncio.wait_for(opened(open_resolver, settings, MODEL), 8)


async def test_who_never_answers_cannot_be_reached(
    mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that nobody takes up is given up, also where no deadline was given."""
    monkeypatch.setattr(postgres_connect, "_CONNECT_SECONDS", 0.2)

    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        await asyncio.wait_for(open_store(mute, MODEL), 8)


@pytest.mark.parametrize("wrong", [StoreError, StoreOutOfDate])
async def test_what_no_waiting_mends(wrong: type[StoreError]) -> None:
    """A store that is not there, or was made by another model, ends the start at once."""
    tried = []

    async def opener(settings: Settings, model: Model) -> Resolver:
        tried.append(settings)
        raise wrong("no")

    with pytest.raises(wrong, match=r"^no$"):
        await asyncio.wait_for(opened(opener, Settings(url="sqlite://"), MODEL), 5)
    assert len(tried) == 1
