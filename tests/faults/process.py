"""One process of a private installation: started, killed, frozen and ended by its own id, never by a name."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.processes import PR_SET_PDEATHSIG
from tests.house.source import ROOT

GONE_SECONDS = 20.0


@dataclass
class Process:
    """A command that can be started again; `patience`: seconds between asking it to end and killing it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    user: str | None = None
    cwd: Path = ROOT
    patience: float = 10.0
    ends_by: signal.Signals = signal.SIGTERM
    # What the kernel sends it when this process dies without a word; one with children tells them.
    dies_by: signal.Signals = signal.SIGKILL
    said_before: int = 0
    running: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """Its process id, and that of its group."""
        assert self.running, f"{self.name} was never started"
        return self.running.pid

    @property
    def alive(self) -> bool:
        """Whether it runs right now."""
        return self.running is not None and self.running.poll() is None

    def start(self, **extra: str) -> None:
        """Start it, with these variables besides its own; what it says is added to its log."""
        assert not self.alive, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self.said_before = log.tell()
            self.running = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env={**self.env, **extra},
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=self._die_with_parent,
            )

    def _die_with_parent(self) -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, self.dies_by)

    def send(self, signum: signal.Signals) -> None:
        """Send a signal to it and to its children."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    def ask_to_end(self) -> None:
        """Ask it alone; its children are its own business."""
        if self.alive and self.running is not None:
            self.running.send_signal(self.ends_by)

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        self.send(signal.SIGKILL)
        if self.running is not None:
            self.running.wait(GONE_SECONDS)

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and its time runs, but it does nothing."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self.send(signal.SIGCONT)

    def end(self) -> int:
        """Ask it to end, wait, kill what is left; gives its exit code."""
        if self.running is None:
            return 0
        self.thaw()
        self.ask_to_end()
        deadline = time.monotonic() + self.patience
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.02)
        self.kill()
        return self.running.returncode

    def wait(self, seconds: float) -> int:
        """Wait until it has ended by itself; gives its exit code."""
        assert self.running, f"{self.name} was never started"
        return self.running.wait(seconds)

    def says(self, word: str) -> bool:
        """Whether it has said this since it was started."""
        with self.log.open("rb") as log:
            log.seek(self.said_before)
            return word.encode() in log.read()

    def words(self, most: int = 4000) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-most:] if self.log.exists() else ""
