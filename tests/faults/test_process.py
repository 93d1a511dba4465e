"""Processes of a private house: killed, frozen and ended by their own ids, children included."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.process import Process
from tests.patience import until

SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, lambda *_: None);" + SLEEPS
PARENT = (
    "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1).pid);"
    + SLEEPS
)


def process(folder: Path, code: str, **given: float) -> Process:
    """A Python process that runs this code."""
    command = [sys.executable, "-c", code]
    return Process("one", command, os.environ, folder / "one.log", **given)  # type: ignore[arg-type]


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    found = process(tmp_path, SLEEPS)
    found.start()
    until(lambda: "up" in found.words())
    yield found
    found.end()


def state(found: Process) -> str:
    """What the kernel says of it: S sleeps, T is stopped."""
    return Path(f"/proc/{found.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_it_ends_when_it_is_asked_to(sleeper: Process) -> None:
    assert sleeper.end() == -signal.SIGTERM
    assert not sleeper.alive


def test_killed_it_is_gone_and_can_be_started_again(sleeper: Process) -> None:
    first = sleeper.pid
    sleeper.kill()
    assert not sleeper.alive
    sleeper.start()
    assert sleeper.alive
    assert sleeper.pid != first


def test_frozen_it_stands_still_until_it_is_thawed(sleeper: Process) -> None:
    sleeper.freeze()
    until(lambda: state(sleeper) == "T")
    assert sleeper.alive
    sleeper.thaw()
    until(lambda: state(sleeper) != "T")


def test_frozen_it_ends_all_the_same(sleeper: Process) -> None:
    sleeper.freeze()
    assert sleeper.end() == -signal.SIGTERM


def test_whoever_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = process(tmp_path, DEAF, patience=0.2)
    deaf.start()
    until(lambda: "up" in deaf.words())
    assert deaf.end() == -signal.SIGKILL


def test_its_children_go_with_it(tmp_path: Path) -> None:
    parent = process(tmp_path, PARENT)
    parent.start()
    until(lambda: "up" in parent.words())
    child = Path("/proc") / parent.words().split()[0]
    assert child.exists()
    parent.kill()
    until(lambda: not child.exists() or " Z " in (child / "stat").read_text())


def test_what_it_said_before_it_was_started_again_is_not_what_it_says(sleeper: Process) -> None:
    assert sleeper.says("up")
    sleeper.kill()
    sleeper.command = [sys.executable, "-c", "import time; time.sleep(600)"]
    sleeper.start()
    assert not sleeper.says("up")


def test_what_was_never_started_has_ended(tmp_path: Path) -> None:
    assert process(tmp_path, SLEEPS).end() == 0
