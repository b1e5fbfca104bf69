"""The applications in ``examples/`` do what they are there to show."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from .server.apps import free_port, wait_for
from .server.browsing import PHONE, Browser, browser, needs_browser, shoot
from .server.test_register import fill, notice, register, welcomed

EXAMPLES = Path(__file__).parent.parent / "examples"
ADA = {
    "email": "ada@example.org",
    "phone": "020 7946 0958",
    "first_name": "Ada",
    "last_name": "Lovelace",
}
AGAIN = ADA | {"email": "ADA@example.org", "last_name": "Lovlace"}
MEI = {"email": "mei@lin.example", "first_name": "美", "last_name": "林"}
PERHAPS = {"email": "ada.l@example.net", "first_name": "Ada", "last_name": "Lovelace"}


def load(path: Path) -> ModuleType:
    """Run a file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


async def test_fastapi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten sign-ups of one person make one member, and what the ORM changes is known at once."""
    monkeypatch.setenv("SIGNUP_DB", f"sqlite:///{tmp_path}/signup.db")
    app = load(EXAMPLES / "fastapi_signup.py").app
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        posts = [client.post("/signup", json=form) for form in [ADA, AGAIN] * 5]
        answers = await asyncio.gather(*posts)
        ada = answers[0].json()["id"]
        perhaps = await client.post("/signup", json=PERHAPS)
        unreadable = await client.post("/signup", json={"email": ""})
        moved = {"email": "countess@example.net"}
        changed = await client.put(f"/members/{ada}/email", json=moved)
        nobody = await client.put("/members/0/email", json=moved)
        found = await client.post("/signup", json=ADA | moved | {"phone": None})

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.json()["id"] for answer in answers} == {ada}
    assert (perhaps.status_code, unreadable.status_code) == (409, 422)
    assert "@" not in perhaps.text
    assert (changed.status_code, nobody.status_code) == (204, 404)
    assert (found.status_code, found.json()["id"]) == (200, ada)


DJANGO = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from django.test import Client

sys.path.insert(0, {folder!r})
import signup

def post(form):
    answer = Client().post("/signup", form, content_type="application/json")
    return answer.status_code, answer.json()

signup.create_table()
with ThreadPoolExecutor(4) as threads:
    answers = [*threads.map(post, {forms!r})]
others = [post({perhaps!r}), post({{"email": ""}}), post("[]")]
rows = [*signup.Contact.objects.values_list("id", "email", "newsletter")]
signup.close()
print(json.dumps([answers, others, rows]))
"""


def test_django(tmp_path: Path) -> None:
    """The same in Django, whose settings want a process of their own."""
    forms = [ADA, AGAIN] * 5
    folder = str(EXAMPLES / "django_signup")
    code = DJANGO.format(folder=folder, forms=forms, perhaps=PERHAPS)
    environment = {**os.environ, "SIGNUP_FILE": str(tmp_path / "signup.db")}

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120
    )

    assert done.returncode == 0, done.stderr
    answers, others, rows = json.loads(done.stdout)
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert {said["id"] for _, said in answers} == {1}
    assert [status for status, _ in others] == [409, 422, 400]
    assert [(number, newsletter) for number, _, newsletter in rows] == [(1, False)]


def test_flask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in Flask, from several threads, and told again under an idempotency key."""
    monkeypatch.setenv("SIGNUP_DB", f"sqlite:///{tmp_path}/signup.db")
    signup = load(EXAMPLES / "flask_signup.py")

    def post(form: object, key: str | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = signup.app.test_client().post("/signup", json=form, headers=headers)
        return answer.status_code, answer.get_json(silent=True) or {}

    try:
        with ThreadPoolExecutor(4) as threads:
            answers = [*threads.map(post, [ADA, AGAIN] * 5)]
        others = [post(PERHAPS), post({"email": ""}), post([]), post(MEI, "one"), post(MEI, "one")]
        others += [post(ADA, "one")]
    finally:
        signup.close()

    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({said["id"] for _, said in answers}) == 1
    assert [status for status, _ in others] == [409, 422, 400, 201, 201, 422]
    assert others[3] == others[4]
    assert "@" not in str(others)


# --- the same form, by a real server in a real browser ------------------------------------------


@pytest.fixture(scope="module")
def browse() -> Iterator[Browser]:
    """A browser that the tests of this file share."""
    with browser() as browse:
        yield browse


APPLICATIONS = {
    "fastapi": ["uvicorn", "--app-dir", str(EXAMPLES), "fastapi_signup:app", "--port", "{port}"],
    "django": [str(EXAMPLES / "django_signup" / "signup.py"), "127.0.0.1:{port}"],
}


@contextmanager
def started(name: str, folder: Path) -> Iterator[str]:
    """Start an application as its page says; gives its address."""
    port = free_port()
    command = [one.format(port=port) for one in APPLICATIONS[name]]
    database = folder / "signup.db"
    named = {"SIGNUP_DB": f"sqlite:///{database}", "SIGNUP_FILE": str(database)}
    program = [sys.executable, *(["-m"] if name == "fastapi" else []), *command]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            program, env={**os.environ, **named}, stdout=log, stderr=log, cwd=folder
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: is_up(f"{address}/register") or process.poll() is not None, 60)
        assert process.poll() is None, (folder / "log").read_text("utf-8")[-2000:]
        yield address
    finally:
        process.terminate()
        process.wait(20)


def is_up(address: str) -> bool:
    """Whether somebody answers."""
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def sign_up(page: Any) -> None:
    """Ada signs up, comes back, is given a hint, and is told from a namesake."""
    page.get_by_role("textbox", name="Email", exact=True).wait_for()
    assert page.get_by_label("Company").count() == 0  # the table has no such column
    fill(page, email="ada@example.org", first_name="Ada", last_name="Lovelace")
    register(page)
    welcomed(page, "Welcome, Ada")

    page.get_by_role("button", name="Register somebody else").click()
    fill(page, email="ADA@example.org")
    notice(page, "Welcome back! We found your account.")
    fill(page, first_name="Ada")
    page.locator("[data-told]", has_text="a***@example.org").wait_for()
    register(page)
    welcomed(page, "Welcome back, Ada")

    page.get_by_role("button", name="Register somebody else").click()
    fill(page, email="ada.l@example.net", first_name="Ada", last_name="Lovelace")
    notice(page, "You may have an account already.")
    page.get_by_role("button", name="That is not me").click()
    register(page)
    welcomed(page, "Welcome, Ada")


@pytest.mark.parametrize("name", APPLICATIONS)
@pytest.mark.browser
@needs_browser[1]
def test_the_form_in_an_application(browse: Browser, tmp_path: Path, name: str) -> None:
    """The registration page works in an application that has the library in process."""

    def scenario(page: Any) -> None:
        heard: list[str] = []
        page.on("response", lambda answer: "/api/" in answer.url and heard.append(answer.text()))
        sign_up(page)
        assert heard
        assert not any("Lovelace" in text or "ada@" in text.lower() for text in heard)
        shoot(page, f"example-{name}")

    with started(name, tmp_path) as address:
        browse.visit(scenario, address, "/register", **PHONE)
        forged = httpx.post(
            f"{address}/api/contacts/lookup", json=ADA, headers={"Origin": "https://evil.example"}
        )
        assert forged.status_code == 403
    with sqlite3.connect(tmp_path / "signup.db") as members:
        rows = members.execute("SELECT * FROM members").fetchall()
    assert len(rows) == 2
