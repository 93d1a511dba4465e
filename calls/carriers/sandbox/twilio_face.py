"""The sandbox's second face: Twilio's pages for calls (CONTRACT 7), over the same ledger and scripts."""

from __future__ import annotations

import base64
import binascii
import math
import operator
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from calls.carriers.sandbox.answers import Face, treat
from calls.carriers.sandbox.placed import BadRequest, Placed
from calls.carriers.sandbox.server import Handler
from calls.carriers.sandbox.twilio_callbacks import MACHINES, mail_time
from calls.carriers.sandbox.twilio_form import Wrong, read_asked
from calls.carriers.twilio_account import Credential, read_credential

BASE = "/2010-04-01/Accounts/"
CODES = {400: 21216, 401: 20003, 403: 20003, 404: 20404, 429: 20429, 503: 20503}
ONE_CALL = re.compile(r"Calls/(CA[0-9a-f]{32})\.json")

Row = dict[str, object]


def create(handler: Handler, rest: str, _: Mapping[str, str]) -> None:
    """`POST …/Accounts/<SID>/Calls.json`: accept or refuse, and answer, as the number's script says."""
    try:
        body = handler.read_body()
        who, page = _who(handler, rest)
        if page != "Calls.json":
            raise _missing()
        treat(handler, TWILIO, read_asked(body, token=who.auth_token), key=who.account_sid)
    except (Wrong, BadRequest) as wrong:
        _answer_wrong(handler, wrong)


def read(handler: Handler, rest: str, query: Mapping[str, str]) -> None:
    """`GET …/Accounts/<SID>/Calls.json`: a page of the log; `…/Calls/<SID>.json`: one call."""
    try:
        who, page = _who(handler, rest)
        control = handler.server.control
        if control.log_status:
            _refuse(handler, control.log_status, "The call log was told to fail.", None)
        elif page == "Calls.json":
            handler.answer(200, _page(who.account_sid, _rows(handler, who.account_sid), query))
        else:
            handler.answer(200, _one(_rows(handler, who.account_sid), page))
    except (Wrong, BadRequest) as wrong:
        _answer_wrong(handler, wrong)


def _who(handler: Handler, rest: str) -> tuple[Credential, str]:
    """Who asks, and for which page of their account. Raises Wrong."""
    scheme, _, pair = handler.headers.get("Authorization", "").partition(" ")
    try:
        known = read_credential(base64.b64decode(pair, validate=True).decode())
    except (binascii.Error, ValueError):
        known = None
    if known is None or scheme.lower() != "basic":
        raise Wrong(20003, "Authenticate", status=401)
    account, _, page = rest.partition("/")
    if account != known.account_sid:
        raise _missing()
    return known, page


def _missing() -> Wrong:
    return Wrong(20404, "The requested resource was not found.", status=404)


def _answer_wrong(handler: Handler, wrong: Wrong | BadRequest) -> None:
    if isinstance(wrong, Wrong):
        _say_wrong(handler, wrong.status, wrong.code, wrong.message)
    else:
        _say_wrong(handler, 400, 20001, str(wrong))


def _refuse(handler: Handler, status: int, message: str, retry_after: int | None) -> None:
    _say_wrong(handler, status, CODES.get(status, 20500), message, retry_after=retry_after)


def _say_wrong(
    handler: Handler, status: int, code: int, message: str, *, retry_after: int | None = None
) -> None:
    head = {} if retry_after is None else {"Retry-After": str(retry_after)}
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more, "status": status}
    handler.answer(status, body, head=head)


def _rows(handler: Handler, account: str) -> list[Row]:
    """Every row of the account's log that is visible, newest first, as Twilio words it."""
    now = time.time()
    visible = now - handler.server.control.log_lag
    found, _ = handler.server.ledger.log(
        account, since=0.0, until=math.inf, visible=visible, limit=-1, offset=0
    )
    return [_row(account, row) for row in found]


def _row(account: str, row: Mapping[str, object]) -> Row:
    """One call, from what the other face would say of it."""
    begun = row["started_at"] or (row["status"] != "queued" and row["created_at"])
    answered_by = row["answered_by"]
    return {
        "sid": row["call_sid"],
        "account_sid": account,
        "to": row["to"],
        "from": row["from"],
        "status": row["status"],
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "date_created": _mailed(row["created_at"]),
        "start_time": _mailed(begun),
        "end_time": _mailed(row["ended_at"]),
        "duration": str(row["duration_seconds"]) if row["ended_at"] else None,
        "price": None,
        "price_unit": "USD",
        "answered_by": MACHINES.get(str(answered_by), answered_by),
        "uri": f"{BASE}{account}/Calls/{row['call_sid']}.json",
    }


def _mailed(stamp: object) -> str | None:
    return mail_time(datetime.fromisoformat(stamp).timestamp()) if isinstance(stamp, str) else None


def _page(account: str, rows: list[Row], query: Mapping[str, str]) -> dict[str, object]:
    """One page of those rows that the query asks for. Raises Wrong."""
    size, number = _whole(query, "PageSize", 50), _whole(query, "Page", 0)
    if not 1 <= size <= 1000:
        raise Wrong(20007, "PageSize: 1 to 1000.")
    found = [row for row in rows if _is_asked_for(row, query)]
    shown = found[number * size : (number + 1) * size]
    return {
        "calls": shown,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "uri": _address(account, query, number),
        "next_page_uri": (
            _address(account, query, number + 1) if len(found) > (number + 1) * size else None
        ),
    }


def _address(account: str, query: Mapping[str, str], number: int) -> str:
    asked = dict(query) | {"Page": str(number), "PageToken": f"PA{number}"}
    return f"{BASE}{account}/Calls.json?{urlencode(asked)}"


def _is_asked_for(row: Row, query: Mapping[str, str]) -> bool:
    """Whether a row passes the filters; a call that has not started passes none by its start."""
    same = all(
        row[field] == query[name]
        for name, field in (("To", "to"), ("From", "from"), ("Status", "status"))
        if name in query
    )
    return same and all(_started(row, name, query[name]) for name in STARTS if name in query)


def _started(row: Row, name: str, day: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        raise Wrong(20001, f"{name}: a day is needed.")
    if row["start_time"] is None:
        return False
    started = parsedate_to_datetime(str(row["start_time"])).date().isoformat()
    return STARTS[name](started, day)


STARTS: dict[str, Callable[[str, str], bool]] = {
    "StartTime": operator.eq,
    "StartTime<": operator.le,
    "StartTime>": operator.ge,
}


def _one(rows: list[Row], page: str) -> Row:
    named = ONE_CALL.fullmatch(page)
    for row in rows:
        if named and row["sid"] == named[1]:
            return row
    raise _missing()


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    found = query.get(name, str(default))
    if not (found.isascii() and found.isdigit() and len(found) < 10):
        raise Wrong(20001, f"{name}: a whole number is needed.")
    return int(found)


def _accepted(call: Placed) -> Row:
    """A call that was just created, as Twilio answers."""
    fresh = call.data(call.at) | {"to": call.to, "from": call.caller_id}
    return _row(call.key, fresh) | {"queue_time": "0"}


TWILIO = Face(status=201, named="sid", accepted=_accepted, refuse=_refuse)
