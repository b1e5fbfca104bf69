"""The packed client in a page of another origin, with a public key, in a real browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ..server.apps import free_port, listening
from ..server.browsing import browser, needs_browser, shoot
from ..server.keyed import keyed_app
from .vite import application, readme_form

pytestmark = needs_browser


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def pages(folder: Path, port: int) -> Iterator[str]:
    """Serve a folder; gives its origin."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join()


def asking(form: str, **server: str) -> str:
    """The form of the client's page, asking a server that is elsewhere."""
    form = form.replace("useContactLookup()", "useContactLookup(SERVER)")
    form = form.replace("useRegistration()", "useRegistration(SERVER)")
    assert form.count("(SERVER)") == 2
    return f"{form}\nconst SERVER = {json.dumps(server)} as const;\n"


def come_back_and_register(page: Any) -> None:
    """John is found, with a hint once he gives his name; then Nia registers."""
    page.get_by_label("Email").fill("john@example.com")
    page.get_by_label("First name").focus()
    page.get_by_role("status").filter(has_text="Welcome back!").wait_for()
    page.get_by_label("First name").fill("John")
    page.get_by_label("Last name").focus()
    page.get_by_text("J. S. (j***@example.com)").wait_for()
    shoot(page, "abroad-unstyled")
    page.get_by_label("Email").fill("nia@example.com")
    page.get_by_label("First name").fill("Nia")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Welcome!", exact=True).wait_for()


def come_in_vain(page: Any) -> None:
    """A page that the key does not list learns nothing, and its form goes on."""
    page.get_by_label("Email").fill("john@example.com")
    with page.expect_event("requestfailed"):
        page.get_by_label("First name").focus()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("alert").filter(has_text="The server cannot be reached").wait_for()
    assert page.get_by_role("status").inner_text() == ""


def test_a_page_of_another_origin(packed: Path, tmp_path: Path) -> None:
    """The page that the key lists asks and registers; the same page from elsewhere may not."""
    own, other, port = free_port(), free_port(), free_port()
    app = keyed_app(tmp_path, "public", origins=[f"http://127.0.0.1:{own}"])
    url, key = f"http://127.0.0.1:{port}", app.state.desk.settings.page_key
    server = {"url": f"{url}/api/contacts", "apiKey": key, "policy": "public"}
    built = application(tmp_path, packed, asking(readme_form(), **server), "19")

    with browser() as browse, listening(app, port):
        with pages(built, own) as origin:
            browse.visit(come_back_and_register, origin, "/", asks=url)
        with pages(built, other) as origin:
            told = ["CORS policy", "ERR_FAILED"]
            browse.visit(come_in_vain, origin, "/", asks=url, told=told)
