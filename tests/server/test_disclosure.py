"""What each policy reveals: by every route, in every member, header, error and token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import StoreError
from have_we_met.access import POLICIES
from have_we_met.server.disclosure import DISCLOSURES
from have_we_met.server.masks import MASKS, masked

from .apps import CONTACTS, LOOKUP, PEOPLE
from .asking import Asker, asking

DECIDE = "/api/contacts/decide"
JOHN = {"email": "john@example.com"}
NAMESAKE = {"email": "js@example.org", "firstName": "John", "lastName": "Smith"}
COLLEAGUE = NAMESAKE | {"company": "Analytical Engines Ltd"}
NOBODY = {"email": "nobody@example.com"}
SECRETS = [
    "john@example.com", "555 0142", "5550142", "Analytical", "analytical", "Smith", "smith",
    '"john"', "Jane", "jane@", "created_at",
]  # fmt: skip
"""What is stored of John and of others, as it is stored and as it is compared."""


@pytest.fixture(scope="module", params=POLICIES)
def asker(request: pytest.FixtureRequest) -> Iterator[Asker]:
    with asking(request.param) as one:
        yield one


@pytest.fixture(params=["blind", "public"])
def form(request: pytest.FixtureRequest) -> Iterator[Asker]:
    with asking(request.param) as one:
        yield one


def test_every_policy_is_decided() -> None:
    """Each policy that a key can have is a row of the table, and reveals no less than the last."""
    assert list(DISCLOSURES) == list(POLICIES)
    for one, next_one in pairwise(DISCLOSURES.values()):
        for what in ("outcome", "reasons", "provenance", "timing"):
            assert getattr(one, what) <= getattr(next_one, what)
        assert one.uniform >= next_one.uniform


def said(response: httpx.Response, asked: object = None) -> str:
    """All of an answer: its status, headers and body, without what was asked."""
    text = f"{response.status_code} {dict(response.headers)} {response.text}"
    for value in asked.values() if isinstance(asked, dict) else ():
        text = text.replace(str(value), "")
    return text


@pytest.mark.parametrize("path", [LOOKUP, LOOKUP + "?explain=true", CONTACTS])
@pytest.mark.parametrize("asked", [JOHN, NAMESAKE, COLLEAGUE, {"firstName": "Jane"}, NOBODY])
def test_no_value_that_is_stored(path: str, asked: dict) -> None:
    """Under the first three policies no value of anybody leaves, whatever is asked."""
    for policy in ("blind", "public", "assisted"):
        with asking(policy) as one:
            answer = said(one.post(path, asked), asked)
            told = [secret for secret in SECRETS if secret in answer and secret not in str(asked)]
            assert told == [], policy


def test_the_members_of_a_public_answer(form: Asker) -> None:
    """Whatever the answer is, it has the same members; under blind it is the same."""
    answers = [form.post(LOOKUP, asked) for asked in (JOHN, NAMESAKE, NOBODY, {"firstName": "x"})]
    if form.client.desk.callers.known_by(f"Bearer {form.key}").policy.outcome:
        assert {tuple(one.json()) for one in answers} == {("exists", "hints", "lookupId")}
        assert [one.json()["exists"] for one in answers] == [True, "maybe", False, False]
    else:
        assert {one.text for one in answers} == {'{"exists":"unknown","next":"code"}'}
    assert len({tuple(one.headers) for one in answers}) == 1
    for header in ("X-Lookup-Duration", "Server-Timing"):
        assert header not in answers[0].headers


@pytest.mark.parametrize("policy", ["blind", "public"])
def test_every_answer_leaves_at_the_beat(policy: str) -> None:
    """Answers and errors alike: no sooner than a beat after the request came."""
    with asking(policy, beat=0.05) as one:
        bodies = {LOOKUP: b'{"email": "x@example.com"}', CONTACTS: b"{", DECIDE: b"{}"}
        for path, content in bodies.items():
            began = perf_counter()
            one.post(path, content=content)
            assert perf_counter() - began >= 0.05, path


def test_the_blind_sign_up_alike() -> None:
    """Somebody new is created and somebody known is not; nobody is told which."""
    with asking("blind") as one:
        store = one.client.desk.resolver.store
        before = one.client.run(store.count)
        answers = [one.post(CONTACTS, asked) for asked in (JOHN, NAMESAKE, NOBODY, NOBODY)]

        assert {(one.status_code, one.text) for one in answers} == {
            (202, '{"accepted":true,"next":"code"}')
        }
        assert len({tuple(one.headers.items()) for one in answers}) == 1
        assert one.client.run(store.count) == before + 1


@pytest.mark.parametrize(
    ("asked", "hints"),
    [
        (JOHN, []),
        (NAMESAKE, []),
        ({"email": "john@example.com", "firstName": "John"}, [HINT := {
            "email": "j***@example.com", "phone": "***42", "firstName": "J.", "lastName": "S.",
        }]),
        (COLLEAGUE, [HINT]),
        ({"email": "john@example.com", "firstName": "Margarethe"}, []),
    ],
    ids=["e-mail alone", "names alone", "e-mail and name", "names and company", "contradiction"],
)  # fmt: skip
def test_hints_are_deserved(asked: dict, hints: list) -> None:
    """A hint is masked, and for who knows enough already."""
    with asking("public") as one:
        assert one.post(LOOKUP, asked).json()["hints"] == hints


def test_the_assisted_see_masked_records() -> None:
    """Masked records have places for ids, and no reasons, which would quote what is stored."""
    with asking("assisted") as one:
        found = one.post(LOOKUP + "?explain=true", JOHN)
        assert found.json()["contact"] == {"id": "1"} | HINT
        assert "reasons" not in found.json()
        assert not {"x-lookup-duration", "server-timing"} & {*found.headers}
        assert one.post(LOOKUP, NAMESAKE).json()["suggestions"] == [{"id": "1"} | HINT]


def test_a_desk_sees_listed_fields() -> None:
    """Of a record the credential's fields are shown; without any, those of the model."""
    with asking("desk", fields=["phone", "firstName"]) as one:
        answer = one.post(LOOKUP + "?explain=true", JOHN).json()
        assert answer["contact"] == {"id": "john", "phone": "+1 212 555 0142", "firstName": "John"}
        assert "reasons" not in answer
        other = Asker(one.client, "desk")
        assert "created_at" not in other.post(LOOKUP, JOHN).json()["contact"]
        assert other.post(LOOKUP, JOHN).json()["contact"]["company"] == PEOPLE[0]["company"]


