"""The registration form under the policies of forms that anybody can open, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .browsing import SCREENS, Browser, need_axe, needs_browser, shoot, violations
from .keyed import keyed_app
from .test_register import fill, notice, register, welcomed

pytestmark = needs_browser

SECRETS = ("john@example.com", "Smith", "555 0142", "5550142", '"john"')
"""What is stored of John, unless somebody types it."""


def hearing(page: Any) -> list[str]:
    """All that the server answers from now on."""
    heard: list[str] = []
    page.on("response", lambda answer: "/api/" in answer.url and heard.append(answer.text()))
    return heard


def colleague(page: Any) -> None:
    """Fill in what is enough for a hint of who John is."""
    fill(page, email="js@example.org", first_name="John", last_name="Smith")
    fill(page, company="Analytical Engines Ltd")


def test_yes_and_then_a_hint(browse: Browser, tmp_path: Path) -> None:
    """An e-mail address is answered with yes and no more; with a name it deserves a masked hint."""

    def scenario(page: Any) -> None:
        heard = hearing(page)
        page.get_by_label("Email").fill("john@example.com")
        page.keyboard.press("Tab")
        notice(page, "Welcome back! We found your account.")
        assert page.locator("[data-told]").count() == 0
        shoot(page, "register-public-yes")
        fill(page, first_name="John")
        page.locator("[data-told]", has_text="J. S.").wait_for()

        assert page.locator("[data-told]").inner_text() == "J. S.\nj***@example.com\n***42"
        described = page.get_by_role("button", name="Sign in instead").get_attribute(
            "aria-describedby"
        )
        assert page.locator(f"[id='{described}']").get_attribute("data-told") is not None
        assert not any(secret in text for text in heard for secret in SECRETS)
        shoot(page, "register-public-hint")
        page.get_by_role("button", name="Sign in instead").click()
        welcomed(page, "Welcome back, John")

    browse(scenario, "/register", keyed_app(tmp_path, "public"))


def test_a_hint_is_confirmed_by_its_place(browse: Browser, tmp_path: Path) -> None:
    """Masked choices; the one that is chosen goes by its place, and no id is ever told."""

    def scenario(page: Any) -> None:
        page.route("**/lookup", lambda route: route.abort("connectionrefused"))
        colleague(page)
        heard = hearing(page)
        register(page)
        notice(page, "Is this you?")
        assert page.locator(".notice").aria_snapshot() == (
            "- status: Is this you?\n"
            '- group "Is this you?":\n'
            "  - list:\n"
            "    - listitem:\n"
            '      - button "J. S. j***@example.com ***42"\n'
            "  - paragraph: Stars stand for what we keep private.\n"
            '  - button "That is not me"'
        )
        shoot(page, "register-public-choices")
        with page.expect_request("**/decide") as decided:
            page.get_by_role("button", name="J. S.").click()
        welcomed(page, "Welcome back, John")

        assert json.loads(decided.value.post_data)["decision"] == {"confirm": "1"}
        assert not any(secret in text for text in heard for secret in SECRETS)

    browse(scenario, "/register", keyed_app(tmp_path, "public"))


def test_none_of_these_creates_and_is_asked_once(browse: Browser, tmp_path: Path) -> None:
    """Who has said no to a hint registers without being asked again."""

    def scenario(page: Any) -> None:
        colleague(page)
        notice(page, "Is this you?")
        page.get_by_role("button", name="That is not me").click()
        with page.expect_response("**/decide") as decided:
            register(page)
        welcomed(page, "Welcome, John")

        assert (decided.value.status, decided.value.json()["created"]) == (201, True)

    browse(scenario, "/register", keyed_app(tmp_path, "public"))


def test_perhaps_without_a_hint(browse: Browser, tmp_path: Path) -> None:
    """A name alone deserves no hint: perhaps, and both ways go on."""

    def scenario(page: Any) -> None:
        fill(page, email="js@example.org", first_name="John", last_name="Smith")
        notice(page, "You may have an account already.")
        shoot(page, "register-public-perhaps")
        page.get_by_role("button", name="That is not me").click()
        register(page)
        welcomed(page, "Welcome, John")

    browse(scenario, "/register", keyed_app(tmp_path, "public"))


def test_with_the_keyboard_alone(browse: Browser, tmp_path: Path) -> None:
    """From a hint to the welcome without a mouse."""

    def scenario(page: Any) -> None:
        colleague(page)
        notice(page, "Is this you?")
        page.get_by_label("Phone").focus()
        for reached in ("J. S.\nj***@example.com\n***42", "That is not me"):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.innerText") == reached
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        welcomed(page, "Welcome back, John")

    browse(scenario, "/register", keyed_app(tmp_path, "public"))


def test_where_nothing_is_told_nothing_is_asked(browse: Browser, tmp_path: Path) -> None:
    """Under blind no lookup goes out, and whoever registers is told the same."""

    def scenario(page: Any) -> None:
        asked: list[str] = []
        page.on("request", lambda sent: sent.method == "POST" and asked.append(sent.url))
        for email, name in (("john@example.com", "John"), ("nia@example.com", "Nia")):
            fill(page, email=email, first_name=name)
            register(page)
            welcomed(page, f"Thank you, {name}")
            shoot(page, "register-blind")
            page.get_by_role("button", name="Register somebody else").click()
        assert {url.rpartition("/")[2] for url in asked} == {"contacts"}

    browse(scenario, "/register", keyed_app(tmp_path, "blind"))


def test_too_many_requests(browse: Browser, tmp_path: Path) -> None:
    """Whoever is told to come back later is told when, asks nothing before, and loses nothing."""

    def scenario(page: Any) -> None:
        asked: list[str] = []
        page.on("request", lambda sent: sent.url.endswith("/lookup") and asked.append(sent.url))
        with page.expect_response("**/lookup"):
            fill(page, email="zoe@example.com")
        fill(page, first_name="Zoë")
        page.get_by_text("That need not keep you").wait_for()
        fill(page, last_name="Okafor")
        page.wait_for_timeout(500)  # longer than a lookup waits
        assert len(asked) == 2
        register(page)
        said = page.get_by_role("alert")
        said.filter(has_text="Too many have asked of late").wait_for()
        assert "seconds" in said.inner_text()
        assert page.get_by_label("First name").input_value() == "Zoë"
        shoot(page, "register-too-many")

    browse(scenario, "/register", keyed_app(tmp_path, "public", address_minute=1))


@pytest.mark.parametrize(("name", "screen"), SCREENS.items(), ids=SCREENS)
def test_for_every_screen_and_everybody(
    browse: Browser, tmp_path: Path, name: str, screen: dict[str, Any]
) -> None:
    """Hints fit a phone, keep their contrast, and break no rule that a program can check."""
    need_axe()

    def scenario(page: Any) -> None:
        fill(page, email="john@example.com", first_name="John")
        page.locator("[data-told]").wait_for()
        assert violations(page) == []
        shoot(page, f"register-public-hint-{name}")
        colleague(page)
        notice(page, "Is this you?")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"]
        for button in page.get_by_role("button").all():
            assert button.bounding_box()["height"] >= 44
        shoot(page, f"register-public-choices-{name}")

    browse(scenario, "/register", keyed_app(tmp_path, "public"), **screen)


def test_trying_lookups_under_a_key(browse: Browser, tmp_path: Path) -> None:
    """The other page brings the key too, and shows what it is told and no more."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").fill("john@example.com")
        page.get_by_label("First name").fill("John")
        page.locator(".match h3", has_text="J. S.").wait_for()

        text = page.locator("#result").inner_text()
        assert "Yes, we have met" in text
        assert "Looked everywhere" not in text
        assert page.locator(".match p").inner_text() == "j***@example.com · ***42"
        shoot(page, "found-public")

    browse(scenario, "/", keyed_app(tmp_path, "public"))
