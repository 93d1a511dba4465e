"""A sandbox, its client and a receiver of its events, as small as tests need them."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from calls.carriers.base import AccountAccess, CallRequest, Carrier, Report
from calls.carriers.sandbox import Sandbox
from calls.carriers.stateset import StateSet
from calls.carriers.twilio import Twilio
from calls.lib.http import KeptClient, Timeouts

PACE = 0.02  # one second of a script takes 20 ms
PATIENT = Timeouts(connect=10.0, write=10.0, read=10.0, total=20.0)
HASTY = Timeouts(connect=10.0, write=10.0, read=0.5, total=10.0)  # 0106 hangs for 1.4 s
KEY = "sandbox-key"
SID, TOKEN = "AC" + "0" * 32, "a" * 32
HOOK = "https://calls.example/hooks/stateset/token"
CALLER = "+15555551234"
GREETING = "Hi, this is Acme calling about your appointment."


def request(to: str, *, idempotency_key: str = "key-1") -> CallRequest:
    """A request to call `to`."""
    return CallRequest(
        to=to,
        caller_id=CALLER,
        agent_key="support_primary",
        greeting=GREETING,
        idempotency_key=idempotency_key,
    )


def spoken(to: str, *, attempt: int = 1) -> CallRequest:
    """A request to call `to`, with what Twilio must know besides."""
    sid = "CA" + hashlib.sha256(to.encode()).hexdigest()[:32]
    return replace(request(to), call_id=sid, attempt=attempt, media_url="wss://agents.example/m")


@contextmanager
def twilio_of(
    url: str, *, token: str = TOKEN, hook_url: str = HOOK, timeouts: Timeouts = PATIENT
) -> Iterator[Twilio]:
    """A client of the sandbox's Twilio face at `url`, closed at the end."""
    access = AccountAccess("account-2", "sandbox-twilio", url, f"{SID}:{token}", (), hook_url)
    carrier = Twilio(access, client=KeptClient(timeouts=timeouts, inside=True))
    try:
        yield carrier
    finally:
        carrier.close()


@contextmanager
def client_of(
    url: str, *, key: str = KEY, secrets: tuple[str, ...] = (), timeouts: Timeouts = PATIENT
) -> Iterator[StateSet]:
    """A client of the carrier at `url`, closed at the end."""
    access = AccountAccess("account-1", "sandbox", url, key, secrets)
    carrier = StateSet(access, client=KeptClient(timeouts=timeouts, inside=True))
    try:
        yield carrier
    finally:
        carrier.close()


def until(found: Callable[[], Any], *, within: float = 20.0) -> Any:
    """Wait until something is found, and give it; fails when it takes too long."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.01)
    raise AssertionError(f"Not found within {within} s.")


def fetch(url: str, *, method: str = "GET", orders: object = None) -> Any:
    """Ask the sandbox for one of its own pages."""
    kept = KeptClient(timeouts=PATIENT, inside=True)
    payload = orders if isinstance(orders, dict) else None
    reply = kept.ask(method, url, cap=10**6, headers={}, payload=payload)
    kept.close()
    assert reply.status == 200, (reply.status, reply.body, reply.trouble)
    return json.loads(reply.body)


def ledger(sandbox: Sandbox, to: str) -> list[dict[str, Any]]:
    """The calls that the sandbox really placed to a number."""
    rows: list[dict[str, Any]] = fetch(f"{sandbox.url}/ledger?to={to}")["data"]
    return rows


def order(sandbox: Sandbox, to: str, script: str) -> None:
    """Give a number a script by name."""
    fetch(f"{sandbox.url}/control/scripts/{to}", method="PUT", orders={"script": script})


def announce(sandbox: Sandbox, **orders: str) -> None:
    """Tell the sandbox where the account's events go."""
    fetch(f"{sandbox.url}/control/accounts/{KEY}", method="PUT", orders=orders)


def log_of(carrier: Carrier, to: str) -> list[Report]:
    """The carrier's log rows of the calls to a number in the last hour."""
    since = datetime.now(UTC) - timedelta(hours=1)
    return [report for report in carrier.call_log(since=since) if report.to == to]


@dataclass
class Receiver:
    """An endpoint that keeps what it is sent, and refuses the first so many deliveries."""

    url: str = ""
    refusals: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)  # with their queries, one for each in `got`

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was sent, in the order in which it came."""
        return [json.loads(body) for _, body in list(self.got)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.paths.append(self.path)
            receiver.got.append((dict(self.headers), body))
            self.send_response(503 if len(receiver.got) <= receiver.refusals else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/in"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
