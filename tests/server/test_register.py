"""The registration form in a real browser: who comes back, who may, who is new; with no server."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from .apps import free_port, listening, make_app
from .browsing import PHONE, Browser, need_axe, needs_browser, shoot, violations

pytestmark = needs_browser


def fill(page: Any, **fields: str) -> None:
    """Type into fields, named by their labels, and leave the last one."""
    for name, value in fields.items():
        page.get_by_label(name.replace("_", " ").capitalize(), exact=True).fill(value)
    page.get_by_role("heading", name="Create your account").click()


def namesake(page: Any) -> None:
    """Fill in as another John Smith, of whom somebody has to tell."""
    fill(page, email="js@example.org", first_name="John", last_name="Smith")


def register(page: Any) -> None:
    """Press the button."""
    page.get_by_role("button", name="Register", exact=True).click()


def notice(page: Any, text: str) -> None:
    """Wait until the notice says something."""
    page.get_by_role("status").filter(has_text=text).wait_for()


def welcomed(page: Any, text: str) -> None:
    """Wait until somebody is welcomed, where the focus is then."""
    page.get_by_role("heading", name=text, exact=True).wait_for()
    assert page.evaluate("document.activeElement.id") == "welcome"


def test_an_address_that_is_left_finds_who_comes_back(browse: Browser) -> None:
    """Leaving the e-mail address says welcome back, and the way to sign in is one click."""

    def scenario(page: Any) -> None:
        shoot(page, "register")
        page.get_by_label("Email").fill("john@example.com")
        page.keyboard.press("Tab")
        notice(page, "Welcome back! We found your account.")
        shoot(page, "register-found")
        page.get_by_role("button", name="Sign in instead").click()
        welcomed(page, "Welcome back, John")
        shoot(page, "register-welcome-back")

    browse(scenario, "/register")


def test_nothing_is_asked_while_one_types(browse: Browser) -> None:
    """A lookup goes out when a field is left, once, and not again for the same."""

    def scenario(page: Any) -> None:
        asked: list[str] = []
        page.on("request", lambda sent: sent.method == "POST" and asked.append(sent.post_data))
        page.get_by_label("Email").press_sequentially("nobody@example.com")
        assert asked == []
        with page.expect_response("**/lookup"):
            page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        with page.expect_response("**/lookup"):
            fill(page, first_name="Nia")
        assert asked == [
            '{"email":"nobody@example.com"}',
            '{"email":"nobody@example.com","firstName":"Nia"}',
        ]

    browse(scenario, "/register")


def test_perhaps_shows_the_choices(browse: Browser) -> None:
    """Who may be meant is offered, and choosing it creates nothing."""

    def scenario(page: Any) -> None:
        namesake(page)
        notice(page, "Is this you?")
        shoot(page, "register-maybe")
        page.get_by_role("button", name="John Smith john@example.com").click()
        welcomed(page, "Welcome back, John")

    browse(scenario, "/register")


def test_none_of_these_creates(browse: Browser) -> None:
    """Who is not the one that is offered registers without being asked again."""

    def scenario(page: Any) -> None:
        namesake(page)
        notice(page, "Is this you?")
        page.get_by_role("button", name="That is not me").click()
        page.get_by_role("group", name="Is this you?").wait_for(state="detached")
        assert page.evaluate("document.activeElement.textContent") == "Register"
        with page.expect_response("**/decide") as decided:
            register(page)
        welcomed(page, "Welcome, John")

        assert decided.value.status == 201
        assert decided.value.json()["contact"]["email"] == "js@example.org"
        shoot(page, "register-created")

    browse(scenario, "/register")


def test_who_was_not_asked_before_is_asked_on_registering(browse: Browser) -> None:
    """Where the lookup did not come through, the registration asks, and each way goes on."""

    def scenario(page: Any) -> None:
        page.route("**/lookup", lambda route: route.abort("connectionrefused"))
        namesake(page)
        page.get_by_text("That need not keep you").wait_for()
        register(page)
        notice(page, "Is this you?")
        assert page.evaluate("document.activeElement.className") == "notice"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        welcomed(page, "Welcome back, John")

        page.get_by_role("button", name="Register somebody else").click()
        namesake(page)
        register(page)
        page.get_by_role("button", name="That is not me").click()
        welcomed(page, "Welcome, John")

    browse(scenario, "/register")


def test_with_the_server_gone_the_form_goes_on(browse: Browser) -> None:
    """Nothing that was typed is lost, and when the server is back the person is created, once."""
    port = free_port()
    server = ExitStack()

    def scenario(page: Any) -> None:
        keys: list[str | None] = []
        page.on(
            "request",
            lambda request: (
                request.url.endswith("/api/contacts")
                and keys.append(request.headers.get("idempotency-key"))
            ),
        )
        page.get_by_role("heading", name="Create your account").wait_for()
        server.close()
        fill(page, email="zoe@example.com", first_name="Zoë")
        page.get_by_text("That need not keep you").wait_for()
        shoot(page, "register-unchecked")
        register(page)
        page.get_by_role("alert").filter(has_text="Nothing is lost").wait_for()
        assert page.get_by_label("First name").input_value() == "Zoë"
        shoot(page, "register-server-down")

        server.enter_context(listening(make_app(), port))
        register(page)
        welcomed(page, "Welcome, Zoë")
        assert len(keys) == 2
        assert keys[0]
        assert keys[0] == keys[1]

    with server:
        address = server.enter_context(listening(make_app(), port))
        browse.visit(scenario, address, "/register")


def test_a_press_is_not_lost(browse: Browser) -> None:
    """The button stays under the pointer: pressing it leaves no field, so nothing is looked up."""

    def scenario(page: Any) -> None:
        asked: list[str] = []
        page.on("request", lambda sent: sent.method == "POST" and asked.append(sent.url))
        page.get_by_label("Email").fill("ines@example.com")
        button = page.get_by_role("button", name="Register", exact=True).bounding_box()
        page.mouse.move(button["x"] + 20, button["y"] + 20)
        page.mouse.down()
        page.wait_for_timeout(400)  # longer than a lookup waits
        page.mouse.up()
        welcomed(page, "Welcome")
        assert [url.rpartition("/")[2] for url in asked] == ["contacts"]

    browse(scenario, "/register")


def test_a_slow_server_keeps_nobody(browse: Browser) -> None:
    """While a lookup hangs, the person fills in the form and registers."""

    def scenario(page: Any) -> None:
        page.route("**/lookup", lambda route: None)
        fill(page, email="kofi@example.com")
        page.get_by_text("Checking…").wait_for()
        shoot(page, "register-checking")
        fill(page, first_name="Kofi")
        register(page)
        welcomed(page, "Welcome, Kofi")

    browse(scenario, "/register")


def test_mistakes_are_told_where_they_are(browse: Browser) -> None:
    """What cannot be read is told at its field, what is missing above the button."""

    def scenario(page: Any) -> None:
        page.get_by_label("Company").evaluate("box => box.removeAttribute('maxlength')")
        fill(page, company="x" * 1001)
        register(page)
        page.get_by_role("alert").filter(has_text="fields that are marked").wait_for()
        mistake = page.locator("#company-mistake").inner_text()

        assert "1000 characters" in mistake
        company = page.get_by_label("Company")
        assert company.get_attribute("aria-invalid") == "true"
        assert company.get_attribute("aria-describedby") == "company-mistake"
        shoot(page, "register-mistakes")
        fill(page, company="Acme")
        register(page)
        page.get_by_role("alert").filter(has_text="Email or phone").wait_for()
        assert company.get_attribute("aria-invalid") is None

    browse(scenario, "/register")


def test_with_the_keyboard_alone(browse: Browser) -> None:
    """From the first field to the welcome without a mouse; the choices come after the phone."""

    def scenario(page: Any) -> None:
        page.get_by_role("textbox", name="Email", exact=True).wait_for()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "email"
        page.keyboard.type("jane@example.com")
        page.keyboard.press("Tab")
        notice(page, "Welcome back!")
        assert page.evaluate("document.activeElement.name") == "phone"
        reached = []
        for _ in range(6):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.name || document.activeElement.textContent")
            )
        assert reached == [
            "Sign in instead",
            "That is not me",
            "firstName",
            "lastName",
            "company",
            "Register",
        ]
        page.keyboard.press("Enter")
        welcomed(page, "Welcome back, Jane")

    browse(scenario, "/register")


def test_by_ear(browse: Browser) -> None:
    """What a screen reader is given: labels, the announcement, the named group of choices."""

    def scenario(page: Any) -> None:
        for label in ("Email", "Phone", "First name", "Last name", "Company"):
            assert page.get_by_role("textbox", name=label, exact=True).count() == 1
        announced = page.get_by_role("status")
        assert announced.inner_text() == ""
        namesake(page)
        notice(page, "Is this you?")

        assert page.locator(".notice").aria_snapshot() == (
            "- status: Is this you?\n"
            '- group "Is this you?":\n'
            "  - list:\n"
            "    - listitem:\n"
            '      - button "John Smith john@example.com +1 212 555 0142"\n'
            '  - button "That is not me"'
        )

    browse(scenario, "/register")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(browse: Browser, scheme: str) -> None:
    """The rules of the WCAG that a program can check hold, colours too."""
    need_axe()

    def scenario(page: Any) -> None:
        assert violations(page) == []
        fill(page, email="john@example.com")
        notice(page, "Welcome back!")
        assert violations(page) == []
        namesake(page)
        notice(page, "Is this you?")
        assert violations(page) == []
        fill(page, email="")
        register(page)
        page.get_by_role("alert").wait_for()
        assert violations(page) == []

    browse(scenario, "/register", viewport={"width": 1280, "height": 860}, color_scheme=scheme)


def test_on_a_phone(browse: Browser) -> None:
    """On a phone everything fits the width, and buttons are large enough for a finger."""

    def scenario(page: Any) -> None:
        namesake(page)
        notice(page, "Is this you?")

        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for button in page.get_by_role("button").all():
            assert button.bounding_box()["height"] >= 44
        shoot(page, "register-phone")

    browse(scenario, "/register", **PHONE)


def test_markup_stays_text(browse: Browser) -> None:
    """What people are called is shown as text, whatever it looks like."""

    def scenario(page: Any) -> None:
        fill(page, email="tag@example.com", first_name="<img src=x onerror=alert(1)>")
        register(page)
        page.get_by_role("heading", name="Welcome, <img").wait_for()

        assert page.locator("main img[src=x]").count() == 0

    browse(scenario, "/register")
