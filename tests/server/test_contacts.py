"""``POST /api/contacts``, as the guide has it."""

from __future__ import annotations

import pytest

from .apps import CONTACTS, Client, make_app, running

BESIDE = {"lookupId", "complete", "degraded"}


def count(client: Client) -> object:
    """How many people are stored."""
    return client.run(client.desk.resolver.store.count)


def test_created(client: Client) -> None:
    """Somebody new is created, and given back with an id."""
    before = count(client)
    response = client.post(CONTACTS, {"email": "Nia@Example.com", "firstName": "Nia"})

    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"created", "contact"} | BESIDE
    assert answer["created"] is True
    assert answer["contact"]["id"]
    assert answer["contact"]["email"] == "Nia@Example.com"
    assert answer["contact"]["firstName"] == "Nia"
    assert count(client) == before + 1


def test_found(client: Client) -> None:
    """Somebody we have met is given, and nothing is created."""
    before = count(client)
    response = client.post(CONTACTS, {"email": "john@example.com", "firstName": "John"})

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"created", "contact", "message"} | BESIDE
    assert answer["created"] is False
    assert answer["contact"]["id"] == "john"
    assert answer["message"] == "Existing contact found"
    assert count(client) == before


def test_review(client: Client) -> None:
    """Where somebody has to tell, the suggestions are given and nothing is created."""
    before = count(client)
    response = client.post(
        CONTACTS, {"email": "js@example.org", "firstName": "John", "lastName": "Smith"}
    )

    answer = response.json()
    assert response.status_code == 200
    assert (
        set(answer)
        == {"created", "requiresReview", "suggestions", "decisionToken", "message"} | BESIDE
    )
    assert answer["created"] is False
    assert answer["requiresReview"] is True
    assert [contact["id"] for contact in answer["suggestions"]] == ["john"]
    assert answer["message"] == "Potential duplicates found"
    assert count(client) == before


def test_twice_makes_one(client: Client) -> None:
    """The second request for one new person is given the first's contact."""
    first = client.post(CONTACTS, {"email": "nia@example.com", "firstName": "Nia"}).json()
    second = client.post(CONTACTS, {"email": "NIA@example.com", "firstName": "Nia"}).json()

    assert second["created"] is False
    assert second["contact"] == first["contact"]


@pytest.mark.parametrize("body", [{"firstName": "Nia"}, {"email": " ", "phone": None}, {}])
def test_neither_email_nor_phone(client: Client, body: dict[str, object]) -> None:
    """A sign-up without email and phone is refused, both named; nothing is created."""
    before = count(client)
    response = client.post(CONTACTS, body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "email or phone"
    assert count(client) == before


def test_other_columns_are_not_the_clients(client: Client) -> None:
    """A client cannot fill in a column that is no field, such as the id."""
    response = client.post(CONTACTS, {"email": "nia@example.com", "id": "john"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "id"


def test_columns_that_are_the_clients() -> None:
    """Columns that the settings name can be filled in, and come back under their own names."""
    with running(make_app(writable=("created_at",))) as client:
        body = {"email": "nia@example.com", "created_at": "2001-02-03"}
        response = client.post(CONTACTS, body)

    assert response.status_code == 201
    assert response.json()["contact"]["created_at"].startswith("2001-02-03")


def test_timing_headers(client: Client) -> None:
    """A sign-up says how long its lookup took."""
    response = client.post(CONTACTS, {"email": "nia@example.com"})

    assert float(response.headers["X-Lookup-Duration"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
