"""The same answer under one key, and the way on from "maybe"."""

from __future__ import annotations

import base64
import json
import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from have_we_met import Judgement
from have_we_met.server import Settings, SettingsError
from have_we_met.server.problems import ExpiredToken, OtherContact, UnknownToken
from have_we_met.server.tokens import SECRET, Tokens, with_secret

from .apps import CONTACTS, Client, make_app, running

DECIDE = "/api/contacts/decide"
NAMESAKE = {"email": "js@example.org", "firstName": "John", "lastName": "Smith"}
NIA = {"email": "nia@example.com", "firstName": "Nia"}
NONE = {"none": True}
JOHN = {"confirm": "john"}
OURS = "a secret of this server"


def review(client: Client, contact: object = NAMESAKE) -> str:
    """Sign up as somebody of whom one has to tell; gives the token."""
    answer = client.post(CONTACTS, contact).json()
    assert answer["requiresReview"] is True
    return str(answer["decisionToken"])


def decide(
    client: Client, token: object, decision: object, contact: object = NAMESAKE
) -> httpx.Response:
    """Send a decision."""
    body = {"decisionToken": token, "contact": contact, "decision": decision}
    return client.post(DECIDE, body)


def count(client: Client) -> object:
    """How many people are stored."""
    return client.run(client.desk.resolver.store.count)


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers are the same."""
    return (one.status_code, one.json()) == (other.status_code, other.json())


class TestKeys:
    @pytest.mark.parametrize(
        ("contact", "status"), [(NIA, 201), ({"email": "john@example.com"}, 200)]
    )
    def test_the_same_answer(self, client: Client, contact: object, status: int) -> None:
        """A request that is sent again under its key gets the same answer."""
        headers = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
        answers = [client.post(CONTACTS, contact, headers=headers) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [status, status]
        assert same(*answers)

    def test_the_same_review(self, client: Client) -> None:
        """A review answer is the same but for its token, which is a new one."""
        headers = {"Idempotency-Key": "k"}
        answers = [client.post(CONTACTS, NAMESAKE, headers=headers).json() for _ in range(2)]

        tokens = [answer.pop("decisionToken") for answer in answers]
        assert answers[0] == answers[1]
        assert tokens[0] != tokens[1]
        assert [decide(client, token, NONE).status_code for token in tokens] == [201, 200]

    def test_another_body(self, client: Client) -> None:
        """Another contact under the same key is refused, and not created."""
        headers = {"Idempotency-Key": "secret"}
        client.post(CONTACTS, NIA, headers=headers)
        before = count(client)
        response = client.post(CONTACTS, NIA | {"company": "Acme"}, headers=headers)

        assert response.status_code == 422
        assert response.json()["title"] == "The idempotency key was used for another request"
        assert "secret" not in response.text
        assert count(client) == before

    @pytest.mark.parametrize("keys", [[""], ["x" * 256], ["a", "b"]])
    def test_no_key_at_all(self, client: Client, keys: list[str]) -> None:
        """A key that is empty, too long or not one is refused by the header's name."""
        body, media_type = json.dumps(NIA), ("Content-Type", "application/json")
        headers = [media_type, *(("Idempotency-Key", key) for key in keys)]
        response = client.request("POST", CONTACTS, content=body, headers=headers)

        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "Idempotency-Key"


class TestDeciding:
    def test_it_is_me(self, client: Client) -> None:
        """Whoever is confirmed is linked; nothing is created, however often it is sent."""
        before = count(client)
        token = review(client)
        first, second = [decide(client, token, JOHN) for _ in range(2)]

        answer = first.json()
        assert first.status_code == 200
        assert set(answer) == {
            *("created", "linked", "contact", "message"),
            *("lookupId", "complete", "degraded"),
        }
        assert (answer["created"], answer["linked"]) == (False, True)
        assert answer["contact"]["email"] == "john@example.com"
        assert same(first, second)
        assert count(client) == before

    def test_none_of_these(self, client: Client) -> None:
        """Whoever is none of them is created once and told apart, however often it is sent."""
        before = count(client)
        token = review(client)
        first, second = [decide(client, token, NONE) for _ in range(2)]

        answer = first.json()
        assert first.status_code == 201
        assert set(answer) == {"created", "contact", "lookupId", "complete", "degraded"}
        assert answer["contact"]["email"] == NAMESAKE["email"]
        assert same(first, second)
        assert count(client) == before + 1  # type: ignore[operator]  # it is a number
        (judged,) = client.run(client.desk.resolver.judgements, answer["contact"]["id"])  # type: ignore[misc]  # one judgement
        assert (judged.judgement, judged.of(answer["contact"]["id"])) == (
            Judgement.DIFFERENT,
            "john",
        )

    def test_two_tokens_make_one(self, client: Client) -> None:
        """Two forms of one new person, both answered with none, make one person."""
        tokens = [review(client) for _ in range(2)]
        first, second = [decide(client, token, NONE) for token in tokens]

        assert (first.status_code, second.status_code) == (201, 200)
        assert second.json()["message"] == "Existing contact found"
        assert second.json()["contact"] == first.json()["contact"]

    def test_somebody_new_turned_up(self, client: Client) -> None:
        """Who turned up meanwhile is asked about; the new token covers all that were suggested."""
        token, other = review(client), NAMESAKE | {"email": "smith@example.net"}
        decide(client, review(client, other), NONE, other)
        response = decide(client, token, NONE)

        answer = response.json()
        assert response.status_code == 200
        assert answer["requiresReview"] is True
        assert [one["email"] for one in answer["suggestions"]] == ["smith@example.net"]
        made = decide(client, answer["decisionToken"], NONE).json()["contact"]
        told = client.run(client.desk.resolver.judgements, made["id"])
        assert {one.of(made["id"]) for one in told} == {  # type: ignore[attr-defined]  # judgements
            "john",
            answer["suggestions"][0]["id"],
        }

    def test_otherwise_spelt(self, client: Client) -> None:
        """The contact may be spelt otherwise than before, as long as it says the same."""
        spelt = {"first_name": " john", "last_name": "SMITH", "email": "JS@example.org "}

        assert decide(client, review(client), JOHN, spelt).status_code == 200


