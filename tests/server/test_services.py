"""Services over HTTP: what they say stands in the answers, and whom they refuse is told so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.apps import CONTACTS, LOOKUP, Client, make_app, running, wait_for
from tests.server.asking import Asker
from tests.server.test_metrics import value
from tests.server.test_openapi import conforms
from tests.services.models import contacts, custom, fails, knows

from have_we_met import Service

EMAIL = Service(name="email", kind="validate", field="email", using="email")
NAME = Service(name="name", kind="validate", field="first_name", using="email")
REGISTER = Service(
    name="register",
    kind="lookup",
    using=knows,
    needs=["email"],
    options={"company": "Analytical Engines"},
    gives={"company": "/company"},
)


@contextmanager
def served(folder: Path, *services: Service, **settings: Any) -> Iterator[Client]:
    model = folder / "model.toml"
    model.write_text(contacts(*services).to_toml(), "utf-8")
    with running(make_app(model=str(model), **settings)) as client:
        yield client


@pytest.mark.parametrize(
    ("contact", "status", "schema"),
    [
        ({"email": "john@example.com", "firstName": "John"}, 200, "Found"),
        ({"email": "j@example.org", "firstName": "John", "lastName": "Smith"}, 200, "Review"),
        ({"email": "grace@example.org", "firstName": "Grace"}, 200, "NotFound"),
    ],
)
def test_a_lookup_says_what_services_say(
    tmp_path: Path, contact: dict[str, str], status: int, schema: str
) -> None:
    """And the answer is what its description says."""
    with served(tmp_path, EMAIL, NAME, REGISTER) as client:
        response = client.post(LOOKUP, contact)

    answer = response.json()
    conforms(answer, schema)
    assert response.status_code == status
    assert answer["normalised"] == {"email": contact["email"]}
    assert answer["facts"]["email"]["disposable"] is False
    assert answer["filled"] == {"company": "register"}
    assert [(flag["kind"], flag["field"]) for flag in answer["flags"]] == [("invalid", "firstName")]
    assert answer["complete"]
    assert "services;dur=" in response.headers["server-timing"]


def test_a_sign_up_does_too(tmp_path: Path) -> None:
    with served(tmp_path, EMAIL, NAME, REGISTER) as client:
        response = client.post(CONTACTS, {"email": "grace@example.org", "firstName": "Grace"})

    answer = response.json()
    conforms(answer, "ContactCreated")
    assert response.status_code == 201
    assert answer["contact"]["company"] == "Analytical Engines"
    assert answer["filled"] == {"company": "register"}


@pytest.mark.parametrize(
    ("policy", "is_told"),
    [("blind", False), ("public", False), ("assisted", True), ("desk", True), ("backoffice", True)],
)
def test_who_is_told_what_services_say(tmp_path: Path, policy: str, is_told: bool) -> None:
    """Nothing under the policies of forms; under all others of what was typed, and no more."""
    phone = Service(name="phone", kind="validate", field="phone", using="phone")
    told = {"options": {"phone": "+1 415 555 0123"}, "gives": {"phone": "/phone"}}
    register = Service(name="register", kind="lookup", using=knows, needs=["email"], **told)
    with served(tmp_path, EMAIL, NAME, register, phone, beat=0.001) as client:
        asker = Asker(client, policy)
        answers = [
            asker.post(path, {"email": "grace@example.org", "firstName": "Grace"})
            for path in (LOOKUP, CONTACTS)
        ]

    for answer in answers:
        said = answer.json()
        assert ("facts" in said) == ("flags" in said) == ("filled" in said) == is_told
        assert list(said.get("facts", {"email": {}})) == ["email"]
        if policy in ("blind", "public", "assisted"):
            assert "0123" not in answer.text


def test_a_rejected_sign_up_names_the_field(tmp_path: Path) -> None:
    strict = Service(
        name="name", kind="validate", field="first_name", using="email", on_invalid="reject"
    )
    with served(tmp_path, strict) as client:
        response = client.post(CONTACTS, {"email": "grace@example.org", "firstName": "Grace"})
        looked_up = client.post(LOOKUP, {"email": "grace@example.org", "firstName": "Grace"}).json()

    answer = response.json()
    conforms(answer, "Problem")
    assert (response.status_code, answer["title"]) == (422, "A service rejects the record")
    (mistake,) = answer["errors"]
    assert mistake["field"] == "firstName"
    assert "Grace" not in response.text
    conforms(looked_up, "NotFound")
    assert (looked_up["exists"], looked_up["complete"]) == (False, False)
    assert looked_up["warning"] == f"first_name: {mistake['detail']}"


def test_a_service_that_must_be_heard_and_is_not(tmp_path: Path) -> None:
    must = custom("must", fails, on_failure="reject")
    with served(tmp_path, must) as client:
        signed_up: httpx.Response = client.post(CONTACTS, {"email": "grace@example.org"})
        looked_up = client.post(LOOKUP, {"email": "grace@example.org"}).json()

    assert (signed_up.status_code, signed_up.headers["retry-after"]) == (503, "1")
    assert looked_up["degraded"] == [
        {"kind": "service", "name": "must", "reason": "failed with KeyError"}
    ]
    assert looked_up["warning"] == "service must failed with KeyError"


def test_each_question_to_a_service_is_counted(tmp_path: Path) -> None:
    """By what became of it; and its breaker is seen before anything happens to it."""
    with served(tmp_path, EMAIL, NAME, REGISTER, custom("broken", fails)) as client:
        before = client.get("/metrics").text
        client.post(LOOKUP, {"email": "grace@example.org", "firstName": "Grace"})
        calls = "have_we_met_service_calls_total"
        wait_for(lambda: value(client.get("/metrics").text, calls) == 4)
        text = client.get("/metrics").text

    for service, outcome in (
        ("email", "ok"),
        ("name", "invalid"),
        ("register", "ok"),
        ("broken", "failed"),
    ):
        assert value(text, calls, service=service, outcome=outcome) == 1
        assert f'have_we_met_breaker_state{{breaker="service {service}"}} 0.0' in before
    assert 'have_we_met_breaker_state{breaker="store"}' not in before  # nothing guards this one
