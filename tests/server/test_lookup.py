"""``POST /api/contacts/lookup``, as the guide has it."""

from __future__ import annotations

import json

import pytest

from have_we_met import Lookup, StoreBusy
from have_we_met.server.routes.lookup import wants_reasons

from .apps import CONTACTS, LOOKUP, Client, make_app, running

BESIDE = {"lookupId", "complete", "degraded"}


def test_found(shared_client: Client) -> None:
    """Somebody we have met: the contact, under aliases, and how sure we are."""
    response = shared_client.post(LOOKUP, {"email": "JOHN@example.com", "firstName": "Jon"})

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"exists", "contact", "confidence"} | BESIDE
    assert answer["exists"] is True
    assert answer["contact"]["id"] == "john"
    assert answer["contact"]["firstName"] == "John"
    assert 0.9 < answer["confidence"] <= 1
    assert answer["complete"] is True
    assert answer["degraded"] == []


def test_review(shared_client: Client) -> None:
    """Somebody who may be one of ours: the suggestions, best first."""
    response = shared_client.post(
        LOOKUP, {"email": "js@example.org", "firstName": "John", "lastName": "Smith"}
    )

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"exists", "suggestions", "confidence"} | BESIDE
    assert answer["exists"] == "maybe"
    assert [contact["id"] for contact in answer["suggestions"]] == ["john"]


def test_not_found(shared_client: Client) -> None:
    """Nobody we have met: nothing but that."""
    response = shared_client.post(LOOKUP, {"email": "new@example.com"})

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"exists"} | BESIDE
    assert answer["exists"] is False


def test_nothing_to_ask_by(shared_client: Client) -> None:
    """A question without email and phone is answered with a warning, not with an error."""
    response = shared_client.post(LOOKUP, {"firstName": "John"})

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"exists", "warning"} | BESIDE
    assert answer["exists"] is False
    assert answer["warning"] == "Email or phone required for lookup"


def test_late() -> None:
    """A lookup past its deadline is answered with a warning and what was lacking."""
    with running(make_app(deadline=1e-9)) as client:
        response = client.post(LOOKUP, {"email": "john@example.com"})

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"exists", "warning"} | BESIDE
    assert answer["exists"] is False
    assert "timeout" in answer["warning"]
    assert answer["complete"] is False
    assert answer["degraded"][0]["kind"] == "store"


class Failing:
    """A resolver that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def lookup(self, raw: object) -> Lookup:
        """Raise."""
        raise self.error

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("error", [StoreBusy("no"), ZeroDivisionError("john@example.com")])
def test_a_lookup_that_fails(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever fails behind it, a lookup is answered with 200; nobody's data is told or logged."""
    with running(make_app()) as client:
        client.desk.open = Failing(error)
        response = client.post(LOOKUP, {"email": "john@example.com"})

    answer = response.json()
    assert response.status_code == 200
    assert answer["exists"] is False
    assert answer["warning"] == "Lookup service unavailable"
    assert answer["complete"] is False
    assert answer["degraded"][0]["name"] == type(error).__name__
    assert "john" not in response.text
    assert type(error).__name__ in caplog.text
    assert "john" not in caplog.text


def test_reasons(shared_client: Client) -> None:
    """With ``?explain=true`` each term of each score is given, fields under their aliases."""
    response = shared_client.post(
        f"{LOOKUP}?explain=true", {"email": "john@example.com", "firstName": "Jon"}
    )

    (reasons,) = response.json()["reasons"]
    assert reasons["recordId"] == "john"
    assert reasons["outcome"] == "definite-match"
    fields = [item["field"] for item in reasons["evidence"]]
    assert fields == ["email", "phone", "firstName", "lastName", "company"]
    assert reasons["evidence"][0]["reason"] == "is the same"


def test_no_reasons_where_there_is_no_match(shared_client: Client) -> None:
    """Reasons of nobody are an empty list."""
    response = shared_client.post(f"{LOOKUP}?explain=1", {"email": "new@example.com"})

    assert response.json()["reasons"] == []


@pytest.mark.parametrize("query", ["explain=perhaps", "explain=", "explain=true&explain=x"])
def test_an_unclear_wish(shared_client: Client, query: str) -> None:
    """``explain`` is true or false and nothing else."""
    response = shared_client.post(f"{LOOKUP}?{query}", {"email": "new@example.com"})

    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "explain", "detail": "must be true or false"}]


def test_a_query_of_any_bytes() -> None:
    """A query string that is no text says nothing about reasons."""
    assert wants_reasons(b"\xff=%ff&&;=") is False


def test_timing_headers(shared_client: Client) -> None:
    """Each answer says how long the lookup took, in milliseconds, to us and to browsers."""
    response = shared_client.post(LOOKUP, {"email": "john@example.com"})

    duration = response.headers["X-Lookup-Duration"]
    assert float(duration) > 0
    assert response.headers["Server-Timing"] == f"lookup;dur={duration}"


def test_answers_are_private(shared_client: Client) -> None:
    """Nobody between keeps an answer, and no browser guesses at what it is."""
    response = shared_client.post(LOOKUP, {"email": "john@example.com"})

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert int(response.headers["Content-Length"]) == len(response.content)


def test_an_over_full_key_is_told(client: Client) -> None:
    """Where a key holds too many, the answer says that it did not look at all of them."""
    limit = client.desk.model.key_limit
    phone = "+1 212 555 0199"
    people = [{"id": str(n), "phone": phone, "first_name": "A" * n} for n in range(1, limit + 5)]
    client.run(client.desk.resolver.store.load, people)

    answer = client.post(LOOKUP, {"phone": phone, "firstName": "Zoltán"}).json()

    assert answer["complete"] is False
    assert answer["degraded"][0] == {
        "kind": "key",
        "name": "phone",
        "reason": f"holds more than {limit} records",
    }


def test_the_answer_is_the_guides_json(shared_client: Client) -> None:
    """The guide's own keys come first, in its order."""
    response = shared_client.post(LOOKUP, {"email": "john@example.com"})

    assert list(json.loads(response.content))[:3] == ["exists", "contact", "confidence"]


def test_a_lookup_writes_nothing(shared_client: Client) -> None:
    """Asking about somebody new twice does not make them known."""
    for _ in range(2):
        answer = shared_client.post(LOOKUP, {"email": "new@example.com"}).json()

        assert answer["exists"] is False


def test_the_next_lookup_sees_a_sign_up(client: Client) -> None:
    """Who has just been created is found."""
    client.post(CONTACTS, {"email": "new@example.com", "firstName": "Nia"})

    assert client.post(LOOKUP, {"email": "new@example.com"}).json()["exists"] is True
