"""Erasing over HTTP: only where the server was told that it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from have_we_met import preset
from have_we_met.server import Settings, create_app
from have_we_met.server.settings import SettingsError
from have_we_met.sync import open_resolver

from .apps import Client, running

SECRET = "a secret of these tests that lasts"
ADA = {"email": "ada@example.org", "firstName": "Ada", "lastName": "Lovelace"}
PATH = "/api/contacts/forget"


def client(folder: Path, **settings: object) -> Iterator[Client]:
    url = f"sqlite:///{folder}/contacts.db"
    with open_resolver(url, preset("contacts"), create=True):
        pass
    app = create_app(Settings(url=url, marks_secret=SECRET, **settings))  # type: ignore[arg-type]
    with running(app) as opened:
        yield opened


@pytest.fixture
def allowed(tmp_path: Path) -> Iterator[Client]:
    yield from client(tmp_path, erasure=True, audit=True)


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Client]:
    yield from client(tmp_path)


def test_erased(allowed: Client) -> None:
    """A receipt comes back; the person is not found, and cannot be erased twice."""
    made = allowed.post("/api/contacts", ADA).json()["contact"]["id"]
    receipt = allowed.post(PATH, {"id": made})

    assert receipt.status_code == 200
    assert receipt.json()["deleted"]["contacts"] == 1
    assert receipt.json()["audit"]["number"] >= 2
    assert "ada@" not in receipt.text
    assert allowed.post("/api/contacts/lookup", ADA).json()["exists"] is False
    assert allowed.post(PATH, {"id": made}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": "x", "more": 1}, [], "x"])
def test_what_names_nobody(allowed: Client, body: object) -> None:
    """A body is an id and nothing else."""
    assert allowed.post(PATH, body).status_code == 422


def test_not_allowed(forbidden: Client) -> None:
    """Unless the server was told so, there is no such path."""
    made = forbidden.post("/api/contacts", ADA).json()["contact"]["id"]

    assert forbidden.post(PATH, {"id": made}).status_code in (404, 405)
    assert forbidden.post("/api/contacts/lookup", ADA).json()["exists"] is True


@pytest.mark.parametrize("setting", ["audit", "erasure"])
def test_no_secret(setting: str) -> None:
    """Neither goes without the secret of the marks."""
    with pytest.raises(SettingsError, match="marks_secret"):
        Settings(url="sqlite://", **{setting: True})  # type: ignore[arg-type]
