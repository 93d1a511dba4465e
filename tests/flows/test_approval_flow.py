"""Words on their way: drafted by support, approved by an owner in another window, spoken on a call."""

from collections.abc import Callable
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.system import System

pytestmark = pytest.mark.journey

Enter = Callable[..., Page]
PAGES = (
    "",
    "?period=week",
    "approvals",
    "greetings",
    "greetings/new",
)
_numbers = count(1)


def draft(page: Page, system: System, text: str) -> str:
    """Write a greeting and send it; returns its name."""
    name = f"Delivery news {next(_numbers)}"
    page.goto(system.path("greetings/new"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Words").fill(text)
    page.get_by_role("button", name="Send for approval").click()
    page.wait_for_url("**/greetings/gr_*")
    return name


def open_review(page: Page, system: System, name: str) -> None:
    """The review of a greeting, found in the queue."""
    page.goto(system.path("approvals"))
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_an_owners_approval_makes_a_greeting_usable(system: System, enter: Enter) -> None:
    support, owner = enter("support"), enter("owner")
    name = draft(support, system, "Hello, this is Acme. Your parcel is on its way.")
    expect(support.locator("#messages")).to_contain_text("An owner other than you decides.")
    open_review(owner, system, name)
    owner.keyboard.press("a")
    owner.keyboard.press("a")
    assert owner.get_by_role("button", name="Approve").is_visible()
    owner.keyboard.press("Enter")
    expect(owner.locator("#messages")).to_contain_text(f"“{name}” is approved.")

    support.goto(system.path("calls/new"))
    support.get_by_label("Who is called").fill("(555) 555-4242")
    support.get_by_label("Greeting").select_option(label=name)
    expect(support.get_by_text("Hello, this is Acme. Your parcel is on its way.")).to_be_visible()
    expect(support.get_by_role("heading", name="May be placed now")).to_be_visible()
    support.get_by_role("button", name="Call now").click()
    support.wait_for_url("**/calls/CA*")
    expect(support.locator(".call-state")).to_contain_text("Completed", timeout=30_000)
    assert system.placed_to("+15555554242") == 1


def test_before_it_is_approved_it_cannot_be_chosen(system: System, enter: Enter) -> None:
    page = enter("support")
    name = draft(page, system, "Not approved by anybody.")
    page.goto(system.path("calls/new"))
    assert name not in page.get_by_label("Greeting").inner_text()


def test_nobody_decides_on_their_own_words(system: System, enter: Enter) -> None:
    owner = enter("owner")
    name = draft(owner, system, "An owner's own words.")
    open_review(owner, system, name)
    expect(
        owner.get_by_text("You wrote these words, so someone else has to decide.")
    ).to_be_visible()
    expect(owner.get_by_role("button", name="Approve")).to_have_count(0)


def test_placeholders_appear_while_one_types(system: System, enter: Enter) -> None:
    page = enter("support")
    page.goto(system.path("greetings/new"))
    page.get_by_label("Words").press_sequentially("Hi {first_name}, see you on {day}.")
    row = page.get_by_role("group", name="first_name")
    expect(row.get_by_label("Type")).to_have_value("name")
    row.get_by_label("Longest value").fill("12")
    page.get_by_label("Words").press_sequentially(" Bye.")
    expect(page.locator("#gaps mark").first).to_have_text("Maximiliane")
    expect(row.get_by_label("Longest value")).to_have_value("12")
    expect(page.get_by_role("group", name="day").get_by_label("Type")).to_have_value("date")


def test_changes_need_a_comment_and_reach_the_author(system: System, enter: Enter) -> None:
    support, owner = enter("support"), enter("owner")
    name = draft(support, system, "Buy now!!")
    open_review(owner, system, name)
    owner.get_by_role("button", name="Request changes").click()
    expect(owner.get_by_label("Comment")).to_be_focused()
    owner.get_by_label("Comment").fill("Say who is calling.")
    owner.get_by_role("button", name="Request changes").click()
    expect(owner.locator("#messages")).to_contain_text(f"Changes to “{name}” are requested.")
    support.goto(system.path("approvals"))
    expect(support.get_by_text("Say who is calling.").first).to_be_visible()


def test_without_script_words_are_drafted_all_the_same(system: System, enter: Enter) -> None:
    page = enter("support", java_script_enabled=False)
    page.goto(system.path("greetings/new"))
    page.get_by_label("Words").fill("Hi {first_name}, this is Acme.")
    page.get_by_role("button", name="Find the placeholders").click()
    expect(page.get_by_label("Longest value")).to_have_value("40")
    name = f"Plain {next(_numbers)}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_the_overview_counts_a_call_by_itself(system: System, enter: Enter) -> None:
    watching, calling = enter("owner"), enter("support")
    watching.goto(system.path())
    placed = watching.locator("a.tile", has_text="Placed").locator(".tile-value")
    before = int(placed.inner_text())
    calling.goto(system.path("calls/new"))
    calling.get_by_label("Who is called").fill("(555) 555-4343")
    calling.get_by_role("button", name="Call now").click()
    calling.wait_for_url("**/calls/CA*")
    expect(placed).to_have_text(str(before + 1), timeout=30_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_small_phone(
    system: System, enter: Enter, theme: str
) -> None:
    page = enter("owner", color_scheme=theme, viewport={"width": 320, "height": 700})
    name = draft(enter("support"), system, "Hi {first_name}.".replace("{first_name}", "you"))
    open_review(page, system, name)
    review = page.url.split("/t/acme/")[1]
    for path in (*PAGES, review):
        page.goto(system.path(path))
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_a_greeting_and_its_withdrawal_are_accessible(system: System, enter: Enter) -> None:
    page = enter("owner")
    page.goto(system.path("greetings"))
    page.get_by_role("link", name="Appointment reminder").click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="Withdraw the approval…").first.click()
    expect(page.get_by_role("button", name="Withdraw the approval")).to_be_visible()
    assert Axe().run(page).response["violations"] == []


def test_the_admin_issues_a_key_in_a_browser(system: System, browser: Browser) -> None:
    window = system.sign_in(browser, "admin")
    page, told = window.new_page(), []
    page.on("console", lambda line: told.append(line.text) if line.type == "error" else None)
    page.goto(f"{system.url}/admin/calls/apikey/add/")
    page.get_by_label("Tenant:").select_option(label="Acme")
    page.get_by_label("Name:").fill("Browser key")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Key").input_value().startswith("gl_test_")
    page.goto(f"{system.url}/admin/calls/apikey/")
    expect(page.get_by_role("link", name="Browser key")).to_be_visible()
    assert told == []
    window.close()
