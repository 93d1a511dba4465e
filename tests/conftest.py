"""What every test may rely on: no test leaves this machine."""

import pytest
from django.core.cache import cache
from pytest_socket import socket_allow_hosts


@pytest.fixture(autouse=True)
def only_this_machine() -> None:
    """Sockets to anything but the loopback raise."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Counters of one test are none of the next one's business."""
    cache.clear()
