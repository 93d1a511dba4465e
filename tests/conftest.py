"""What every test may rely on: no test leaves this machine, and none sees another one's counters."""

import shutil
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis
from pytest_socket import socket_allow_hosts

from tests.flows.running import system as system  # fixtures for everybody
from tests.world import world as world

# The machine may be busy; a slow example is no fault of the code.
hypothesis.register_profile("house", deadline=None)
hypothesis.load_profile("house")

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
QUIET = ("--disable-background-networking", "--disable-component-update")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file with servers or browsers stays in one process of pytest-xdist; so do all on one system.

    First of all plugins, because pytest-xdist reads the groups in the same hook.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "page" in fixtures:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") or item.get_closest_marker("journey"):
            group = "system" if "system" in fixtures else item.path.stem
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def only_this_machine() -> None:
    """Sockets to anything but the loopback raise."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Counters of one test are none of the next one's business."""
    cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of a download."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return browser_type_launch_args | {"executable_path": path, "args": [*CHROMIUM, *QUIET]}
