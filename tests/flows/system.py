"""The real system, as `make run` starts it, for journeys through a browser."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from tests.house.source import ROOT
from tests.patience import until

READY_SECONDS = 240.0
# Tests send from one address, with one key, as fast as they can.
UNPACED = {f"RATE_LIMIT_PER_{who}": "1000000" for who in ("KEY", "TENANT", "ADDRESS")}
END_SECONDS = 120.0  # a request to a carrier under way is finished first


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        found.close()
    return ports


def start(data_dir: Path) -> "subprocess.Popen[bytes]":
    """The supervisor in a folder of its own, on free ports, its words kept beside."""
    port, sandbox_port = free_ports(2)
    ours = {"DATA_DIR": str(data_dir), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
    inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "TMPDIR", "LANG"}}
    with data_dir.with_suffix(".log").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "console.supervisor"],
            cwd=ROOT,
            env=inherited | UNPACED | ours,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


@dataclass
class System:
    """A running installation: where it is, who may sign in, and what its carrier was asked."""

    process: "subprocess.Popen[bytes]"
    data_dir: Path
    seed: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its origin, without a slash at the end."""
        return str(self.seed["url"])

    def path(self, page: str = "") -> str:
        """The address of a page of the demo tenant: `path("calls/new")`."""
        return f"{self.url}/t/{self.seed['tenant']}/{page}"

    def ledger(self) -> list[dict[str, Any]]:
        """Every call the sandbox really placed."""
        answer = httpx.get(f"{self.seed['sandbox_url']}/ledger", trust_env=False)
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows

    def placed_to(self, number: str) -> int:
        """How many calls the sandbox placed to a number."""
        return sum(row["to"] == number for row in self.ledger())

    def wait(self) -> None:
        """Returns when it is seeded and ready; shows what it said if it is not in time."""
        until(self._is_ready, READY_SECONDS)
        self.seed = json.loads((self.data_dir / "demo.json").read_text())

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.data_dir.with_suffix(".log").read_text()
        demo = self.data_dir / "demo.json"
        if not demo.exists() or not demo.read_text().strip():
            return False
        url = json.loads(demo.read_text())["url"]
        try:
            return httpx.get(f"{url}/health/ready", trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def end(self) -> int:
        """Ends it as `kill` does and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_SECONDS)

    def sign_in(self, browser: Browser, role: str, **options: Any) -> BrowserContext:
        """A window in which the demo tenant's support, owner, owner2, admin or auditor is signed in."""
        if role not in self.cookies:
            self.cookies[role] = self._first_sign_in(browser, role)
        return browser.new_context(storage_state=self.cookies[role], **options)

    def _first_sign_in(self, browser: Browser, role: str) -> Any:
        context = browser.new_context()
        self.fill_in_sign_in(context.new_page(), role)
        state = context.storage_state()
        context.close()
        return state

    def fill_in_sign_in(self, page: Page, role: str) -> None:
        """Sign in by hand, as the demo person with this role (the second owner is `owner2`)."""
        people = {user["email"].partition("@")[0]: user for user in self.seed["users"]}
        person = people[role]
        page.goto(f"{self.url}/accounts/login/")
        page.get_by_label("Email").fill(person["email"])
        page.get_by_label("Password").fill(person["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/t/**")
