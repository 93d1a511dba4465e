"""Signed-in windows on the one running installation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.flows.system import System

PATIENCE_MS = 20_000


@pytest.fixture
def enter(system: System, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`enter("support")` is a page on which that person is signed in; options go to the window."""
    windows: list[BrowserContext] = []

    def open_page(role: str, **options: Any) -> Page:
        window = system.sign_in(browser, role, **options)
        window.set_default_timeout(PATIENCE_MS)
        windows.append(window)
        return window.new_page()

    yield open_page
    for window in windows:
        window.close()