class TestRefusals:
    def test_another_decision(self, client: Client) -> None:
        """A token decides one thing: who was created cannot be linked by it."""
        token = review(client)
        decide(client, token, NONE)
        before = count(client)
        response = decide(client, token, JOHN)

        assert response.status_code == 409
        assert count(client) == before

    @pytest.mark.parametrize(
        ("spoil", "status"),
        [
            (lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), 403),
            (lambda token: "x" + token, 403),
            (lambda token: "", 403),
            (lambda token: "\ud800", 403),
            (lambda token: Tokens("another server", "contacts", seconds=900).make("", {}), 403),
        ],
        ids=["changed", "longer", "empty", "no text", "foreign"],
    )
    def test_not_our_token(self, client: Client, spoil: object, status: int) -> None:
        """A token that we did not sign is refused, and nothing is created."""
        before = count(client)
        token = spoil(review(client))  # type: ignore[operator]  # a function
        body = json.dumps({"decisionToken": token, "contact": NAMESAKE, "decision": NONE})
        response = client.post(DECIDE, content=body)

        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert count(client) == before

    def test_too_late(self) -> None:
        """A token has its time."""
        with running(make_app(decide_within=0.5)) as client:
            token = review(client)
            client.desk.tokens._clock = lambda: datetime.now(UTC) + timedelta(seconds=2)
            response = decide(client, token, NONE)

        assert response.status_code == 410
        assert response.json()["title"] == "The decision token has expired"

    def test_another_contact(self, client: Client) -> None:
        """A token is for the contact that it was made for."""
        response = decide(client, review(client), JOHN, NAMESAKE | {"company": "Acme"})

        assert response.status_code == 422
        assert response.json()["title"] == "The token is for another contact"

    @pytest.mark.parametrize("record_id", ["jane", "nobody", 1, ["john", 1], 2**70, "\ud800"])
    def test_not_suggested(self, client: Client, record_id: object) -> None:
        """Only who was suggested can be confirmed, whoever else there is."""
        body = {"decisionToken": review(client), "contact": NAMESAKE}
        body |= {"decision": {"confirm": record_id}}
        response = client.post(DECIDE, content=json.dumps(body))

        assert response.status_code == 422
        assert response.json()["title"] == "That record was not suggested"

    def test_who_is_gone(self, client: Client) -> None:
        """Who was deleted meanwhile cannot be confirmed."""
        token = review(client)
        client.run(client.desk.resolver.delete, "john")

        assert decide(client, token, JOHN).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"decision": {}}, "decision"),
            ({"decision": {"none": False}}, "decision"),
            ({"decision": {"none": 1}}, "decision"),
            ({"decision": {"confirm": None}}, "decision"),
            ({"decision": {"confirm": True}}, "decision"),
            ({"decision": {"confirm": 1.5}}, "decision"),
            ({"decision": {"confirm": []}}, "decision"),
            ({"decision": {"confirm": "john", "none": True}}, "decision"),
            ({"decision": "none"}, "decision"),
            ({"decisionToken": 7}, "decisionToken"),
            ({"contact": {"emial": "x"}}, "emial"),
            ({"contact": []}, ""),
            ({"token": "x"}, "token"),
        ],
    )
    def test_mistakes_are_named(self, client: Client, change: object, field: str) -> None:
        """What cannot be read is named."""
        body = {"decisionToken": "x", "contact": NAMESAKE, "decision": NONE} | change  # type: ignore[operator]  # a dict
        response = client.post(DECIDE, body)

        assert response.status_code == 422
        assert [one["field"] for one in response.json()["errors"]] == [field]

    def test_what_is_missing_is_named(self, client: Client) -> None:
        """All parts that are missing are named at once; what is no JSON at all is said to be."""
        missing = client.post(DECIDE, {})

        assert [one["field"] for one in missing.json()["errors"]] == [
            "decisionToken",
            "contact",
            "decision",
        ]
        assert client.post(DECIDE, []).status_code == 422
        assert client.post(DECIDE, content=b"{").status_code == 400


