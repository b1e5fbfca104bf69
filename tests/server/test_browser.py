"""The page in a real browser, on a wide screen and on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from .browsing import PHONE, SCREENS, Browser, need_axe, needs_browser, shoot, violations

pytestmark = needs_browser


def verdict(page: Any, text: str) -> None:
    """Wait for the headline of the answer."""
    page.locator(".verdict strong", has_text=text).wait_for()


def test_found_as_one_types(browse: Browser) -> None:
    """Typing the email of somebody we have met shows who, how sure we are, and why."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").press_sequentially("john@example.com")
        page.get_by_label("First name").fill("Jon")
        page.get_by_label("Last name").fill("Smyth")
        page.get_by_label("Company").fill("Analytical Engines")
        page.locator("tbody tr", has_text="smyth").wait_for()
        verdict(page, "Yes, we have met")

        assert page.locator(".match h3").inner_text() == "John Smith"
        assert page.locator("tbody tr").count() == 5
        assert "is the same" in page.locator("tbody tr", has_text="Email").inner_text()
        assert "missing" in page.locator("tbody tr", has_text="Phone").inner_text()
        assert "yes" in page.locator(".facts").inner_text()
        assert "Yes, we have met" in page.get_by_role("status").inner_text()
        shoot(page, "found")

    browse(scenario)


def test_perhaps(browse: Browser) -> None:
    """Where somebody has to tell, the suggestions are shown with their reasons."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").fill("js@example.org")
        page.get_by_label("First name").fill("John")
        page.get_by_label("Last name").fill("Smith")
        page.get_by_role("button", name="Look up").click()
        verdict(page, "Perhaps")

        assert page.locator(".match h3").all_inner_texts() == ["John Smith"]
        shoot(page, "review")

    browse(scenario)


def test_not_found_then_created_then_found(browse: Browser) -> None:
    """Somebody new is not found, can be created, and is found from then on."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").fill("nia@example.com")
        page.get_by_label("First name").fill("Nia")
        verdict(page, "No, we have not met")
        shoot(page, "not-found")
        page.get_by_role("button", name="Create if new").click()
        verdict(page, "Created")
        page.get_by_role("button", name="Look up").click()
        verdict(page, "Yes, we have met")

    browse(scenario)


def test_nothing_to_ask_by(browse: Browser) -> None:
    """A name alone is answered with what is needed; clearing the form clears the answer."""

    def scenario(page: Any) -> None:
        page.get_by_label("First name").fill("Ada")
        verdict(page, "No answer")
        page.get_by_role("button", name="Create if new").click()
        verdict(page, "The record cannot be read")
        shoot(page, "refused")
        page.get_by_role("button", name="Clear").click()
        page.get_by_text("Nothing asked yet.").wait_for()

    browse(scenario)


def test_a_mistake_is_shown_at_its_field(browse: Browser) -> None:
    """A value that cannot be read is told beside its field."""

    def scenario(page: Any) -> None:
        page.get_by_label("Company").evaluate("box => { box.value = 'x'.repeat(1001) }")
        page.get_by_role("button", name="Look up").click()
        page.locator("#e-company", has_text="at most 1000 characters").wait_for()

        assert page.get_by_label("Company").get_attribute("aria-invalid") == "true"

    browse(scenario)


def test_markup_stays_text(browse: Browser) -> None:
    """What people are called is shown as text, whatever it looks like."""

    def scenario(page: Any) -> None:
        name = "<img src=x onerror=alert(1)>"
        page.get_by_label("Email").fill("markup@example.com")
        page.get_by_label("Company").fill(name)
        page.get_by_role("button", name="Create if new").click()
        verdict(page, "Created")

        assert name in page.locator(".match").inner_text()
        assert page.locator(".match img").count() == 0

    browse(scenario)


def test_on_a_phone(browse: Browser) -> None:
    """On a phone everything fits the width, and buttons are large enough for a finger."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").fill("john@example.com")
        page.get_by_label("First name").fill("Jon")
        page.locator("tbody tr", has_text="jon").wait_for()

        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for button in page.get_by_role("button").all():
            assert button.bounding_box()["height"] >= 36
        shoot(page, "phone")

    browse(scenario, **PHONE)


def test_with_the_keyboard_alone(browse: Browser) -> None:
    """The fields are reached in their order, and Enter asks."""

    def scenario(page: Any) -> None:
        page.get_by_label("Email").focus()
        page.keyboard.type("jane@example.com")
        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.name") == "phone"
        page.keyboard.press("Enter")
        verdict(page, "Yes, we have met")

    browse(scenario)


def sign_up_a_namesake(page: Any, email: str) -> None:
    """Sign up as another John Smith, of whom somebody has to tell."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("First name").fill("John")
    page.get_by_label("Last name").fill("Smith")
    page.get_by_role("button", name="Create if new").click()
    verdict(page, "Perhaps: somebody has to tell")


def test_it_is_me(browse: Browser) -> None:
    """Whoever says that a suggestion is them is given that contact."""

    def scenario(page: Any) -> None:
        sign_up_a_namesake(page, "jsmith@example.org")
        page.get_by_role("button", name="It is me").click()
        verdict(page, "Yes, we have met")

        assert page.locator(".match h3").inner_text() == "John Smith"
        assert "Confirmed" in page.get_by_role("status").inner_text()

    browse(scenario)


def test_none_of_these(browse: Browser) -> None:
    """Whoever says that it is nobody of the suggestions is created."""

    def scenario(page: Any) -> None:
        sign_up_a_namesake(page, "another@example.org")
        shoot(page, "decide")
        page.get_by_role("button", name="None of these").click()
        verdict(page, "Created")

        assert "another@example.org" in page.locator(".match").inner_text()

    browse(scenario)


@pytest.mark.parametrize(("name", "screen"), SCREENS.items(), ids=SCREENS)
def test_nothing_stands_in_anybodys_way(browse: Browser, name: str, screen: dict[str, Any]) -> None:
    """Each answer keeps the rules of the WCAG that a program can check, on each screen."""
    need_axe()

    def scenario(page: Any) -> None:
        assert violations(page) == []
        shoot(page, f"empty-{name}")
        page.get_by_label("Email").fill("john@example.com")
        page.get_by_label("First name").fill("Jon")
        page.locator("tbody tr", has_text="jon").wait_for()
        page.get_by_text("Request and answer").click()
        assert violations(page) == []
        shoot(page, f"found-{name}")
        sign_up_a_namesake(page, "another@example.org")
        assert violations(page) == []
        shoot(page, f"decide-{name}")
        page.get_by_label("Email").fill("")
        page.get_by_role("button", name="Create if new").click()
        verdict(page, "The record cannot be read")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"]

    browse(scenario, **screen)
