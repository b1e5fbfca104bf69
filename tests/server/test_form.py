"""A registration form in an application of its own: what a server answers, in process."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from have_we_met import InputError, Resolver, create_store, preset
from have_we_met.access import Limits
from have_we_met.server import Form, Settings, SettingsError
from have_we_met.server.telling import Answer

from .apps import CONTACTS, LOOKUP, PEOPLE, stored_people

MODEL = preset("contacts")
SECRET = "a secret of this application"
DECIDE = "/api/contacts/decide"
BEAT = 0.002
JOHN = {"email": "john@example.com", "firstName": "John"}
COLLEAGUE = {
    "email": "js@example.org",
    "firstName": "John",
    "lastName": "Smith",
    "company": "Analytical Engines Ltd",
}
HINT = {"email": "j***@example.com", "phone": "***42", "firstName": "J.", "lastName": "S."}
NEW = {"email": "nia@example.com", "firstName": "Nia"}


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    resolver = await stored_people(Settings(url="sqlite://"), MODEL)
    yield resolver
    await resolver.close()


def made(resolver: Resolver, **options: object) -> Form:
    """A form over a resolver."""
    form = Form(MODEL, secret=SECRET, **{"beat": BEAT, "limits": Limits(), **options})
    form.open(resolver)
    return form


async def post(form: Form, path: str, body: object, **headers: str) -> Answer:
    """Send JSON, as a framework would pass it on."""
    sent = {"Content-Type": "application/json", "Host": "shop.example", **headers}
    return await form.answer("POST", path, headers=sent, body=json.dumps(body).encode())


def said(answer: Answer) -> dict[str, object]:
    """The answer's JSON."""
    read: dict[str, object] = json.loads(answer.body)
    return read


async def page_of(form: Form) -> str:
    """The form's page."""
    return (await form.answer("GET", "/register", headers={})).body.decode()


def told(page: str) -> dict[str, Any]:
    """What a page is told of how to ask."""
    (form,) = re.findall(r"data-form='([^']+)'", page)
    read: dict[str, Any] = json.loads(unescape(form))
    return read


async def test_it_answers_as_a_server_answers_a_public_key(resolver: Resolver) -> None:
    """Yes, maybe or no, masked hints, a place to confirm by, and no more."""
    form = made(resolver)

    found = said(await post(form, LOOKUP, JOHN))
    asked = said(await post(form, CONTACTS, COLLEAGUE))
    assert (found["exists"], found["hints"]) == (True, [HINT])
    assert (asked["requiresReview"], asked["hints"]) == (True, [{"id": "1", **HINT}])
    decision = {"decisionToken": asked["decisionToken"], "contact": COLLEAGUE}
    linked = await post(form, DECIDE, {**decision, "decision": {"confirm": "1"}})
    assert said(linked).keys() == {"created", "lookupId", "linked"}
    created = await post(form, CONTACTS, NEW, **{"Idempotency-Key": "one"})
    again = await post(form, CONTACTS, NEW, **{"Idempotency-Key": "one"})
    assert (created.status, said(created)["created"]) == (201, True)
    assert (again.status, again.body) == (created.status, created.body)
    assert await resolver.store.count() == len(PEOPLE) + 1


@pytest.mark.parametrize(
    ("policy", "members"),
    [
        ("blind", {"exists", "next"}),
        ("public", {"exists", "hints", "lookupId"}),
        ("backoffice", {"exists", "contact", "confidence", "lookupId", "complete", "degraded"}),
    ],
)
async def test_the_policy_says_what_is_revealed(
    resolver: Resolver, policy: str, members: set[str]
) -> None:
    """The page is told the same policy as its answers are given under, and no key."""
    form = made(resolver, policy=policy)

    assert said(await post(form, LOOKUP, JOHN)).keys() == members
    page = await page_of(form)
    assert told(page)["policy"] == policy
    assert "apiKey" not in told(page)
    assert "Try lookups" not in page


async def test_answers_leave_at_the_beat(resolver: Resolver) -> None:
    """Nobody learns from how soon an answer is there."""
    form = made(resolver, beat=0.2)
    began = asyncio.get_running_loop().time()

    await post(form, LOOKUP, JOHN)

    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_limits_hold(resolver: Resolver) -> None:
    """An address that asks too often is told when to come back; another one is not held up."""
    form = made(resolver, limits=Limits(address_minute=1), proxies=("10.0.0.0/8",))

    async def status(address: str, forwarded: str = "") -> int:
        headers = {"Content-Type": "application/json", "X-Forwarded-For": forwarded}
        body = json.dumps(NEW).encode()
        answer = await form.answer("POST", LOOKUP, headers=headers, body=body, client=address)
        assert (answer.status == 429) == (b"retry-after" in dict(answer.headers))
        return answer.status

    assert [await status("192.0.2.1"), await status("192.0.2.1")] == [200, 429]
    assert await status("192.0.2.2") == 200
    assert await status("10.0.0.1", "192.0.2.2") == 429


