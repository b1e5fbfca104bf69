"""The applications in ``examples/`` do what they are there to show."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

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
