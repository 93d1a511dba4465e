"""The sandbox carrier with more ways to be ill, for the fault tests: `python -m tests.faults.provider`.

PUT /control/door            {"status": 401, "after": 50}   answer so from the 51st request on; 0: well
                             {"per_second": 2}              a token bucket; the rest is told 429
                             {"status": 401, "key": "a", "same": {"b": "a"}}   only who comes with key a;
                             key b is the same account's
PUT /control/answer/<number> {"body": "...", "status": 200} accept, and answer these bytes
                             {"refuse": 503}                refuse the next request, and only that one
PUT /control/pages           {"empty": true}                pages of the log come without rows, whatever its total
GET /asked                   every request to place a call: when, for whom, with which key, answered how
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from calls.carriers.sandbox import Sandbox, answers, pages
from calls.carriers.sandbox.__main__ import ENDING
from calls.carriers.sandbox.ledger import Ledger
from calls.carriers.sandbox.placed import read_asked
from calls.carriers.sandbox.scripts import SCRIPTS
from calls.carriers.sandbox.server import Handler, Server
from calls.carriers.sandbox.webhooks import Courier


@dataclass
class Door:
    """What stands before the sandbox's own answer."""

    status: int = 0
    after: int = 0
    key: str = ""
    same: dict[str, str] = field(default_factory=dict)
    per_second: float = 0.0
    empty: bool = False
    tokens: float = 1.0
    filled_at: float = field(default_factory=time.monotonic)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refusal(self, key: str) -> int:
        """The status with which the next request is turned away; 0 when it is let in."""
        with self.lock:
            if self.status and self.after <= 0 and self.key in ("", key):
                return self.status
            self.after -= 1
            return 429 if self.per_second and not self._take() else 0

    def _take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(1.0, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


DOOR = Door()
# Two log rows, and no event that would end the call before anybody reads the log.
TWO_ROWS_UNTOLD = replace(SCRIPTS["two_rows"], events="none")


class Recorded(Handler):
    """A connection that also writes down how each request to place a call was answered."""

    status_sent = 0

    def bearer(self) -> str:
        """The key under which the account is known, whichever of its keys was given."""
        given = self.given_key()
        return DOOR.same.get(given, given)

    def given_key(self) -> str:
        """The key that was given."""
        return super().bearer()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Keep the status."""
        self.status_sent = int(code)
        super().send_response(code, message)


def make_call(handler: Handler, rest: str, query: Mapping[str, str]) -> None:
    """`POST /api/v1/make-call`, behind the door."""
    body = handler.read_body()
    try:
        asked = json.loads(body)
    except ValueError:
        asked = {}
    key = handler.headers.get("Idempotency-Key", "")
    note = {"at": time.monotonic(), "wall": time.time(), "to": asked.get("to"), "key": key}
    handler.read_body = lambda: body  # type: ignore[method-assign]
    assert isinstance(handler, Recorded)
    handler.status_sent = 0
    DOOR.asked.append(note)
    try:
        _treat(handler, rest, query, body, str(asked.get("to")))
    finally:  # also when whoever asked hangs up in the middle of the answer
        note["status"] = handler.status_sent
        del handler.read_body


def _treat(handler: Recorded, rest: str, query: Mapping[str, str], body: bytes, to: str) -> None:
    orders = DOOR.answers.get(to) or DOOR.answers.get("*")
    if status := DOOR.refusal(handler.given_key()):
        handler.refuse(status, "The door is closed.", retry_after=1 if status == 429 else None)
    elif orders and "refuse" in orders:
        DOOR.answers.pop(to)
        handler.refuse(int(orders["refuse"]), "Not this time.", retry_after=1)
    elif orders:
        _accept_and_answer(handler, body, orders)
    else:
        answers.make_call(handler, rest, query)


def _accept_and_answer(handler: Handler, body: bytes, orders: dict[str, Any]) -> None:
    ledger, name = handler.server.ledger, orders.get("script", "answered")
    asked = read_asked(body, idempotency_key=handler.headers.get("Idempotency-Key", ""))
    call = ledger.place(asked, key=handler.bearer(), script=name)
    handler.server.over.wait(float(orders.get("hang", 0)))
    status = int(orders.get("status", 200))
    if "body" in orders:
        said = str(orders["body"]).replace("{sid}", call.call_sid) * int(orders.get("times", 1))
        handler.answer(status, said.encode("utf-8", "surrogateescape"))
    else:
        way = answers.ANSWERS[orders.get("answer", "well")]
        way(handler, answers.STATESET, call, replace(SCRIPTS[name], status=status))


def set_door(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`PUT /control/door`."""
    orders = json.loads(handler.read_body())
    with DOOR.lock:
        DOOR.status, DOOR.after = int(orders.get("status", 0)), int(orders.get("after", 0))
        DOOR.per_second = float(orders.get("per_second", 0))
        DOOR.key = orders.get("key", "")
        DOOR.same |= orders.get("same", {})
    handler.answer(200, {"ok": True})


def set_answer(handler: Handler, number: str, _: Mapping[str, str]) -> None:
    """`PUT /control/answer/<number>`; nothing takes it back."""
    orders = json.loads(handler.read_body())
    if orders:
        DOOR.answers[number] = orders
    else:
        DOOR.answers.pop(number, None)
    handler.answer(200, {"ok": True})


def set_pages(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`PUT /control/pages`."""
    DOOR.empty = bool(json.loads(handler.read_body()).get("empty"))
    handler.answer(200, {"ok": True})


def call_logs(handler: Handler, rest: str, query: Mapping[str, str]) -> None:
    """`GET /api/v1/call-logs`, which may come without the rows it counts."""
    if not DOOR.empty or not handler.bearer():
        pages.call_logs(handler, rest, query)
        return
    total = len(handler.server.ledger.placed_calls(None))
    handler.answer(200, {"data": [], "limit": 200, "offset": 0, "total": total})


def asked(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`GET /asked`."""
    handler.answer(200, {"data": list(DOOR.asked)})


PAGES = {
    ("PUT", "/control/door"): set_door,
    ("PUT", "/control/answer/"): set_answer,
    ("PUT", "/control/pages"): set_pages,
    ("GET", "/asked"): asked,
    **pages.PAGES,
    ("GET", "/api/v1/call-logs"): call_logs,
    ("POST", "/api/v1/make-call"): make_call,
}


def start(port: int, data: Path, pace: float) -> Sandbox:
    """As the sandbox starts, with more pages."""
    data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(str(data / "sandbox.sqlite3"), pace=pace)
    server = Server(("127.0.0.1", port), ledger, PAGES)
    server.RequestHandlerClass = Recorded
    courier = Courier(ledger)
    courier.start()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return Sandbox(f"http://127.0.0.1:{server.server_port}", server, courier)


def main() -> None:
    """Until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.provider")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pace", type=float, default=1.0)
    orders = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    SCRIPTS["two_rows_untold"] = TWO_ROWS_UNTOLD
    sandbox = start(orders.port, orders.data, orders.pace)
    signal.sigwait(ENDING)
    sandbox.stop()


if __name__ == "__main__":
    main()
