"""The reference of the API in a real browser: a program's author tries an operation, under our own policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from calls.management.demo import seed_acme
from tests.api.conftest import NOWHERE

pytestmark = pytest.mark.browser


@pytest.fixture
def key(transactional_db: None) -> str:
    """A key of the demo tenant."""
    return seed_acme(sandbox_url=NOWHERE, now=timezone.now()).api_key


def test_somebody_tries_call_logs(live_server: LiveServer, page: Page, key: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/docs")
    page.get_by_label("Runtime key").fill(key)
    card = page.locator("#call_logs")
    card.get_by_text("Try it", exact=True).click()
    card.get_by_label("limit").fill("7")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_contain_text("200 OK")
    expect(card.get_by_role("status")).to_contain_text('"limit": 7')
    card.get_by_label("limit").fill("0")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_contain_text("invalid_field")
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert not [words for words in said if "Content Security Policy" in words]
    assert not [url for url in asked if key in url]
    page.reload()
    expect(page.get_by_label("Runtime key")).to_have_value("")


@pytest.mark.parametrize(
    ("theme", "address"), [("light", "/api/docs"), ("dark", "/api/docs/admin")]
)
def test_it_can_be_read_by_everybody_on_everything(
    live_server: LiveServer, browser: Browser, theme: Any, address: str
) -> None:
    window = browser.new_context(color_scheme=theme, viewport={"width": 320, "height": 700})
    page = window.new_page()
    page.goto(live_server.url + address)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    window.close()


def test_without_a_script_it_is_a_full_reference(live_server: LiveServer, browser: Browser) -> None:
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{live_server.url}/api/docs")
    expect(page.locator("#make_call")).to_contain_text("agent_version_id")
    expect(page.get_by_label("Runtime key")).to_be_hidden()
    page.locator("#make_call summary", has_text="409").click()
    expect(page.locator("#make_call")).to_contain_text("outside_hours")
    window.close()
