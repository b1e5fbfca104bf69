"""The page to try lookups on, as it is shipped."""

from __future__ import annotations

import re

import pytest

from .apps import Client, make_app, running


def test_a_field_and_a_label_for_each_field_of_the_model(shared_client: Client) -> None:
    """The form has each field of the model, with a label that belongs to it."""
    html = shared_client.get("/").text

    for field in shared_client.desk.model.fields:
        assert re.search(rf'<label for="f-{field.alias}">\w', html)
        assert re.search(rf'<input id="f-{field.alias}" name="{field.alias}"', html)


def test_nothing_comes_from_elsewhere(shared_client: Client) -> None:
    """The page loads only what this server ships, and its policy allows no more."""
    response = shared_client.get("/")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', response.text)

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for path in loaded:
        assert "//" not in path
        assert shared_client.get(f"/{path}").status_code == 200
    assert {"pages/page.css", "pages/page.js", "pages/icon.svg", "openapi.json"} == set(loaded)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/", "text/html"), ("/pages/page.css", "text/css"), ("/pages/page.js", "text/javascript")],
)
def test_media_types(shared_client: Client, path: str, media_type: str) -> None:
    """Each part says what it is, and no browser is to guess."""
    response = shared_client.get(path)

    assert response.headers["Content-Type"].startswith(media_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_names_are_escaped() -> None:
    """A name from the settings cannot become markup."""
    with running(make_app(table="a<b>'\"")) as client:
        html = client.get("/").text

    assert "a&lt;b&gt;" in html
