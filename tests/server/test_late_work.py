"""Late verdicts beside the requests."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from have_we_met import late
from have_we_met.errors import ProblemsError
from have_we_met.server import Settings, SettingsError, readings, serve
from have_we_met.store import unguarded

from .apps import CONTACTS, make_app, running, wait_for
from .test_metrics import value

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()


async def _doubtful(desk: Any) -> None:
    person = {"email": "john@example.com", "first_name": "John", "last_name": "Smith"}
    await desk.resolver.lookup(person, deadline=0)
    await desk.resolver.add(person)


async def _looked_again(desk: Any) -> None:
    await late.revisit(unguarded(desk.resolver.store))


async def _found(desk: Any) -> list[str]:
    found = [note.finding async for note in late.notes(unguarded(desk.resolver.store))]
    return [one.verdict.value for one in found if one is not None]


def test_a_server_looks_again() -> None:
    """Who was created in doubt is looked at again while requests are answered."""
    with running(make_app(late_every=0.05)) as client:
        client.run(_doubtful, client.desk)
        wait_for(lambda: client.run(_found, client.desk) == ["duplicate"])
        assert client.post(CONTACTS, {"email": "jane@example.com"}).status_code == 200


def test_its_numbers_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many wait, for how long, and what was found."""
    monkeypatch.setattr(readings, "STORE_SECONDS", 0.05)
    with running(make_app(late_every=0)) as client:
        client.run(_doubtful, client.desk)
        wait_for(lambda: value(client.get("/metrics").text, "have_we_met_late_waiting") == 1)
        client.run(_looked_again, client.desk)
        found = {"verdict": "duplicate"}
        wait_for(lambda: value(client.get("/metrics").text, "have_we_met_late_verdicts", **found))
        text = client.get("/metrics").text

    assert value(text, "have_we_met_late_waiting") == 0
    assert "have_we_met_late_untold{" not in text  # nobody is to be told


def test_never() -> None:
    """Where the settings say so, it does not."""
    with running(make_app(late_every=0)) as client:
        client.run(_doubtful, client.desk)
        assert client.run(_found, client.desk) == []


def test_what_is_wrong_with_the_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server does not start without a secret, or with a pace that is none."""
    monkeypatch.delenv("HAVE_WE_MET_WEBHOOK_SECRET", raising=False)
    settings = Settings(url="sqlite://", webhook="https://hooks.example.com/met")

    with pytest.raises(ProblemsError, match="HAVE_WE_MET_WEBHOOK_SECRET: must be set"):
        serve(settings)
    with pytest.raises(SettingsError, match="late_every: must be 0 or more"):
        Settings(url="sqlite://", late_every=-1)
    assert "hooks" not in repr(settings)
