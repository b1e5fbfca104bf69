from __future__ import annotations

from pathlib import Path

import pytest

from have_we_met.cli import demo as module

from .running import data, run


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tenth of the people, in a folder that goes away."""
    pytest.importorskip("faker")
    monkeypatch.setattr(module, "COUNT", 1_000)
    monkeypatch.setattr(module, "mkdtemp", lambda prefix: str(tmp_path))


def test_three_answers() -> None:
    """The demo shows one of each answer, with its reasons."""
    asked = data("demo", "--once")

    assert [one["status"] for one in asked] == ["found", "review", "not_found"]
    assert [len(one["explanations"]) > 0 for one in asked] == [True, True, False]
    assert asked[2]["nearest"]["outcome"] == "no-match"


def test_for_people(tmp_path: Path) -> None:
    """The answers are aligned tables, and the file is named."""
    result = run("demo", "--once")

    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("===")] == [
        "=== FOUND ===",
        "=== REVIEW ===",
        "=== NOT FOUND ===",
    ]
    assert len([line for line in lines if line.startswith("total ")]) >= 3
    assert f"sqlite:///{tmp_path}/contacts.db" in result.stderr


def test_it_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --once the same store is served, on this machine only."""
    server = pytest.importorskip("have_we_met.server")
    served = []
    monkeypatch.setattr(server, "serve", served.append)

    result = run("demo", "--port", "8123")

    (settings,) = served
    assert (settings.host, settings.port) == ("127.0.0.1", 8123)
    assert settings.url == f"sqlite:///{tmp_path}/contacts.db"
    assert "http://127.0.0.1:8123/ " in result.stderr
    assert "http://127.0.0.1:8123/register" in result.stderr


@pytest.mark.parametrize("policy", ["blind", "public"])
def test_it_serves_under_a_policy(monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    """With --policy the pages bring a key of that policy, which is good in the demo's store."""
    server = pytest.importorskip("have_we_met.server")
    served = []
    monkeypatch.setattr(server, "serve", served.append)

    run("demo", "--policy", policy)

    (settings,) = served
    listed = data("key", "list", "--db", settings.url)
    assert [one["policy"] for one in listed] == [policy]
    assert settings.page_key.startswith(f"hwm_{listed[0]['id']}_")


def test_serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``serve`` hands over what it was told."""
    server = pytest.importorskip("have_we_met.server")
    served = []
    monkeypatch.setattr(server, "serve", served.append)

    run(
        "serve",
        "--db",
        "sqlite:///x.db",
        "--model",
        "contacts-speed",
        "--table",
        "t",
        "--workers",
        2,
    )

    (settings,) = served
    assert (settings.url, settings.model, settings.table) == (
        "sqlite:///x.db",
        "contacts-speed",
        "t",
    )
    assert settings.workers == 2


@pytest.mark.parametrize("how", [("--port", "0"), ("--workers", "0")])
def test_serve_refuses(how: tuple[str, str]) -> None:
    """Settings with which nobody should serve are refused."""
    pytest.importorskip("have_we_met.server")

    result = run("serve", *how)

    assert (result.exit_code, result.stdout) == (1, "")
    assert how[0].removeprefix("--") in result.stderr
