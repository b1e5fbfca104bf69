"""``have-we-met services check``, and what ``model check`` and ``lookup`` say of services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from tests.cli.running import data, run, url
from tests.services.models import contacts, look_up
from tests.services.real_service import RealService, real_service

from have_we_met import Service, preset

EMAIL = Service(name="email", kind="validate", field="email", using="email")


@pytest.fixture
def service() -> Iterator[RealService]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(real_service()) as service,
    ):
        yield service


def saved(folder: Path, *services: Service) -> Path:
    path = folder / "model.toml"
    path.write_text(contacts(*services).to_toml())
    return path


def register(service: RealService, health: str, name: str = "register") -> Service:
    request = {"health": f"{service.url}/{health}", "headers": {"X-Mail": "{email}", "X-A": "b"}}
    return look_up(f"{service.url}/ok/{{email}}", name, request=request)


def test_services_that_are_there(service: RealService, tmp_path: Path) -> None:
    """Who has a health address is asked, and told nothing about anybody."""
    silent = look_up(f"{service.url}/ok/{{email}}", "silent")
    model = saved(tmp_path, register(service, "ok"), EMAIL, silent)

    found = data("services", "check", model)

    assert [(one["service"], one["state"], one["reason"]) for one in found] == [
        ("register", "ok", "answers"),
        ("email", "ok", "asks nobody"),
        ("silent", "unknown", "has no address"),
    ]
    ((path, headers, body),) = service.asked
    assert (path, body) == ("/ok", b"")
    assert "x-mail" not in headers
    assert headers["x-a"] == "b"


@pytest.mark.parametrize(
    ("health", "reason"), [("broken", "answered with status 500"), ("leads", "status 302")]
)
def test_a_service_that_is_not(
    service: RealService, tmp_path: Path, health: str, reason: str
) -> None:
    model = saved(tmp_path, register(service, health))

    result = run("services", "check", model)

    assert result.exit_code == 1
    assert reason in result.stdout


def test_a_variable_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, and nobody is asked without it."""
    monkeypatch.delenv("REGISTER_KEY", raising=False)
    request = {"secrets": {"key": "REGISTER_KEY"}, "health": "https://register.example/up"}
    model = saved(tmp_path, look_up("https://register.example/{email}?k={key}", request=request))

    (found,) = data("services", "check", model, status=1)

    assert (found["state"], found["reason"]) == ("failed", "the variable 'REGISTER_KEY' is not set")


def test_a_model_without_services() -> None:
    result = run("services", "check")

    assert (result.exit_code, result.stdout) == (0, "This model consults nobody.\n")


def test_a_model_check_shows_them(tmp_path: Path) -> None:
    strict = replace(EMAIL, on_invalid="reject")
    model = saved(tmp_path, look_up("https://register.example/{email}", on_failure="flag"), strict)

    lines = run("model", "check", model).stdout.splitlines()[-3:]

    assert [" ".join(line.split()) for line in lines] == [
        "service kind asks told gives within otherwise",
        "register lookup register.example email company 0.5 s flag failure",
        "email validate email email 0.5 s reject invalid",
    ]
    assert data("model", "check", model)["services"][1] == {
        "name": "email",
        "kind": "validate",
        "asks": "email",
        "told": ["email"],
    }


def test_a_lookup_explains_what_services_said(service: RealService, tmp_path: Path) -> None:
    """How values should be written, who filled them in, and what is known of them."""
    phone = Service(name="phone", kind="validate", field="phone", using="phone")
    model = saved(tmp_path, EMAIL, phone, look_up(f"{service.url}/ok/{{email}}"))
    asked = '{"email": "Ada@MAILINATOR.com", "phone": "+1 415 555 0123"}'
    where = ("--db", url(tmp_path), "--model", model)
    run("init", *where)

    told = data("lookup", asked, *where)
    shown = run("lookup", asked, "--explain", *where).stdout

    assert told["facts"]["phone"] == {"type": "fixed_line_or_mobile", "region": "US"}
    lines = [line.split() for line in shown.splitlines()]
    assert "field    as it should be written  filled by  known of it" in shown
    assert "phone    +14155550123" in shown
    assert "type fixed_line_or_mobile, region US" in shown
    assert "disposable yes, free_mail no" in shown
    assert ["company", "register"] in lines


def test_a_lookup_shows_flags(tmp_path: Path) -> None:
    model = saved(tmp_path, EMAIL)
    where = ("--db", url(tmp_path), "--model", model)
    assert run("init", *where).exit_code == 0

    answer = data("lookup", '{"email": "ada@localhost"}', *where)
    text = run("lookup", '{"email": "ada@localhost"}', *where).stdout

    (flag,) = answer["flags"]
    assert (flag["kind"], flag["field"], flag["service"]) == ("invalid", "email", "email")
    assert flag["reason"] in text


def test_presets_have_none() -> None:
    """Nobody is consulted unless somebody says so."""
    assert preset("contacts").services == ()
