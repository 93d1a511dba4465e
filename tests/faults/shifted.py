"""Run a Python module under a clock that a test turns: `python -m tests.faults.shifted FILE module words…`.

FILE holds how many seconds the clock is ahead; it is read ten times a second. Monotonic time is left alone.
"""

import contextlib
import runpy
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine


def follow(file: Path) -> None:
    """Turn this process's clock as the file says, from now on."""
    traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=_said(file)), tick=True)
    clock, ahead = traveller.start(), _said(file)

    def watch() -> None:
        at = ahead
        while True:
            time.sleep(0.1)
            if (now := _said(file, at)) != at:
                clock.shift(timedelta(seconds=now - at))
                at = now

    threading.Thread(target=watch, daemon=True).start()


def _said(file: Path, otherwise: float = 0.0) -> float:
    with contextlib.suppress(OSError, ValueError):
        return float(file.read_text())
    return otherwise


if __name__ == "__main__":
    file, module, *words = sys.argv[1:]
    sys.argv = [module, *words]
    follow(Path(file))
    runpy.run_module(module, run_name="__main__", alter_sys=True)
