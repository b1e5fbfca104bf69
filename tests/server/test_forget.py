"""Erasing, and giving all that is known, over HTTP: only where the server was told that it may."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from have_we_met import preset
from have_we_met.access import POLICIES, Limits
from have_we_met.server import Settings, create_app
from have_we_met.server.settings import SettingsError
from have_we_met.store import unguarded
from have_we_met.store.audit import entries
from have_we_met.store.audit_chain import Entry
from have_we_met.sync import open_resolver

from ..erasure.scenes import run
from .apps import Client, running
from .asking import Asker

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


@pytest.mark.parametrize("setting", ["audit", "erasure", "export"])
def test_no_secret(setting: str) -> None:
    """None goes without the secret of the marks."""
    with pytest.raises(SettingsError, match="marks_secret"):
        Settings(url="sqlite://", **{setting: True})  # type: ignore[arg-type]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Client]:
    yield from client(tmp_path, erasure=True, export=True, audit=True, beat=0.001)


def test_everything_known(open_desk: Client) -> None:
    """All that is known, as the command gives it, under the names of the wire."""
    made = open_desk.post("/api/contacts", ADA, headers={"Idempotency-Key": "k"}).json()
    record_id = made["contact"]["id"]
    open_desk.post("/api/contacts/lookup", ADA)
    known = open_desk.post("/api/contacts/export", {"id": record_id})

    assert known.status_code == 200
    assert known.headers["cache-control"] == "no-store"
    told = known.json()
    assert told["contact"]["firstName"] == "Ada"
    assert told["contact"]["id"] == told["recordId"] == record_id
    assert told["normalised"]["lastName"] == "lovelace"
    assert {"key": "email", "hash": told["keys"][0]["hash"]} in told["keys"]
    assert len(told["rememberedAnswers"]) == 1
    assert [entry["action"] for entry in told["audit"]] == ["create", "export"]
    assert open_desk.post("/api/contacts/export", {"id": "nobody"}).status_code == 404


def test_both_are_written_down(open_desk: Client) -> None:
    """Who asked, and under which policy: of both."""
    asker = Asker(open_desk, "backoffice", operations=["create", "forget", "export"])
    made = asker.post("/api/contacts", ADA).json()["contact"]["id"]
    assert asker.post("/api/contacts/export", {"id": made}).status_code == 200
    receipt = asker.post(PATH, {"id": made}).json()

    found = [entry for entry in open_desk.run(_chain, open_desk) if entry.action != "create"]
    assert [entry.action for entry in found] == ["export", "forget"]
    assert {(entry.actor, entry.policy) for entry in found} == {(f"key {asker.id}", "backoffice")}
    assert found[-1].number == receipt["audit"]["number"]
    assert found[-1].seal == receipt["audit"]["seal"]


async def _chain(client: Client) -> list[Entry]:
    store = unguarded(client.desk.resolver.store)
    return [entry async for entry in entries(store)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("operation", ["forget", "export"])
def test_policies(open_desk: Client, policy: str, operation: str) -> None:
    """A key does what it lists and its policy reveals, even one that the table holds wrongly."""
    asker = Asker(open_desk, "backoffice", operations=["create", operation])
    made = asker.post("/api/contacts", ADA).json()["contact"]["id"]
    sql = f"UPDATE hwm_credentials SET policy = '{policy}'"
    store = unguarded(open_desk.desk.resolver.store)
    open_desk.run(partial(run, store, sql))
    open_desk.run(open_desk.desk.callers.read, store)
    answer = asker.post(f"/api/contacts/{operation}", {"id": made})

    allowed = {"forget": ("desk", "backoffice"), "export": ("backoffice",)}[operation]
    assert answer.status_code == (200 if policy in allowed else 403)
    if policy not in allowed:
        assert answer.json()["detail"] == f"The key does not allow: {operation}."
        assert made not in answer.text


def test_a_key_that_lists_neither(open_desk: Client) -> None:
    """Nothing is erased or read by a key that was made as usual."""
    asker = Asker(open_desk, "backoffice")
    made = asker.post("/api/contacts", ADA).json()["contact"]["id"]
    for operation in ("forget", "export"):
        assert asker.post(f"/api/contacts/{operation}", {"id": made}).status_code == 403
    assert asker.post("/api/contacts/lookup", ADA).json()["exists"] is True


def test_ids_that_are_tried_out_count(open_desk: Client) -> None:
    """Whoever goes through ids runs into the budget of people, whether there is anybody."""
    limits = Limits(key_identities=2)
    operations = ["forget", "export"]
    asker = Asker(open_desk, "backoffice", operations=operations, limits=limits)
    statuses = [
        asker.post(f"/api/contacts/{what}", {"id": f"nobody-{n}"}).status_code
        for n, what in enumerate(("export", "forget", "export", "forget"))
    ]
    assert statuses == [404, 404, 429, 429]
