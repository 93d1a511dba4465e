"""A carrier that telephones nobody: it speaks StateSet's contract and obeys scripts (CONTRACT 8).

`python -m calls.carriers.sandbox --port 8010 --data DIR` starts one; tests use `start()`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from calls.carriers.sandbox.ledger import Ledger
from calls.carriers.sandbox.pages import PAGES
from calls.carriers.sandbox.server import Server
from calls.carriers.sandbox.webhooks import Courier


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox."""

    url: str
    server: Server
    courier: Courier

    def stop(self) -> None:
        """End it; what it keeps in a folder is there when it starts again."""
        self.server.end()
        self.courier.stop()
        self.server.ledger.close()


def start(
    *, port: int = 0, data: Path | None = None, pace: float = 1.0, host: str = "127.0.0.1"
) -> Sandbox:
    """Start a sandbox in threads of this process; it listens when this returns.

    `data` is the folder of its memory (None: it forgets), `pace` stretches every time in the
    scripts: 0.1 is ten times faster. Port 0 takes a free one.
    """
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(str(data / "sandbox.sqlite3") if data else ":memory:", pace=pace)
    try:
        server = Server((host, port), ledger, PAGES)
    except OSError:
        ledger.close()
        raise
    courier = Courier(ledger)
    courier.start()
    threading.Thread(target=server.serve_forever, args=(0.05,), name="sandbox", daemon=True).start()
    return Sandbox(f"http://{host}:{server.server_port}", server, courier)
