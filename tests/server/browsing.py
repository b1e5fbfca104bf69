"""A real browser on a page of our own server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from ..clients.npm import Unavailable, install
from .apps import listening, make_app

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 780},
    "device_scale_factor": 2,
    "has_touch": True,
    "color_scheme": "dark",
}
SCREENS: dict[str, dict[str, Any]] = {
    "wide": WIDE,
    "dark": {**WIDE, "color_scheme": "dark"},
    "phone": PHONE,
    "light-phone": {**PHONE, "color_scheme": "light"},
}
"""Each of them, by day and by night."""
NO_MISTAKES = ("422", "429", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
"""What the console tells of refusals, and of servers that a test takes away."""

AXE = Path(__file__).parents[2] / "clients/react/node_modules/axe-core/axe.min.js"

Scenario = Callable[[Any], None]

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


class Browser:
    """Plays scenarios, each on a fresh page.

    The browser is driven from a thread of its own, since Playwright keeps an event loop there.
    """

    def __init__(self, thread: ThreadPoolExecutor, opened: Any) -> None:
        self._thread, self._opened = thread, opened

    def __call__(
        self, scenario: Scenario, path: str = "/", app: FastAPI | None = None, **screen: Any
    ) -> None:
        """Play a scenario on a server of its own."""
        with listening(app or make_app()) as address:
            self.visit(scenario, address, path, **screen)

    def visit(
        self,
        scenario: Scenario,
        address: str,
        path: str,
        asks: str = "",
        told: Sequence[str] = (),
        **screen: Any,
    ) -> None:
        """Play a scenario on a server that is there.

        Its page may ask another one, and its console may tell what is ``told``.
        """
        hosts = tuple(filter(None, (address, asks)))
        known = (*NO_MISTAKES, *told)
        shown = screen or WIDE
        self._thread.submit(play, self._opened, hosts, path, scenario, shown, known).result()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser, for scenarios one after the other."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with ThreadPoolExecutor(1) as thread:
        manager = playwright.sync_playwright()
        started = thread.submit(manager.start).result()
        launch = started.chromium.launch
        opened = thread.submit(launch, executable_path=str(CHROMIUM), args=ARGUMENTS).result()
        yield Browser(thread, opened)
        thread.submit(opened.close).result()
        thread.submit(started.stop).result()


def play(
    opened: Any,
    hosts: tuple[str, ...],
    path: str,
    scenario: Scenario,
    screen: dict[str, Any],
    known: tuple[str, ...],
) -> None:
    """Open the first host's page, play, and see that nothing went wrong nor came from elsewhere."""
    wrong: list[str] = []

    def hear(message: Any) -> None:
        if message.type == "error" and not any(one in message.text for one in known):
            wrong.append(message.text)

    def see(request: Any) -> None:
        if not request.url.startswith(hosts):
            wrong.append(request.url)

    context = opened.new_context(**screen)
    page = context.new_page()
    page.set_default_timeout(30_000)  # a busy machine is no mistake
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", hear)
    page.on("request", see)
    page.goto(hosts[0] + path)
    scenario(page)
    context.close()

    assert wrong == []


def violations(page: Any) -> list[str]:
    """What breaks a rule of the WCAG that a program can check, colours too."""
    page.wait_for_timeout(400)  # until nothing is half transparent
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def need_axe() -> None:
    """Skip a test where the checker cannot be installed."""
    try:
        install()
    except Unavailable as exc:
        pytest.skip(str(exc))


def shoot(page: Any, name: str) -> None:
    """Keep a picture."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")
