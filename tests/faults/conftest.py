"""What the fault tests share: a carrier that remembers, a clock that is turned, everything logged."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim, Intent
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


Between = Callable[[Callable[[], object]], None]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Between:
    """Something happens after the claim is committed, right before the intent's transaction begins."""
    real = dispatch.intend

    def set_up(happens: Callable[[], object]) -> None:
        def intend(*, claimed: Claim, now: object, **rest: Any) -> Intent | None:
            monkeypatch.setattr("calls.dispatch.actions.intend", real)
            happens()
            clock.now += timedelta(seconds=2)
            return real(claimed=claimed, now=clock.now, **rest)

        monkeypatch.setattr("calls.dispatch.actions.intend", intend)

    return set_up