async def test_a_policys_own_limits_are_the_default(resolver: Resolver) -> None:
    """Who says nothing of limits has those of a public key."""
    form = Form(MODEL, secret=SECRET, beat=BEAT)
    form.open(resolver)

    headers = dict((await post(form, LOOKUP, NEW)).headers)
    assert headers[b"ratelimit-policy"] == b'"minute";q=30;w=60'


@pytest.mark.parametrize(
    ("origin", "status"), [("https://shop.example", 200), ("https://evil.example", 403)]
)
async def test_pages_of_others_are_refused(resolver: Resolver, origin: str, status: int) -> None:
    """A page of another origin cannot ask in its visitor's name."""
    answer = await post(made(resolver), LOOKUP, JOHN, Origin=origin)

    assert answer.status == status
    assert not any(name.startswith(b"access-control") for name, _ in answer.headers)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        (LOOKUP, {"emial": "x"}, {}, 422),
        (LOOKUP, [], {}, 422),
        (LOOKUP, JOHN, {"Content-Type": "text/plain"}, 415),
        (DECIDE, {"decisionToken": "x", "contact": JOHN, "decision": {"none": True}}, {}, 403),
        (CONTACTS, {"company": "Acme"}, {}, 422),
        ("/api/contacts/forget", {"id": "john"}, {}, 403),
        ("/nothing", {}, {}, 404),
    ],
)
async def test_mistakes_are_answers(
    resolver: Resolver, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    """What is wrong comes back as a status and a problem, never as an exception."""
    assert (await post(made(resolver), path, body, **headers)).status == status


async def test_before_it_is_open_and_after(resolver: Resolver) -> None:
    """Without a resolver a lookup says no, and a sign-up that it cannot be."""
    form = Form(MODEL, secret=SECRET, beat=BEAT)
    before = [await post(form, LOOKUP, JOHN), await post(form, CONTACTS, NEW)]
    form.open(resolver)
    between = await post(form, LOOKUP, JOHN)
    await form.close()
    after = [await post(form, LOOKUP, JOHN), await post(form, CONTACTS, NEW)]

    assert said(between)["exists"] is True
    for lookup, sign_up in (before, after):
        assert (lookup.status, said(lookup)["exists"], sign_up.status) == (200, False, 503)


@pytest.mark.parametrize("root", ["", "/join"])
async def test_mounted_in_an_application(resolver: Resolver, root: str) -> None:
    """As an ASGI app it stands wherever it is mounted, with its page and what that loads."""
    app = FastAPI()
    app.mount(root or "/", made(resolver))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        page = await client.get(f"{root}/register")
        script = await client.get(f"{root}/pages/register.js")
        answer = await client.post(f"{root}{LOOKUP}", json=JOHN)

    assert (page.status_code, script.status_code) == (200, 200)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert answer.json()["hints"] == [HINT]


@pytest.mark.parametrize(
    ("options", "error"), [({"policy": "pubic"}, InputError), ({"secret": "short"}, SettingsError)]
)
def test_what_no_form_can_be_made_with(options: dict[str, str], error: type[Exception]) -> None:
    """A policy that there is not, or a secret that is none, is refused at once."""
    with pytest.raises(error):
        Form(MODEL, **{"secret": SECRET, **options})


async def test_a_token_is_good_for_who_has_the_secret(resolver: Resolver) -> None:
    """All processes with one secret decide; one with another does not."""
    first, second = made(resolver), made(resolver)
    other = Form(MODEL, secret="another application's secret", beat=BEAT, limits=Limits())
    other.open(resolver)

    asked = said(await post(first, CONTACTS, COLLEAGUE))
    decision = {
        "decisionToken": asked["decisionToken"],
        "contact": COLLEAGUE,
        "decision": {"none": True},
    }
    assert (await post(other, DECIDE, decision)).status == 403
    assert (await post(second, DECIDE, decision)).status == 201


async def test_the_form_has_the_fields_that_the_table_keeps(tmp_path: Path) -> None:
    """A field that the table has no column for is not asked for."""
    with sqlite3.connect(tmp_path / "own.db") as own:
        own.execute("CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT)")
    store = await create_store(f"sqlite:///{tmp_path}/own.db", MODEL, table="members")
    resolver = Resolver(store)

    assert [field["name"] for field in told(await page_of(made(resolver)))["fields"]] == [
        "email",
        "firstName",
    ]
    await resolver.close()
