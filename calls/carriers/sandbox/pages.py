"""The sandbox's pages, besides make-call and Twilio's: the carrier's log, the ledger, the levers."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from datetime import datetime

from calls.carriers.sandbox import twilio_face
from calls.carriers.sandbox.answers import make_call
from calls.carriers.sandbox.placed import BadRequest
from calls.carriers.sandbox.scripts import BY_DIGITS, SCRIPTS
from calls.carriers.sandbox.server import Handler, Page

BANNER = "GREENLIGHT SANDBOX CARRIER: no telephone rings, whatever it answers."


def call_logs(handler: Handler, _: str, query: Mapping[str, str]) -> None:
    """`GET /api/v1/call-logs`: a page of the account's log, newest first."""
    control = handler.server.control
    key = handler.bearer()
    if not key:
        handler.refuse(401, "A bearer key is needed.")
        return
    if control.log_status:
        handler.refuse(control.log_status, "The call log was told to fail.")
        return
    limit, offset = _whole(query, "limit", 25), _whole(query, "offset", 0)
    if not 1 <= limit <= 200:
        raise BadRequest("limit: 1 to 200.")
    rows, total = handler.server.ledger.log(
        key,
        since=_time(query, "from", 0.0),
        until=_time(query, "to", math.inf),
        visible=time.time() - control.log_lag,
        limit=limit,
        offset=offset,
    )
    handler.answer(200, {"data": rows, "limit": limit, "offset": offset, "total": total})


def ledger(handler: Handler, _: str, query: Mapping[str, str]) -> None:
    """`GET /ledger`: every call that was really placed; `?to=` for those to one number."""
    to = query.get("to")
    number = to and "+" + to.strip().lstrip("+")  # a plus in a query means a space
    handler.answer(200, {"data": handler.server.ledger.placed_calls(number or None)})


def announce(handler: Handler, key: str, _: Mapping[str, str]) -> None:
    """`PUT /control/accounts/<bearer key>`: its name, and where its events go."""
    handler.server.control.announce(key, _orders(handler))
    handler.answer(200, {"ok": True})


def direct(handler: Handler, number: str, _: Mapping[str, str]) -> None:
    """`PUT /control/scripts/<number>`: give a number a script; `*` is every number."""
    handler.server.control.direct(number, _orders(handler))
    handler.answer(200, {"ok": True})


def fail_log(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`PUT /control/log`: let the call log fail or lag."""
    handler.server.control.fail_log(_orders(handler))
    handler.answer(200, {"ok": True})


def reset(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`POST /control/reset`: forget every call, order and fault."""
    handler.read_body()
    handler.server.control.reset()
    handler.answer(200, {"ok": True})


def health(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`GET /health`."""
    handler.answer(200, {"ok": True, "sandbox": True})


def front(handler: Handler, rest: str, _: Mapping[str, str]) -> None:
    """`GET /`: say what this is, and which number does what."""
    if rest:
        handler.refuse(404, "There is no such page in the sandbox.")
        return
    digits = {name: digits for digits, name in BY_DIGITS.items()}
    lines = [f"{digits.get(n, '    ')}  {n:<15} {s.about}" for n, s in SCRIPTS.items()]
    faces = "Spoken to as StateSet Voice at /api/v1/, and as Twilio at /2010-04-01/."
    page = [
        BANNER,
        faces,
        "",
        "Scripts, by the last four digits of `to`, or ordered by name:",
        "",
        *lines,
    ]
    handler.answer(200, "\n".join([*page, ""]).encode())


PAGES: dict[tuple[str, str], Page] = {
    ("POST", "/api/v1/make-call"): make_call,
    ("GET", "/api/v1/call-logs"): call_logs,
    ("POST", twilio_face.BASE): twilio_face.create,
    ("GET", twilio_face.BASE): twilio_face.read,
    ("GET", "/ledger"): ledger,
    ("PUT", "/control/accounts/"): announce,
    ("PUT", "/control/scripts/"): direct,
    ("PUT", "/control/log"): fail_log,
    ("POST", "/control/reset"): reset,
    ("GET", "/health"): health,
    ("GET", "/"): front,
}


def _orders(handler: Handler) -> dict[str, object]:
    try:
        orders = json.loads(handler.read_body())
    except ValueError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(orders, dict):
        raise BadRequest("The body is not a JSON object.")
    return orders


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    found = query.get(name, str(default))
    if not (found.isascii() and found.isdigit() and len(found) < 10):
        raise BadRequest(f"{name}: a whole number is needed.")
    return int(found)


def _time(query: Mapping[str, str], name: str, default: float) -> float:
    if name not in query:
        return default
    try:
        return datetime.fromisoformat(query[name]).timestamp()
    except ValueError:
        raise BadRequest(f"{name}: an RFC 3339 time is needed.") from None
