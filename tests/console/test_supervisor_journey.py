"""`make run` for real: from an empty folder to a page, and back to nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.house.source import ROOT
from tests.patience import until

pytestmark = pytest.mark.journey
END_SECONDS = 30


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        found.close()
    return ports


class Run:
    """One `make run`, without make."""

    def __init__(self, data_dir: Path, port: int, sandbox_port: int) -> None:
        ours = {"DATA_DIR": str(data_dir), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
        inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "TMPDIR", "LANG"}}
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console.supervisor"],
            cwd=ROOT,
            env=inherited | ours,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, words: str) -> str:
        """Everything it said up to a line with these words."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        raise AssertionError(f"ended without saying {words!r}:\n{said}")

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end()
        if self.process.stdout:
            self.process.stdout.close()

    def end(self, signum: int = signal.SIGTERM) -> int:
        """Asks it to end and waits; returns the exit code."""
        self.process.send_signal(signum)
        return self.process.wait(END_SECONDS)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture(scope="module")
def run(data_dir: Path) -> Iterator[Run]:
    with Run(data_dir, *free_ports(2)) as found:
        found.read_until("Ctrl-C ends everything")
        yield found


def demo(data_dir: Path) -> dict[str, Any]:
    """What the seed wrote down."""
    found: dict[str, Any] = json.loads((data_dir / "demo.json").read_text())
    return found


def processes_of(data_dir: Path) -> list[str]:
    """Running processes that were told of this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DATA_DIR={data_dir}\0".encode() in entry.read_bytes():
                found.append(entry.with_name("cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_pages_answer(run: Run) -> None:
    answer = httpx.get(f"{run.url}/accounts/login/")
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]


def test_it_is_ready(run: Run) -> None:
    assert httpx.get(f"{run.url}/health/ready").json()["ok"] is True


def test_static_files_are_served_with_hashed_names(run: Run, data_dir: Path) -> None:
    manifest = json.loads((data_dir / "static" / "staticfiles.json").read_text())
    hashed = manifest["paths"]["django_htmx/htmx-2.min.js"]
    assert "immutable" in httpx.get(f"{run.url}/static/{hashed}").headers["cache-control"]


def test_the_seed_is_written_down(run: Run, data_dir: Path) -> None:
    written = demo(data_dir)
    assert written["url"] == run.url
    assert {user["role"] for user in written["users"]} >= {"support", "owner", "admin", "auditor"}
    assert written["api_key"]


def test_secrets_are_private(run: Run, data_dir: Path) -> None:
    assert (data_dir / "secrets.env").stat().st_mode & 0o077 == 0
    assert (data_dir / "demo.json").stat().st_mode & 0o077 == 0


def test_a_second_run_on_the_same_folder_is_refused(run: Run, data_dir: Path) -> None:
    with Run(data_dir, *free_ports(2)) as second:
        said, _ = second.process.communicate(timeout=END_SECONDS)
    assert second.process.returncode == 1
    assert said.startswith("Greenlight cannot start. Another `make run`")
    assert said.count("\n") == 1


def test_a_taken_port_is_named(run: Run, tmp_path: Path) -> None:
    port = int(run.url.rpartition(":")[2])
    with Run(tmp_path / "var", port, free_ports(1)[0]) as second:
        said, _ = second.process.communicate(timeout=END_SECONDS)
    assert f"Port {port} cannot be used" in said
    assert f"PORT={port + 1}" in said


def test_a_worker_that_dies_is_replaced(run: Run, data_dir: Path) -> None:
    pids = [int(p.name) for p in Path("/proc").glob("[0-9]*") if is_clock(p, data_dir)]
    os.kill(pids[0], signal.SIGKILL)
    assert "clock ended (-9) and starts again in 1 s." in run.read_until("clock ended")


def is_clock(process: Path, data_dir: Path) -> bool:
    """Whether a process is the clock of this installation."""
    try:
        command = (process / "cmdline").read_bytes().decode()
    except OSError:
        return False
    return "beat" in command and str(data_dir) in command


def test_it_ends_without_a_trace_and_keeps_its_data(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with Run(data_dir, *free_ports(2)) as first:
        first.read_until("Ctrl-C ends everything")
        assert first.end(signal.SIGINT) == 0
    assert processes_of(data_dir) == []
    password = demo(data_dir)["users"][0]["password"]
    with Run(data_dir, *free_ports(2)) as second:
        assert password in second.read_until("Ctrl-C ends everything")
        assert second.end() == 0


def test_killed_without_warning_it_leaves_nobody_behind(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with Run(data_dir, *free_ports(2)) as run:
        run.read_until("Ctrl-C ends everything")
        run.process.kill()
    until(lambda: not processes_of(data_dir), END_SECONDS)
