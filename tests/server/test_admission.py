"""Who may ask what: keys, operations and origins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from have_we_met.access import revoke, rotate
from have_we_met.server import Settings, SettingsError, create_app
from have_we_met.store import unguarded

from .apps import CONTACTS, LOOKUP, Client, stored_people
from .asking import Asker, asking

JOHN = {"email": "john@example.com", "firstName": "John"}
SHOP = "https://shop.example"


@pytest.fixture(scope="module")
def desk() -> Iterator[Asker]:
    with asking("backoffice", origins=[SHOP], operations=["lookup", "metrics"]) as asker:
        yield asker


def test_without_keys_nothing_changes(client: Client) -> None:
    """Where no key was ever made, programs on this machine need none, and see records."""
    assert client.post(LOOKUP, JOHN).json()["contact"]["lastName"] == "Smith"
    assert not client.desk.callers.required


def test_with_a_key(desk: Asker) -> None:
    """Who brings it is answered, however the scheme is spelt."""
    assert desk.post(LOOKUP, JOHN).json()["contact"]["lastName"] == "Smith"
    headers = {"Authorization": f"bearer {desk.key}"}
    assert desk.client.post(LOOKUP, JOHN, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: f"Basic {key}",
        lambda key: key,
        lambda key: "Bearer ",
        lambda key: f"Bearer {key}x",
        lambda key: f"Bearer {key[:-1]}",
        lambda key: f"Bearer {key.replace('hwm_', 'hwm_0')}",
        lambda key: f"Bearer {key.rpartition('_')[0]}_",
        lambda key: "Bearer " + "x" * 10_000,
        lambda key: "Bearer hwm_\xe9_\xe9",
    ],
)
def test_without_a_good_key(desk: Asker, spoil: object) -> None:
    """Whatever else is brought is refused, in the same words, and says nothing."""
    headers = {"Authorization": spoil(desk.key).encode("latin-1")}  # type: ignore[operator]
    response = desk.client.post(LOOKUP, JOHN, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["title"] == "A key is needed"
    assert "hwm_0" not in response.text


def test_an_operation_that_is_not_allowed(desk: Asker) -> None:
    """A key is good for its operations and no others, and nothing is created."""
    response = desk.post(CONTACTS, {"email": "nia@example.com"})

    assert response.status_code == 403
    assert response.json()["detail"] == "The key does not allow: create."
    assert desk.post(LOOKUP, {"email": "nia@example.com"}).json()["exists"] is False
    for method, path in (
        ("GET", CONTACTS + "/john"),
        ("DELETE", CONTACTS + "/john"),
        ("PUT", LOOKUP),
    ):
        assert desk.client.request(method, path, headers=desk.headers()).status_code == 403


def test_what_needs_no_key(desk: Asker) -> None:
    """Probes, the description and the pages say nothing of anybody."""
    for path in ("/healthz", "/readyz", "/openapi.json", "/", "/register"):
        assert desk.client.get(path).status_code == 200


def test_metrics(desk: Asker) -> None:
    """A key that is good for metrics reads them; another does not."""
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert desk.client.get("/metrics", headers=desk.headers(elsewhere)).status_code == 200
    other = Asker(desk.client, "backoffice")
    assert desk.client.get("/metrics", headers=other.headers(elsewhere)).status_code == 401


def test_revoked_and_rotated() -> None:
    """A key stops being good within seconds; the last one that does opens no door."""
    with asking("backoffice") as asker:
        store = unguarded(asker.client.desk.resolver.store)
        issued = asker.client.run(partial(rotate, store, asker.id))
        asker.client.run(asker.client.desk.callers.read, store)
        assert asker.post(LOOKUP, JOHN).status_code == 401
        asker.key = issued.key
        assert asker.post(LOOKUP, JOHN).status_code == 200

        asker.client.run(partial(revoke, store, asker.id))
        asker.client.run(asker.client.desk.callers.read, store)
        assert asker.post(LOOKUP, JOHN).status_code == 401
        assert asker.client.post(LOOKUP, JOHN).status_code == 401

        asker.client.desk.callers.required = False  # as in a server that starts now
        asker.client.run(asker.client.desk.callers.read, store)
        assert asker.client.post(LOOKUP, JOHN).status_code == 401


def test_keyless_programs_on_this_machine() -> None:
    """Where the settings say so they need no key; what came through a proxy does."""
    with asking("public", keyless_local=True) as asker:
        assert asker.client.post(LOOKUP, JOHN).json()["contact"]["lastName"] == "Smith"
        for headers in ({"X-Forwarded-For": "203.0.113.9"}, {"Via": "1.1 proxy"}):
            assert asker.client.post(LOOKUP, JOHN, headers=headers).status_code == 401
        bad = asker.client.post(LOOKUP, JOHN, headers={"Authorization": "Bearer x"})
        assert bad.status_code == 401


async def test_no_key_no_other_address() -> None:
    """A server that others could reach does not start while nobody could be let in."""
    app = create_app(Settings(url="sqlite://", host="0.0.0.0"), opener=stored_people)

    with pytest.raises(SettingsError, match="there is no key to let others in"):
        async with app.router.lifespan_context(app):
            pass


class TestOrigins:
    def test_a_page_that_may_ask(self, desk: Asker) -> None:
        """A listed page may read the answer; never are all pages, nor cookies, let in."""
        response = desk.post(LOOKUP, JOHN, {"Origin": SHOP})

        assert response.headers["Access-Control-Allow-Origin"] == SHOP
        assert response.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in response.headers

    def test_it_reads_errors_too(self, desk: Asker) -> None:
        """A form shows what was wrong."""
        for response in (
            desk.post(LOOKUP, {"emial": "x"}, {"Origin": SHOP}),
            desk.post(CONTACTS, JOHN, {"Origin": SHOP}),
        ):
            assert response.status_code in (403, 422)
            assert response.headers["Access-Control-Allow-Origin"] == SHOP

    @pytest.mark.parametrize("origin", ["https://other.example", "http://shop.example", "null"])
    def test_a_page_that_may_not(self, desk: Asker, origin: str) -> None:
        """Any other page is refused, even with the key."""
        response = desk.post(LOOKUP, JOHN, {"Origin": origin})

        assert response.status_code == 403
        assert "Access-Control-Allow-Origin" not in response.headers

    def test_our_own_page(self, desk: Asker) -> None:
        """A page of this server itself is no other origin."""
        assert desk.post(LOOKUP, JOHN, {"Origin": "http://127.0.0.1:8000"}).status_code == 200

    def test_beforehand(self, desk: Asker) -> None:
        """A browser asks without a key whether a page may ask; for listed pages it may."""
        asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
        response = desk.client.request("OPTIONS", LOOKUP, headers=asked)
        other = desk.client.request(
            "OPTIONS", LOOKUP, headers=asked | {"Origin": "https://x.example"}
        )

        assert response.status_code == other.status_code == 204
        assert response.headers["Access-Control-Allow-Origin"] == SHOP
        assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Origin" not in other.headers


def test_idempotency_keys_are_each_callers_own() -> None:
    """Nobody learns from an idempotency key that another caller has used it."""
    with asking("public") as one:
        other = Asker(one.client, "public")
        named = {"Idempotency-Key": "8e03978e"}
        first = one.post(CONTACTS, {"email": "nia@example.com"}, named)
        again = one.post(CONTACTS, {"email": "nia@example.com"}, named)
        foreign = other.post(CONTACTS, {"email": "ola@example.com"}, named)

        assert (first.status_code, again.status_code, foreign.status_code) == (201, 201, 201)
        assert first.json() == again.json()
        conflict = one.post(CONTACTS, {"email": "ola@example.com"}, named)
        assert conflict.status_code == 422