SHOWN = {"1": "c0ffee"}


class TestTokens:
    @pytest.fixture
    def tokens(self) -> Tokens:
        return Tokens(OURS, "contacts", seconds=900)

    def test_it_says_who_was_suggested(self, tokens: Tokens) -> None:
        """Ids of every type come back as they were; each token has an id of its own."""
        shown = {1: "a", "1": "b", ("rome", 7): "c", "王": "d"}
        one, other = [tokens.read(tokens.make("asked", shown), "asked") for _ in range(2)]

        assert one.suggested == other.suggested == shown
        assert [*one.suggested] == [*shown]
        assert one.id != other.id

    def test_it_holds_nobodys_data(self, tokens: Tokens) -> None:
        """Neither what was asked nor who was suggested, or how many, can be read out of a token."""
        ids = [f"{n}d1b1c5e-0f0a-4b9f-9d5f-3c1f0a2b4c6d" for n in range(5)]
        few = tokens.make("john@example.com", {"jane": "0" * 24})
        many = tokens.make("x", dict.fromkeys(ids, "f" * 24))
        sealed = base64.urlsafe_b64decode(few)

        assert b"john" not in sealed
        assert b"jane" not in sealed
        assert len(few) == len(many)

    @pytest.mark.parametrize(
        ("reader", "asked", "error"),
        [
            (Tokens(OURS, "guests", seconds=900), "asked", UnknownToken),
            (Tokens(OURS + "!", "contacts", seconds=900), "asked", UnknownToken),
            (Tokens(OURS, "contacts", seconds=900), "else", OtherContact),
        ],
    )
    def test_whose_it_is(
        self, tokens: Tokens, reader: Tokens, asked: str, error: type[Exception]
    ) -> None:
        """A token is for one table, one secret and one contact."""
        with pytest.raises(error):
            reader.read(tokens.make("asked", SHOWN), asked)

    def test_of_an_earlier_release(self, tokens: Tokens) -> None:
        """A token that names ids alone is none."""
        said = json.dumps(["own id", tokens._mark("asked"), ['"1"', '"2"']])
        with pytest.raises(UnknownToken):
            tokens.read(tokens._seal.encrypt(said.encode()).decode(), "asked")

    @pytest.mark.parametrize(("seconds", "good"), [(898, True), (902, False), (-5, True)])
    def test_its_time(self, tokens: Tokens, seconds: int, good: bool) -> None:
        """A token is good for its time, and for a server whose clock is behind."""
        token = tokens.make("asked", SHOWN)
        later = datetime.now(UTC) + timedelta(seconds=seconds)
        reader = Tokens(OURS, "contacts", seconds=900, clock=lambda: later)

        if good:
            assert reader.read(token, "asked").suggested == SHOWN
        else:
            with pytest.raises(ExpiredToken):
                reader.read(token, "asked")


class TestSecret:
    @pytest.fixture(autouse=True)
    def _nothing_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(SECRET, raising=False)

    def test_the_settings_own(self, caplog: pytest.LogCaptureFixture) -> None:
        """A secret that is set is used, shown nowhere, and nothing is said."""
        settings = Settings(url="sqlite://", secret=OURS)

        assert with_secret(settings) is settings
        assert OURS not in repr(settings)
        assert not caplog.records

    def test_the_environments(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else the environment's is used."""
        monkeypatch.setenv(SECRET, OURS)

        assert with_secret(Settings(url="sqlite://")).secret == OURS

    def test_a_new_one(self, caplog: pytest.LogCaptureFixture) -> None:
        """Else one is made, another each time, with a warning that does not quote it."""
        caplog.set_level(logging.WARNING)
        one, other = [with_secret(Settings(url="sqlite://")).secret for _ in range(2)]

        assert len(one) >= 32
        assert one != other
        assert SECRET in caplog.text
        assert one not in caplog.text

    def test_one_that_can_be_guessed(self) -> None:
        """A short secret is refused."""
        with pytest.raises(SettingsError, match="secret: must be 16 characters or more"):
            Settings(url="sqlite://", secret="hush")

    def test_what_is_forgotten_too_soon(self) -> None:
        """A token must not outlive the answer that it was given."""
        with pytest.raises(SettingsError, match="remember: must be no less than decide_within"):
            Settings(url="sqlite://", remember=60, decide_within=61)
