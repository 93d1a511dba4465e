"""One quick sandbox for the tests of a file, and a client of it."""

from collections.abc import Iterator

import pytest

from calls.carriers.sandbox import Sandbox, start
from calls.carriers.stateset import StateSet
from tests.carriers.world import PACE, Receiver, client_of, receiving


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    running = start(pace=PACE)
    yield running
    running.stop()


@pytest.fixture
def carrier(sandbox: Sandbox) -> Iterator[StateSet]:
    with client_of(sandbox.url) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running
