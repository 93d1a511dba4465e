"""Processes that live and end together.

Every service is a child of this process, in a process group of its own: Ctrl-C reaches this process
alone, which then ends the others in the right order. Should this process die without a word, the
kernel sends each child SIGTERM in its place (Linux).
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1  # man 2 prctl
STEADY_SECONDS = 60.0  # whoever lived this long has failed for the first time again
LONGEST_PAUSE = 30.0
LARGEST_LOG = 10_000_000
TICK = 0.05

Process = subprocess.Popen[bytes]


class Failed(Exception):
    """A step or a service did not do what the start needs; the message ends with its log."""


def die_with_parent() -> None:
    """Asks the kernel for a SIGTERM to this process when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Service:
    """A process to keep running.

    `wave`: services of one wave end together, the highest wave first.
    `patience`: seconds between asking it to end and killing it.
    """

    name: str
    command: Sequence[str]
    wave: int
    patience: float = 10.0
    process: Process | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether its process runs right now."""
        return self.process is not None and self.process.poll() is None

    def note_failure(self, now: float) -> float:
        """Counts one more failure; returns the pause before the next start, in seconds."""
        self.failures = 1 if now - self.started > STEADY_SECONDS else self.failures + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self.failures - 1))
        self.process, self.not_before = None, now + pause
        return pause


@dataclass
class House:
    """The processes of one installation."""

    root: Path
    logs: Path
    env: Mapping[str, str]
    say: Callable[[str], None]
    services: list[Service] = field(default_factory=list)
    hurry: bool = False

    def step(self, name: str, *command: str) -> None:
        """Runs a command to its end; its failure ends the start."""
        process = self._spawn(name, command)
        try:
            code = process.wait()
        finally:
            kill(process)
        if code != 0:
            raise Failed(f"{name} failed:\n{self.tail(name)}")

    def keep(self, service: Service) -> None:
        """Starts a service and adds it to those that are watched."""
        self.services.append(service)
        self._start(service)

    def wait(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Returns once `ready` holds; a service that is needed for that must not have ended."""
        deadline = time.monotonic() + seconds
        while not ready():
            ended = next((service.name for service in self.services if not service.alive), "")
            if ended or time.monotonic() > deadline:
                raise Failed(f"{ended or name} did not start:\n{self.tail(ended or name)}")
            time.sleep(TICK * 4)

    def watch(self) -> None:
        """Starts again whatever ended; returns only by an exception."""
        while True:
            for service in self.services:
                self.revive(service, time.monotonic())
            time.sleep(TICK * 4)

    def revive(self, service: Service, now: float) -> None:
        """Starts a service again if it ended and its pause is over."""
        if service.alive:
            return
        if service.process is not None:
            code = service.process.returncode
            kill(service.process)  # its own children would live on beside the next one, on its port
            pause = service.note_failure(now)
            self.say(f"{service.name} ended ({code}) and starts again in {pause:.0f} s.")
        if now >= service.not_before:
            self._start(service)

    def stop(self) -> None:
        """Ends the services wave by wave; `hurry`, set by a second signal, ends the patience."""
        for wave in sorted({service.wave for service in self.services}, reverse=True):
            running = [s for s in self.services if s.wave == wave and s.process is not None]
            for service in running:
                self._ask_to_end(service)
            for service in running:
                self._await_end(service)

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a log, for the person at the terminal."""
        path = self._log(name)
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return "\n".join([*text.splitlines()[-lines:], f"(the whole log: {path})"])

    def _log(self, name: str) -> Path:
        return self.logs / f"{name.replace(' ', '-')}.log"

    def _spawn(self, name: str, command: Sequence[str]) -> Process:
        path = self._log(name)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.rename(path.with_suffix(".old.log"))
        with path.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.root,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with_parent,
            )

    def _start(self, service: Service) -> None:
        service.process = self._spawn(service.name, service.command)
        service.started = time.monotonic()

    def _ask_to_end(self, service: Service) -> None:
        if service.process is not None and service.alive:
            service.process.terminate()

    def _await_end(self, service: Service) -> None:
        deadline = time.monotonic() + service.patience
        while service.alive and time.monotonic() < deadline and not self.hurry:
            time.sleep(TICK)
        if service.process is not None:
            kill(service.process)


def kill(process: Process) -> None:
    """Ends what is left of a process and of the children in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
