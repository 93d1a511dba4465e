"""Run a sandbox carrier until it is told to end."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from calls.carriers.sandbox import start
from calls.carriers.sandbox.pages import BANNER

ENDING = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    """Start, say loudly what this is, and wait for SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m calls.carriers.sandbox", description=BANNER)
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder for its memory; without it, it forgets")
    parser.add_argument("--pace", type=float, default=1.0, help="0.1 is ten times faster")
    orders = parser.parse_args()
    # Blocked and waited for: a handler that took a lock could meet its own thread holding it.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        sandbox = start(port=orders.port, data=orders.data, pace=orders.pace, host=orders.host)
    except OSError as trouble:
        sys.exit(f"The sandbox cannot listen on {orders.host}:{orders.port}: {trouble.strerror}.")
    sys.stdout.write(f"{BANNER} {sandbox.url}\n")
    sys.stdout.flush()
    signal.sigwait(ENDING)
    sandbox.stop()


if __name__ == "__main__":
    main()
