"""A version on its way: made by an admin, accepted by an owner in another window, spoken with, taken back."""

from collections.abc import Callable
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flows.system import System

pytestmark = pytest.mark.journey

Enter = Callable[..., Page]
_numbers = count(1)


def new_agent(page: Page, system: System) -> str:
    """An agent with its first version published; returns its name."""
    number = next(_numbers)
    name = f"Courier {number}"
    page.goto(system.path("agents/new"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Key", exact=True).fill(f"courier_{number}")
    page.get_by_role("button", name="Create the agent").click()
    add_version(page, "alloy")
    take(page, "Publish")
    return name


def add_version(page: Page, voice: str) -> None:
    """Fill the form of a new version in."""
    page.get_by_label("Voice").fill(voice)
    page.get_by_role("button", name="Add the draft").click()
    expect(page.get_by_text("is added as a draft.")).to_be_visible()


def take(page: Page, step: str) -> None:
    """A step in the life of the version on the screen, confirmed."""
    page.get_by_role("link", name=f"{step}…").click()
    page.get_by_role("button", name=step, exact=True).click()
    expect(page.locator("#messages")).to_be_visible()


def open_version(page: Page, system: System, agent: str, number: int) -> None:
    """The page of one version, found from the list."""
    page.goto(system.path("agents"))
    page.get_by_role("link", name=agent, exact=True).click()
    page.get_by_role("link", name=f"Version {number}", exact=True).click()
    expect(page.get_by_role("heading", name=f"Version {number}", level=1)).to_be_visible()


def test_evidence_is_filed_by_one_and_accepted_by_another(system: System, enter: Enter) -> None:
    admin, owner = enter("admin"), enter("owner")
    name = new_agent(admin, system)
    open_version(admin, system, name, 1)
    admin.get_by_role("link", name="File evidence… Security").click()
    admin.get_by_label("Evidence").fill("Forty attempts, none worked.")
    admin.get_by_role("button", name="File the evidence").click()
    expect(admin.get_by_text("Forty attempts, none worked.")).to_be_visible()
    expect(admin.get_by_role("button", name="Complete")).to_have_count(0)

    open_version(owner, system, name, 1)
    owner.get_by_role("button", name="Complete Security").click()
    expect(owner.locator("#messages")).to_contain_text("Security is complete.")
    admin.reload()
    expect(admin.get_by_text("Completed by")).to_be_visible()


def test_a_new_voice_is_published_and_rolled_back_from(system: System, enter: Enter) -> None:
    admin = enter("admin", java_script_enabled=False)
    name = new_agent(admin, system)
    admin.goto(system.path("agents"))
    admin.get_by_role("link", name=name, exact=True).click()
    admin.get_by_role("link", name="New version").click()
    add_version(admin, "verse")
    expect(admin.locator("ins")).to_have_text("verse")
    take(admin, "Stage")
    take(admin, "Publish")
    open_version(admin, system, name, 1)
    admin.get_by_role("link", name="Roll back to this…").click()
    admin.get_by_label("Reason").fill("It stutters.")
    admin.get_by_role("button", name="Roll back to this").click()
    expect(admin.locator("#messages")).to_contain_text(f"{name} v1 is published again.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_small_phone(
    system: System, enter: Enter, theme: str
) -> None:
    page = enter("admin", color_scheme=theme, viewport={"width": 320, "height": 700})
    open_version(page, system, "Support", 2)
    version = page.url.split("/t/acme/")[1]
    agent = version.partition("/versions/")[0]
    steps = ("", "/publication", "/canary", "/retirement", "/launch-gates/security")
    pages = ["agents", "agents/new", agent, f"{agent}/settings", f"{agent}/versions/new"]
    for path in (*pages, *[version + step for step in steps]):
        page.goto(system.path(path))
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
