"""What every test may rely on: no test leaves this machine, and none sees another one's counters."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis
from pytest_socket import socket_allow_hosts

from calls.lib import public_holidays
from tests.flows.running import system as system  # fixtures for everybody
from tests.world import NOW
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
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database goes at the end, also while a server's thread still holds a connection to it."""
    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def no_election() -> Iterator[None]:
    """The Tuesday of the tests is Election Day in New York; in their world nobody in the US votes on it."""
    real = public_holidays._calendar

    def calendar(country: str, part: str, year: int) -> Mapping[date, str]:
        found = real(country, part, year)
        return {d: name for d, name in found.items() if (country, d) != ("US", NOW.date())}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(public_holidays, "_calendar", calendar)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of a download."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return browser_type_launch_args | {"executable_path": path, "args": [*CHROMIUM, *QUIET]}
