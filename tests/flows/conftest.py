"""One running installation for all journeys, and signed-in windows on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.flows.system import System, start

PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The real thing, seeded; it has to end cleanly when it is told to."""
    data_dir = tmp_path_factory.mktemp("flows") / "var"
    found = System(start(data_dir), data_dir)
    try:
        found.wait()
        yield found
        assert found.end() == 0, data_dir.with_suffix(".log").read_text()
    finally:
        if found.process.poll() is None:
            found.process.kill()


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
