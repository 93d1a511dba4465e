"""Support at work, in a real browser on the real system: place, watch, schedule, press twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Response, expect

from tests.flows.system import System

pytestmark = pytest.mark.journey

Enter = Callable[..., Page]
CALL_PAGE = "**/calls/CA*"
LIGHTEST = 80_000  # bytes over the wire, all assets
PAGES = ("calls/new", "calls", "calls?outcome=refused", "scheduled", "numbers")


def type_number(page: Page, system: System, number: str) -> None:
    """The form of a new call with a number in it, judged."""
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill(number)
    expect(page.get_by_role("heading", name="May be placed now")).to_be_visible()


def place(page: Page, system: System, number: str) -> str:
    """Place a call now; returns its page's address."""
    type_number(page, system, number)
    page.get_by_role("button", name="Call now").click()
    page.wait_for_url(CALL_PAGE)
    return page.url


def next_minute(*, least: int) -> datetime:
    """The next full minute in New York that is at least some seconds away."""
    soon = datetime.now(ZoneInfo("America/New_York")) + timedelta(seconds=least)
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)


def test_support_signs_in_places_a_call_and_watches_it_complete(
    system: System, browser: Browser
) -> None:
    page = browser.new_context().new_page()
    system.fill_in_sign_in(page, "support")
    place(page, system, "(555) 555-5678")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    expect(page.locator(".call-state")).to_contain_text("Completed", timeout=60_000)
    expect(page.locator("#live")).to_contain_text("The callee heard the greeting and confirmed.")
    expect(page.locator(".timeline")).to_contain_text("The call took place")
    assert loads == []
    page.context.close()


def test_the_page_rests_when_the_call_is_over(system: System, enter: Enter) -> None:
    page = enter("support")
    place(page, system, "555 555 0001")
    expect(page.locator(".call-state")).to_contain_text("Busy", timeout=60_000)
    expect(page.locator("#live")).to_have_attribute("data-live", "false", timeout=60_000)


def test_a_scheduled_call_starts_at_its_minute(system: System, enter: Enter) -> None:
    page, minute = enter("support"), next_minute(least=10)
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill("555 555 6001")
    page.get_by_label("At a time").check()
    page.get_by_label("Date and time, on their clock").fill(f"{minute:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name=f"Schedule for {minute:%a} {minute.day}").click()
    page.wait_for_url(CALL_PAGE)
    expect(page.locator(".call-state")).to_contain_text("Scheduled")
    assert system.placed_to("+15555556001") == 0
    expect(page.locator(".timeline")).to_contain_text("The carrier took the call", timeout=90_000)
    assert page.locator("main").count() == 1  # an answer without news brought no page into the page
    assert abs(datetime.now(minute.tzinfo) - minute) < timedelta(seconds=30)
    assert system.placed_to("+15555556001") == 1


def test_a_double_click_is_one_call(system: System, enter: Enter) -> None:
    page = enter("support")
    type_number(page, system, "555 555 6002")
    page.get_by_role("button", name="Call now").dblclick()
    page.wait_for_url(CALL_PAGE)
    expect(page.locator(".call-state")).to_contain_text("Completed", timeout=60_000)
    assert system.placed_to("+15555556002") == 1


def test_the_same_form_sent_from_two_tabs_is_one_call(system: System, enter: Enter) -> None:
    page = enter("support")
    type_number(page, system, "555 555 6003")
    form = page.locator("#call-form").evaluate("f => Object.fromEntries(new FormData(f))")
    sent = [page.request.post(system.path("calls/new"), form=form) for _ in range(2)]
    assert [answer.ok for answer in sent] == [True, True]
    assert sent[0].url == sent[1].url
    page.goto(sent[0].url)
    expect(page.locator(".call-state")).to_contain_text("Completed", timeout=60_000)
    assert system.placed_to("+15555556003") == 1


def test_back_and_press_again_is_asked_about(system: System, enter: Enter) -> None:
    page = enter("support")
    place(page, system, "555 555 6004")
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill("555 555 6004")
    expect(page.locator("#ask-reason")).to_contain_text("The same call was asked for moments ago")
    expect(page.get_by_role("button", name="Call now")).to_be_disabled()
    page.get_by_label("Yes, call a second time").check()
    expect(page.get_by_role("button", name="Call now")).to_be_enabled()
    expect(page.get_by_label("Yes, call a second time")).to_be_checked()
    assert system.placed_to("+15555556004") <= 1


def test_a_refusal_keeps_the_form_and_shows_the_record(system: System, enter: Enter) -> None:
    page = enter("support")
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill("555 555 0199")
    expect(page.get_by_role("heading", name="One gate blocks this call")).to_be_visible()
    expect(page.get_by_role("button", name="Call now")).to_be_disabled()
    page.locator("#call-form").evaluate("form => form.submit()")
    page.get_by_role("link", name="See the record").click()
    expect(page.locator("#live")).to_contain_text("Why this call was refused")


def test_placeholders_appear_for_the_chosen_greeting(system: System, enter: Enter) -> None:
    page = enter("support")
    page.goto(system.path("calls/new"))
    page.get_by_label("Approved greeting").select_option(label="Appointment reminder")
    page.get_by_label("First name").fill("Maria")
    page.get_by_label("Day").fill("Friday, 27 November")
    page.get_by_label("Hour").fill("2:30 pm")
    page.get_by_label("Who is called").fill("555 555 6005")
    expect(page.locator("#verdict")).to_contain_text("Hi Maria, this is Acme. Your appointment")


def test_everything_works_without_javascript(system: System, enter: Enter) -> None:
    page = enter("support", java_script_enabled=False)
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill("555 555 6006")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="May be placed now")).to_be_visible()
    page.get_by_role("button", name="Call now").click()
    page.wait_for_url(CALL_PAGE)
    page.goto(system.path("calls?outcome=waiting"))
    expect(page.get_by_role("button", name="Filter")).to_be_visible()