def test_a_backoffice_sees_records() -> None:
    """All of a record, why, and how long it took."""
    with asking("backoffice") as one:
        answer = one.post(LOOKUP + "?explain=true", JOHN)
        assert answer.json()["contact"]["company"] == PEOPLE[0]["company"]
        assert "reasons" in answer.json()
        assert "X-Lookup-Duration" in answer.headers


@pytest.mark.parametrize("policy", ["public", "assisted"])
def test_the_way_on_by_places(policy: str) -> None:
    """Suggestions are confirmed by their place; an id, guessed or known, is none."""
    with asking(policy) as one:
        answer = one.post(CONTACTS, COLLEAGUE).json()
        (shown,) = answer["hints" if policy == "public" else "suggestions"]
        assert shown == {"id": "1"} | HINT
        body = {"decisionToken": answer["decisionToken"], "contact": COLLEAGUE}
        for named in ("john", "2", "0", "-1", "1.0", "²", 10**9, ["1"]):
            wrong = one.post(DECIDE, body | {"decision": {"confirm": named}})
            assert wrong.status_code == 422, named
        done = one.post(DECIDE, body | {"decision": {"confirm": "1"}})
        assert (done.status_code, done.json()["linked"]) == (200, True)
        assert not any(s in said(done, COLLEAGUE) for s in ("john@example.com", "5550142"))


def test_a_public_person_who_is_none_of_them() -> None:
    """Without a hint there is a way on, and the answer to it says no more than that."""
    with asking("public") as one:
        answer = one.post(CONTACTS, NAMESAKE).json()
        assert (answer["requiresReview"], answer["hints"]) == (True, [])
        body = {"decisionToken": answer["decisionToken"], "contact": NAMESAKE}
        made = one.post(DECIDE, body | {"decision": {"none": True}})
        assert (made.status_code, [*made.json()]) == (201, ["created", "lookupId"])


def test_a_token_says_nothing(asker: Asker) -> None:
    """A token has one length, and neither ids nor values can be read in it."""
    answer = asker.post(CONTACTS, COLLEAGUE).json()
    if "decisionToken" in answer:
        assert len(answer["decisionToken"]) == len(asker.client.desk.tokens.make("x", {}))
        assert "john" not in answer["decisionToken"]


@pytest.mark.parametrize("path", [LOOKUP, CONTACTS])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"emial": "john@example.com"}',
        b'{"email": 7}',
        b'{"email": ""}',
        b"x" * 70_000,
    ],
)
def test_errors_quote_nobody(asker: Asker, path: str, body: bytes) -> None:
    """An error is of what was sent, whoever is stored."""
    answer = said(asker.post(path, content=body))

    assert not any(secret in answer for secret in SECRETS[1:])
    assert "john@example.com" not in answer


def test_a_store_that_fails_is_failing_for_all(
    form: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the store says nothing of whom was asked about, and leaves at the beat, too."""

    async def failing(*args: object, **more: object) -> None:
        raise StoreError("connection refused while looking for john@example.com")

    resolver = form.client.desk.resolver
    monkeypatch.setattr(resolver, "lookup", failing)
    monkeypatch.setattr(resolver, "get_or_create", failing)
    for path in (LOOKUP, CONTACTS):
        bodies = {
            json.dumps({**form.post(path, asked).json(), "lookupId": ""})
            for asked in (JOHN, NOBODY)
        }
        assert len(bodies) == 1
        assert "john" not in bodies.pop()


@given(st.sampled_from([*MASKS]), st.text(min_size=1))
def test_masks_hide(kind: str, text: str) -> None:
    """A mask shows at most what its kind shows: a letter and a domain, digits, first letters."""
    shown = MASKS[kind](text)
    limit = {"email": 1 + text.count("@") * len(text), "phone": 2, "name": 3}[kind]
    assert shown
    left = shown.replace("*", "").replace(".", "").replace(" ", "")
    assert len(left) <= limit
    if kind != "email":
        assert len(shown) <= 9


@given(st.dictionaries(st.sampled_from(["email", "age", "note"]), st.one_of(st.none(), st.text())))
def test_what_has_no_mask_is_left_out(contact: dict) -> None:
    """Only fields of a type that has a mask are shown, in any guise."""
    assert masked(contact, {"email": "email", "age": "number"}).keys() <= {"email"}
