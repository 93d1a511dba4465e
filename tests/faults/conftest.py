"""What the fault tests share: a carrier that remembers, a clock that is turned, everything logged."""

import pytest

from tests.faults.carrier import Clock, Recorder
from tests.security.test_logs import log as log  # a fixture


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The one carrier of every account."""
    recorder = Recorder()
    monkeypatch.setattr("calls.dispatch.dial.carrier_for", lambda access: recorder)
    return recorder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that dialling goes by, standing at NOW."""
    found = Clock()
    monkeypatch.setattr("calls.dispatch.queries.database_now", found)
    return found