def test_new_calls_wait_above_the_list(system: System, enter: Enter) -> None:
    page, other = enter("support"), enter("owner")
    page.goto(system.path("calls"))
    first = page.locator("a[data-row]").first.inner_text()
    place(other, system, "555 555 6007")
    expect(page.locator("#news")).to_contain_text("1 new", timeout=20_000)
    assert page.locator("a[data-row]").first.inner_text() == first
    page.get_by_role("link", name="1 new").click()
    expect(page.locator("a[data-row]").first).to_have_text("+1 555-555-6007")


def test_a_scheduled_call_is_taken_back(system: System, enter: Enter) -> None:
    page = enter("support")
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill("555 555 6008")
    page.get_by_label("At a time").check()
    tomorrow = next_minute(least=86_400)
    page.get_by_label("Date and time, on their clock").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Schedule for").click()
    page.wait_for_url(CALL_PAGE)
    page.locator("summary", has_text="Cancel").click()
    page.get_by_role("button", name="Cancel this call").click()
    expect(page.locator(".call-state")).to_contain_text("Canceled")
    assert system.placed_to("+15555556008") == 0


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_light_and_keep_to_their_origin(system: System, enter: Enter, path: str) -> None:
    page = enter("support")
    asked: list[str] = []
    weights: list[int] = []

    def weigh(answer: Response) -> None:
        sizes = answer.request.sizes()
        weights.append(sizes["responseBodySize"] + sizes["responseHeadersSize"])

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto(system.path(path), wait_until="networkidle")
    assert [url for url in asked if not url.startswith(system.url)] == []
    assert 0 < sum(weights) < LIGHTEST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_rule_of_access_is_broken(system: System, enter: Enter, path: str, theme: Any) -> None:
    page = enter("support", color_scheme=theme)
    page.goto(system.path(path))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("theme", "number"), [("light", "6009"), ("dark", "6011")])
def test_no_rule_of_access_is_broken_on_a_judged_form_and_on_its_call(
    system: System, enter: Enter, theme: Any, number: str
) -> None:
    page = enter("support", color_scheme=theme)
    type_number(page, system, f"555 555 {number}")
    found = [Axe().run(page)]
    page.get_by_role("button", name="Call now").click()
    page.wait_for_url(CALL_PAGE)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    found.append(Axe().run(page))
    assert [each.violations_count for each in found] == [0, 0], found[-1].generate_report()


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_nothing_is_wider_than_a_small_phone(system: System, enter: Enter) -> None:
    page = enter("support", viewport={"width": 320, "height": 700})
    for path in PAGES:
        page.goto(system.path(path))
        assert not overflows(page), path
    type_number(page, system, "555 555 6010")
    assert not overflows(page)
    page.get_by_role("button", name="Call now").click()
    page.wait_for_url(CALL_PAGE)
    assert not overflows(page)
