"""The places at which a fault test takes a process away: in their order, each once a call, nothing when off."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from calls.lib import cut
from tests.house.source import ROOT

WALK = "from calls.lib import cut; cut.arm({orders!r}); [cut.here({place!r}) for _ in range(3)]"


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    cut.arm("")


def walk(orders: str, place: str = "after_claim") -> "subprocess.Popen[bytes]":
    """A process that comes past a place three times."""
    code = WALK.format(orders=orders, place=place)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


@pytest.mark.parametrize("count", [1, 3])
def test_it_kills_at_the_passing_it_was_told(count: int) -> None:
    assert walk(f"after_claim:{count}").wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("orders", ["", "after_claim:4", "after_intent:1"])
def test_it_leaves_alone_what_it_was_not_told(orders: str) -> None:
    assert walk(orders).wait(30) == 0


def test_frozen_it_goes_on_when_it_is_told_to() -> None:
    process = walk("after_claim:2:STOP")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert status >> 8 == signal.SIGSTOP
    process.send_signal(signal.SIGCONT)
    assert process.wait(30) == 0


@pytest.mark.parametrize(
    "orders",
    ["after_lunch:1", "after_claim", "after_claim:0", "after_claim:x", "after_claim:1:HUP"],
)
def test_orders_nobody_can_follow_stop_the_start(orders: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="GREENLIGHT_CUT"):
        cut.arm(orders)
