"""Why not, and when? Support and an auditor look numbers up, in a real browser on the real system."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flows.system import System

pytestmark = pytest.mark.journey

Enter = Callable[..., Page]
# Guam opens when Maine has closed, and closes before Maine opens: one of them is always outside hours.
FAR_APART = ("+1 671 734 5000", "+1 207 773 5000")
CLOSED = "Not now, but from"


def look_up(page: Page, system: System, number: str) -> None:
    """The page Numbers with the answer for a number."""
    page.goto(system.path("numbers"))
    page.get_by_label("Telephone number").fill(number)
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator("#answer .verdict")).to_be_visible()


def agree(system: System, number: str) -> None:
    """The owner of a real number agreed to be called: a program puts it on record."""
    told = {
        "number": number,
        "kind": "express",
        "channel": "web",
        "text_shown": "Acme may call me.",
        "evidence": "form 1",
        "captured_at": "2026-05-14T15:00:00Z",
    }
    bearer = {"authorization": f"Bearer {system.seed['api_key']}"}
    address = f"{system.url}/api/v1/consents"
    httpx.post(address, json=told, headers=bearer, trust_env=False).raise_for_status()


def list_number(page: Page, reason: str) -> None:
    """Add the number that is looked at to the do-not-call list, from the keyboard."""
    page.locator("h2").first.click()
    page.keyboard.press("d")
    page.get_by_label("Why", exact=True).fill(reason)
    page.get_by_role("button", name="Add this number").click()


def test_support_reads_why_a_listed_number_is_not_called(system: System, enter: Enter) -> None:
    page = enter("support")
    look_up(page, system, "(555) 555-6101")
    expect(page.get_by_role("heading", name="May be called now")).to_be_visible()
    list_number(page, "Wrote to us in March")
    expect(page.get_by_role("heading", name="Not at all, as things stand")).to_be_visible()
    expect(page.locator(".gate").first).to_contain_text("Wrote to us in March")
    expect(page.locator(".gate").first).to_contain_text("An owner or admin lifts the entry")
    expect(page.get_by_role("button", name="Lift")).to_have_count(0)
    expect(page.get_by_role("link", name="Lift")).to_have_count(0)
    assert "5556101" not in page.url and "6101" not in page.title()


def test_a_listed_number_is_refused_at_the_form_too(system: System, enter: Enter) -> None:
    page = enter("support")
    look_up(page, system, "555 555 6102")
    list_number(page, "Asked by phone")
    page.get_by_role("link", name="New call to this number").click()
    expect(page.get_by_role("heading", name="One gate blocks this call")).to_be_visible()
    expect(page.get_by_role("button", name="Call now")).to_be_disabled()
    assert "6102" not in page.url and system.placed_to("+15555556102") == 0


def test_outside_hours_it_says_when_and_schedules_for_then(system: System, enter: Enter) -> None:
    page = enter("support")
    for number in FAR_APART:
        agree(system, number)
        look_up(page, system, number)
        if page.get_by_role("heading", name=CLOSED).count():
            break
    expect(page.get_by_role("heading", name=CLOSED)).to_contain_text("there")
    expect(page.locator(".verdict-next")).to_contain_text("Next allowed minute")
    page.get_by_role("link", name="Schedule for then").click()
    expect(page.get_by_label("Next allowed minute")).to_be_checked()
    expect(page.get_by_role("button", name="Call at the next allowed minute")).to_be_enabled()


def test_changing_the_greeting_asks_again_by_itself(system: System, enter: Enter) -> None:
    page = enter("support")
    look_up(page, system, "555 555 6103")
    page.get_by_label("Greeting").select_option(label="Appointment reminder")
    page.wait_for_url("**greeting=gr_*")
    expect(page.get_by_role("heading", name="May be called now")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="May be called now")).to_be_visible()
    expect(page.get_by_label("Telephone number")).to_have_value("555 555 6103")


def test_what_is_no_number_is_said_at_the_field(system: System, enter: Enter) -> None:
    page = enter("support")
    page.goto(system.path("numbers"))
    page.get_by_label("Telephone number").fill("call me")
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator("#lookup-number")).to_contain_text("Write the number with digits only")
    expect(page.get_by_label("Telephone number")).to_have_value("call me")


def test_everything_works_without_javascript(system: System, enter: Enter, tmp_path: Path) -> None:
    page = enter("auditor", java_script_enabled=False)
    look_up(page, system, "555 555 6104")
    expect(page.locator("#answer")).to_contain_text("May be called now")
    with page.expect_download() as download:
        page.get_by_role("button", name="Signed export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text())["record"]["number"]["e164"] == "+15555556104"
    assert "6104" not in file.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_rule_of_access_is_broken(system: System, enter: Enter, theme: Any) -> None:
    page = enter("support", color_scheme=theme)
    for number in ("555 555 6101", FAR_APART[0]):
        look_up(page, system, number)
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_nothing_is_wider_than_a_small_phone(system: System, enter: Enter) -> None:
    page = enter("support", viewport={"width": 320, "height": 700})
    for number in ("555 555 6101", *FAR_APART):
        look_up(page, system, number)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
