"""The pages as they are shipped: one to try lookups on, and a registration form."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from .apps import Client, make_app, running


def test_a_field_and_a_label_for_each_field_of_the_model(shared_client: Client) -> None:
    """The form has each field of the model, with a label that belongs to it."""
    html = shared_client.get("/").text

    for field in shared_client.desk.model.fields:
        assert re.search(rf'<label for="f-{field.alias}">\w', html)
        assert re.search(rf'<input id="f-{field.alias}" name="{field.alias}"', html)


LOADED = {
    "/": {"pages/page.css", "pages/page.js", "pages/icon.svg", "register", "openapi.json"},
    "/register": {
        "pages/page.css",
        "pages/register.css",
        "pages/register.js",
        "pages/register.licences.txt",
        "pages/icon.svg",
        ".",
    },
}


@pytest.mark.parametrize("path", LOADED)
def test_nothing_comes_from_elsewhere(shared_client: Client, path: str) -> None:
    """A page loads only what this server ships, and its policy allows no more."""
    response = shared_client.get(path)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', response.text)

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?! src=)|<style| on\w+=| style=", response.text)
    assert set(loaded) == LOADED[path]
    for link in loaded:
        assert shared_client.get(f"/{link.removeprefix('.')}").status_code == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html"),
        ("/register", "text/html"),
        ("/pages/page.css", "text/css"),
        ("/pages/page.js", "text/javascript"),
        ("/pages/register.js", "text/javascript"),
        ("/pages/register.licences.txt", "text/plain"),
    ],
)
def test_media_types(shared_client: Client, path: str, media_type: str) -> None:
    """Each part says what it is, and no browser is to guess."""
    response = shared_client.get(path)

    assert response.headers["Content-Type"].startswith(media_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_form_is_of_the_models_fields(shared_client: Client) -> None:
    """The registration form knows each field, what it is called, and by which one can be found."""
    html = shared_client.get("/register").text
    (told,) = re.findall(r"data-form='([^']+)'", html)
    form = json.loads(unescape(told))

    assert [field["name"] for field in form["fields"]] == [
        field.alias for field in shared_client.desk.model.fields
    ]
    assert form["maxLength"] == 1000
    assert [field["label"] for field in form["fields"] if field["identifies"]] == ["Email", "Phone"]
    email = {"type": "email", "inputmode": "email", "autocapitalize": "none"}
    assert form["fields"][0]["input"] == email | {"autocomplete": "email"}


MEMBERS = """
name = "members"
fields = [{ name = "card", type = "identifier" }, { name = "birth_date", type = "date" }]
keys = ["card"]
comparisons = [{ field = "card", weight = 50 }]
thresholds = { no_match = 15, definite_match = 45 }
"""


async def test_a_form_for_another_model(tmp_path: Path) -> None:
    """Fields of any model make a form; where none is needed, each may find somebody."""
    (tmp_path / "members.toml").write_text(MEMBERS, "utf-8")
    app = make_app(model=str(tmp_path / "members.toml"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        html = (await client.get("/register")).text

    (told,) = re.findall(r"data-form='([^']+)'", html)
    fields = json.loads(unescape(told))["fields"]
    assert [(field["name"], field["identifies"]) for field in fields] == [
        ("card", True),
        ("birthDate", True),
    ]
    assert fields[1]["input"] == {"placeholder": "YYYY-MM-DD", "autocomplete": "bday"}


def test_names_are_escaped() -> None:
    """A name from the settings cannot become markup."""
    with running(make_app(table="a<b>'\"")) as client:
        html = client.get("/").text

    assert "a&lt;b&gt;" in html
