"""The pages as they are shipped: one to try lookups on, and a registration form."""

from __future__ import annotations

import json
import re
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest

from .apps import Client, make_app, running
from .keyed import keyed_app


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
    form = told(shared_client)

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

    (form,) = re.findall(r"data-form='([^']+)'", html)
    fields = json.loads(unescape(form))["fields"]
    assert [(field["name"], field["identifies"]) for field in fields] == [
        ("card", True),
        ("birthDate", True),
    ]
    assert fields[1]["input"] == {"placeholder": "YYYY-MM-DD", "autocomplete": "bday"}


# --- colours ------------------------------------------------------------------------------------

TEXTS = [
    *(("ink", back) for back in ("paper", "card")),
    *(("soft", back) for back in ("paper", "card")),
    *((accent, back) for accent in ("accent", "accent-deep") for back in ("paper", "card")),
    *(("on-accent", accent) for accent in ("accent", "accent-deep")),
    *((tone, f"{tone}-back") for tone in ("found", "review", "new", "error")),
    *((tone, "card") for tone in ("found", "review", "error")),
    ("card", "found"),
]
"""Which colour of text stands on which."""
EDGES = [("edge", "card"), ("error", "card"), ("accent", "card"), ("accent", "paper")]
"""What shows where an input, a mistake or the focus is."""


def palettes() -> dict[str, dict[str, str]]:
    """The page's colours, by day and by night."""
    css = files("have_we_met.server").joinpath("pages", "page.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    read = re.compile(r"--([\w-]+): #([0-9a-f]{3,6});")
    day = dict(read.findall(light))
    return {"light": day, "dark": day | dict(read.findall(dark))}


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by the WCAG's definition."""
    whole = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = (int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("pair", "least"),
    [*((pair, 4.5) for pair in TEXTS), *((pair, 3.0) for pair in EDGES)],
    ids=lambda one: "-on-".join(one) if isinstance(one, tuple) else str(one),
)
def test_colours_keep_their_contrast(scheme: str, pair: tuple[str, str], least: float) -> None:
    """Text keeps 4.5 to 1, what shows an input or the focus 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    colours = palettes()[scheme]

    assert contrast(colours[pair[0]], colours[pair[1]]) >= least


# --- a key of the pages' own --------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["blind", "public"])
def test_pages_bring_a_key_that_reveals_no_records(tmp_path: Path, policy: str) -> None:
    """The form is told the key and its policy, the other page the key."""
    app = keyed_app(tmp_path, policy)
    with running(app) as client:
        form, page = told(client), client.get("/").text

    key = app.state.desk.settings.page_key
    assert (form["policy"], form["apiKey"]) == (policy, key)
    assert f'data-key="{key}"' in page


@pytest.mark.parametrize("policy", ["assisted", "desk", "backoffice"])
def test_pages_bring_no_key_that_reveals_more(
    tmp_path: Path, policy: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A key that shows people is told to nobody, whatever the settings say."""
    app = keyed_app(tmp_path, policy)
    with running(app) as client:
        form, page = told(client), client.get("/").text

    key = app.state.desk.settings.page_key
    assert "apiKey" not in form
    assert key not in page
    assert "reveals too much" in caplog.text
    assert key not in caplog.text


def test_pages_bring_no_key_that_is_not_good(caplog: pytest.LogCaptureFixture) -> None:
    """A key that the database does not know opens nothing, and is not handed out."""
    with running(make_app(page_key="hwm_0123456789ab_of-another-database")) as client:
        form = told(client)

    assert form["policy"] == "backoffice"
    assert "apiKey" not in form
    assert "is not good" in caplog.text


def told(client: Client) -> dict[str, Any]:
    """What the registration form is told."""
    (form,) = re.findall(r"data-form='([^']+)'", client.get("/register").text)
    read: dict[str, Any] = json.loads(unescape(form))
    return read


def test_names_are_escaped() -> None:
    """A name from the settings cannot become markup."""
    with running(make_app(table="a<b>'\"")) as client:
        html = client.get("/").text

    assert "a&lt;b&gt;" in html
