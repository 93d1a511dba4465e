"""Processes live and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.processes import Failed, House, Service
from tests.house.source import ROOT
from tests.patience import until

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = """
import sys, subprocess, time
from pathlib import Path
from console.processes import House, Service
house = House(Path("."), Path(sys.argv[1]), {}, print)
service = Service("child", [sys.executable, "-c", "import time; time.sleep(60)"], 0)
house.keep(service)
print(service.process.pid, flush=True)
time.sleep(60)
"""


def python(code: str, name: str = "one", wave: int = 0, patience: float = 10.0) -> Service:
    """A service that runs a line of Python."""
    return Service(name, [sys.executable, "-c", code], wave, patience)


def gone(pid: int) -> bool:
    """Whether no such process runs any more (a zombie does not run)."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] in "ZX"


@pytest.fixture
def said() -> list[str]:
    """What the person at the terminal was told."""
    return []


@pytest.fixture
def house(tmp_path: Path, said: list[str]) -> Iterator[House]:
    found = House(tmp_path, tmp_path, dict(os.environ), said.append)
    yield found
    found.hurry = True
    found.stop()


def test_a_step_that_works_is_silent(house: House, said: list[str]) -> None:
    house.step("greet", sys.executable, "-c", "print('hello')")
    assert said == []
    assert "hello" in house.tail("greet")


def test_a_step_that_fails_shows_its_last_words(house: House) -> None:
    with pytest.raises(Failed, match=r"greet failed:\n(.*\n)*.*no such thing"):
        house.step("greet", sys.executable, "-c", "raise SystemExit('no such thing')")


def test_a_log_has_a_plain_name(house: House, tmp_path: Path) -> None:
    house.step("collect static files", sys.executable, "-c", "")
    assert (tmp_path / "collect-static-files.log").exists()


def test_a_large_log_is_put_aside(house: House, tmp_path: Path) -> None:
    with (tmp_path / "greet.log").open("wb") as log:
        log.truncate(10_000_001)
    house.step("greet", sys.executable, "-c", "print('hello')")
    assert (tmp_path / "greet.log").stat().st_size < 100
    assert (tmp_path / "greet.old.log").exists()


def test_waiting_ends_when_it_is_ready(house: House) -> None:
    house.keep(python(SLEEP))
    house.wait("one", lambda: True, 1)


def test_waiting_ends_when_a_service_does(house: House) -> None:
    house.keep(python("raise SystemExit('port taken')"))
    with pytest.raises(Failed, match=r"one did not start:\n(.*\n)*.*port taken"):
        house.wait("web", lambda: False, 10)


def test_waiting_has_a_bound(house: House) -> None:
    house.keep(python(SLEEP))
    with pytest.raises(Failed, match="web did not start"):
        house.wait("web", lambda: False, 0.1)


def test_what_ended_starts_again(house: House, said: list[str]) -> None:
    service = python(SLEEP)
    house.keep(service)
    assert service.process is not None
    service.process.kill()
    until(lambda: not service.alive)
    house.revive(service, time.monotonic())
    assert not service.alive
    house.revive(service, service.not_before)
    assert service.alive
    assert said == ["one ended (-9) and starts again in 1 s."]


def test_what_the_dead_one_left_behind_ends_before_the_next_one_starts(house: House) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"print(subprocess.Popen([sys.executable, '-c', {DEAF!r}]).pid, flush=True)\n"
        "time.sleep(60)"
    )
    service = python(code)
    house.keep(service)
    until(lambda: "up" in house.tail("one"))
    assert service.process is not None
    service.process.kill()
    until(lambda: not service.alive)
    house.revive(service, time.monotonic())
    until(lambda: gone(int(house.tail("one").split()[0])))


def test_pauses_double_up_to_half_a_minute() -> None:
    service = python(SLEEP)
    assert [service.note_failure(0.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_is_forgiven() -> None:
    service = python(SLEEP)
    service.failures = 5
    service.started = 100.0
    assert service.note_failure(now=161.0) == 1


def test_the_last_wave_ends_first(house: House) -> None:
    ends: list[str] = []
    code = "import signal, time; signal.sigwait([signal.SIGTERM]); print(time.monotonic())"
    block = f"import signal; signal.pthread_sigmask(0, [15]); print('up', flush=True); {code}"
    for wave, name in enumerate(("store", "web", "clock")):
        house.keep(python(block, name, wave))
        until(lambda name=name: "up" in house.tail(name))  # type: ignore[misc]
    house.stop()
    ends = sorted(("store", "web", "clock"), key=lambda name: float(house.tail(name).split()[1]))
    assert ends == ["clock", "web", "store"]


def test_the_deaf_are_killed_after_their_patience(house: House) -> None:
    service = python(DEAF, patience=0.2)
    house.keep(service)
    until(lambda: "up" in house.tail("one"))
    house.stop()
    assert service.process is not None
    assert service.process.returncode == -signal.SIGKILL


def test_hurry_ends_all_patience(house: House) -> None:
    house.keep(python(DEAF, patience=60))
    until(lambda: "up" in house.tail("one"))
    house.hurry = True
    started = time.monotonic()
    house.stop()
    assert time.monotonic() - started < 5


def test_grandchildren_end_too(house: House) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"print(subprocess.Popen([sys.executable, '-c', {DEAF!r}]).pid, flush=True)\n"
        "time.sleep(60)"
    )
    house.keep(python(code))
    until(lambda: "up" in house.tail("one"))
    pid = int(house.tail("one").split()[0])
    house.stop()
    until(lambda: gone(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    until(lambda: gone(pid))
