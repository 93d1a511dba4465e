"""The sandbox's events on their way to the other side: due rows, one thread, a few quick tries."""

from __future__ import annotations

import http.client
import json
import threading
import time
from datetime import UTC, datetime
from sqlite3 import Row
from urllib.parse import urlsplit

from calls.carriers.sandbox.ledger import Ledger
from calls.carriers.sandbox.placed import Placed, stamp
from calls.carriers.sandbox.twilio_callbacks import Parcel
from calls.carriers.sandbox.twilio_callbacks import parcel as twilio_parcel
from calls.lib import signing

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before each further try, times the pace
PATIENCE = 5.0  # seconds for one delivery
API_VERSION = "2026-05-14"


class Courier(threading.Thread):
    """Sends every delivery when it is due; what was not sent yet is sent after a restart."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(name="sandbox-courier", daemon=True)
        self._ledger = ledger
        self._over = threading.Event()

    def run(self) -> None:
        """Send what is due, then wait for the next due time or for news."""
        while True:
            self._ledger.news.clear()
            for delivery in self._due():
                if not self._over.is_set():
                    self._deliver(delivery)
            if self._over.is_set():  # asked after the clearing, or the news of the end is missed
                return
            self._ledger.news.wait(self._idle())

    def stop(self) -> None:
        """End after the delivery under way."""
        self._over.set()
        self._ledger.news.set()
        self.join()

    def _due(self) -> list[Row]:
        query = "SELECT * FROM deliveries WHERE due <= ? ORDER BY due, n LIMIT 100"
        return self._ledger.read(query, time.time())

    def _idle(self) -> float | None:
        """Seconds until the next delivery is due; None when there is none."""
        due = self._ledger.read("SELECT min(due) AS due FROM deliveries")[0]["due"]
        return None if due is None else max(due - time.time(), 0.0)

    def _deliver(self, delivery: Row) -> None:
        parcel = self._parcel(delivery)
        if parcel is None or _post(*parcel):
            self._forget(delivery)
        else:
            self._postpone(delivery)

    def _parcel(self, delivery: Row) -> Parcel | None:
        """What is to be sent where; None when nobody listens, or the call was forgotten."""
        call = self._ledger.call(delivery["call_sid"])
        if call is None:
            return None
        if form := self._ledger.form(call.call_sid):
            return twilio_parcel(
                call, kind=delivery["kind"], form=form["form"], token=form["token"]
            )
        account = self._ledger.account(call.key)
        return _parcel(call, delivery, account) if account and account["webhook_url"] else None

    def _forget(self, delivery: Row) -> None:
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM deliveries WHERE n = ?", (delivery["n"],))

    def _postpone(self, delivery: Row) -> None:
        tries = delivery["tries"] + 1
        if tries > len(PAUSES):
            self._forget(delivery)
            return
        due = time.time() + PAUSES[tries - 1] * self._ledger.pace
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE deliveries SET tries = ?, due = ? WHERE n = ?", (tries, due, delivery["n"])
            )


def envelope(call: Placed, *, event_id: str, kind: str) -> dict[str, object]:
    """Write one event as the contract has it, the same however often and late it is sent."""
    at = next(at for at, told in call.script.happenings() if told == kind)
    at = call.at + at * call.pace
    data = call.data(at)
    data |= {"stream_sid": "MZ" + call.call_sid[2:], "voice_session_id": "VS" + call.call_sid[2:]}
    data |= {"from_number": call.caller_id, "to_number": call.to}
    if kind == "voice.call.completed":
        data |= {"function_call_count": 0, "transcript_turn_count": 4 if data["summary"] else 0}
    if kind == "voice.call.escalated":
        data |= {"target": "front desk", "initiated_by": "callee"}
    return {
        "id": event_id,
        "event": kind,
        "created_at": stamp(at),
        "tenant_id": call.account,
        "api_version": API_VERSION,
        "data": data,
    }


def _parcel(call: Placed, delivery: Row, account: Row) -> Parcel:
    """Write and sign one event."""
    event = envelope(call, event_id=delivery["event_id"], kind=delivery["kind"])
    secret = account["webhook_secret"]
    if call.script.events == "forged":
        secret = signing.new_secret()
        event["data"] = {"call_sid": call.call_sid, "status": "failed", "summary": "Forged."}
    body = json.dumps(event).encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "Greenlight-Sandbox",
        "x-sandbox": "true",
        "x-idempotency-key": delivery["event_id"],
    }
    if secret:
        headers |= signing.signed_headers(
            secrets=[secret], message_id=delivery["event_id"], body=body, now=datetime.now(UTC)
        )
    return account["webhook_url"], body, headers


def _post(url: str, body: bytes, headers: dict[str, str]) -> bool:
    """Send one event and tell whether the other side took it."""
    where = urlsplit(url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=PATIENCE)
    try:
        connection.request("POST", where._replace(scheme="", netloc="").geturl(), body, headers)
        return 200 <= connection.getresponse().status < 300
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
