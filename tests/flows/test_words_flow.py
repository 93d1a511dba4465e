"""Words between people: rejected, written anew, approved by somebody else, spoken; and taken back while calls wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flows.system import System
from tests.patience import until

pytestmark = pytest.mark.journey

Enter = Callable[..., Page]
ANEW = "Hello, this is Acme. Your parcel arrives this afternoon."


def write(page: Page, text: str) -> None:
    """The words, and off they go."""
    page.get_by_label("Words").fill(text)
    page.get_by_role("button", name="Send for approval").click()
    page.wait_for_url("**/greetings/gr_*")


def draft(page: Page, system: System, name: str, text: str) -> None:
    """A new greeting that waits."""
    page.goto(system.path("greetings/new"))
    page.get_by_label("Name", exact=True).fill(name)
    write(page, text)


def open_review(page: Page, system: System, name: str) -> None:
    """Its review, found in the queue."""
    page.goto(system.path("approvals"))
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def approve(page: Page, system: System, name: str) -> None:
    """An owner says yes."""
    open_review(page, system, name)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#messages")).to_contain_text(f"“{name}” is approved.")


def call(page: Page, system: System, number: str, greeting: str) -> None:
    """Support chooses the words and calls at once."""
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill(number)
    page.get_by_label("Greeting").select_option(label=greeting)
    page.get_by_role("button", name="Call now").click()
    page.wait_for_url("**/calls/CA*")


def schedule(page: Page, system: System, number: str, greeting: str) -> str:
    """A call for tomorrow with these words; the address of its page."""
    tomorrow = datetime.now() + timedelta(days=1)
    page.goto(system.path("calls/new"))
    page.get_by_label("Who is called").fill(number)
    page.get_by_label("Greeting").select_option(label=greeting)
    page.get_by_label("At a time").check()
    page.get_by_label("Date and time, on their clock").fill(f"{tomorrow:%Y-%m-%dT12:00}")
    page.get_by_role("button", name="Schedule for").click()
    page.wait_for_url("**/calls/CA*")
    expect(page.locator(".call-state")).to_contain_text("Scheduled")
    return page.url


def state_on(page: Page, url: str) -> str:
    """What a call's page says now; nobody polls for what is due tomorrow."""
    page.goto(url)
    return page.locator(".call-state").inner_text().splitlines()[0].strip()


def test_rejected_written_anew_approved_by_another_and_spoken(system: System, enter: Enter) -> None:
    support, owner, other = enter("support"), enter("owner"), enter("owner2")
    name = "Parcel today"
    support.goto(system.path("greetings/new"))
    support.get_by_label("Words").press_sequentially("Your parcel arrives.")
    expect(support.locator("#gaps")).to_contain_text("the words must name “Acme”")
    draft(support, system, name, "Your parcel arrives.")

    open_review(owner, system, name)
    expect(owner.get_by_text("These words cannot be approved")).to_be_visible()
    expect(owner.get_by_role("button", name="Approve")).to_have_count(0)
    owner.get_by_label("Comment").fill("Say who is calling, and when.")
    owner.get_by_role("button", name="Reject").click()
    expect(owner.locator("#messages")).to_contain_text(f"“{name}” is rejected.")

    support.goto(system.path("approvals"))
    expect(support.get_by_text("Say who is calling, and when.").first).to_be_visible()
    support.goto(system.path("greetings"))
    support.get_by_role("link", name=name, exact=True).click()
    support.get_by_role("link", name="New revision").click()
    write(support, ANEW)

    approve(other, system, name)
    call(support, system, "(555) 555-4501", name)
    expect(support.locator(".call-state")).to_contain_text("Completed", timeout=30_000)
    expect(support.get_by_text(ANEW).first).to_be_visible()
    assert system.placed_to("+15555554501") == 1


def test_a_withdrawal_stops_two_scheduled_calls(system: System, enter: Enter) -> None:
    support, owner = enter("support"), enter("owner")
    name = "Opening hours"
    draft(support, system, name, "Hello, this is Acme. We are open until six.")
    approve(owner, system, name)
    numbers = ("+15555554502", "+15555554503")
    pages = [schedule(support, system, number, name) for number in numbers]

    owner.goto(system.path("greetings"))
    owner.get_by_role("link", name=name, exact=True).click()
    owner.get_by_role("link", name="Withdraw the approval…").click()
    expect(owner.get_by_text("2 waiting calls will be refused")).to_be_visible()
    expect(owner.get_by_role("link", name="+1 ••• 4502")).to_be_visible()
    expect(owner.get_by_role("link", name="+1 ••• 4503")).to_be_visible()
    assert Axe().run(owner).response["violations"] == []
    owner.get_by_label("Reason").fill("We close at four.")
    owner.get_by_role("button", name="Withdraw the approval").click()
    expect(owner.locator("#messages")).to_contain_text(f"“{name}” is withdrawn.")
    expect(owner.get_by_text("We close at four.").first).to_be_visible()

    for page in pages:
        until(lambda page=page: state_on(support, page) == "Refused", 5.0)
        expect(
            support.get_by_text("The approval of these words was withdrawn.").first
        ).to_be_visible()
    assert [system.placed_to(number) for number in numbers] == [0, 0]

    support.goto(system.path("greetings"))
    support.get_by_role("link", name=name, exact=True).click()
    support.get_by_role("button", name="Ask again").click()
    expect(support.locator("#messages")).to_contain_text(f"“{name}” is asked for again.")
    approve(owner, system, name)
    assert state_on(support, pages[0]) == "Refused"
