"""Is this webhook from Greenlight? With Python's standard library alone; see docs/hooks.md.

    python verify_webhook.py whsec_…        listens on port 9000 and prints what is genuine

Check the bytes as they came, before anything parses them. A delivery may come more than once: `webhook-id`
is the same each time, so remember it and do the work once.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

TOLERANCE = 300  # seconds a delivery may be old, or ahead of our clock
LONGEST = 1_000_000  # bytes of a body that is read


class NotGenuine(Exception):
    """Answer 401 and do nothing; nobody who knows the secret sent it, or it was sent long ago."""


def verify(
    body: bytes, headers: Mapping[str, str], secrets: Iterable[str], now: float | None = None
) -> dict[str, Any]:
    """The event, if one of these secrets signed it lately. Raises NotGenuine."""
    found = {name.lower(): value for name, value in headers.items()}
    message, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    sent = int(stamp) if stamp.isdecimal() and len(stamp) <= 12 else 0
    age = (time.time() if now is None else now) - sent
    if abs(age) > TOLERANCE:
        raise NotGenuine("too old, from the future, or without a time")
    given = found.get("webhook-signature", "").split()
    signed = f"{message}.{stamp}.".encode() + body
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        right = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        if any(hmac.compare_digest(right, one.encode()) for one in given):
            return dict(json.loads(body))
    raise NotGenuine("signed by nobody we know")


class Hook(BaseHTTPRequestHandler):
    """Prints every genuine event once, and answers at once: the work belongs after the answer."""

    seen: set[str] = set()
    secrets: tuple[str, ...] = ()
    timeout = 10  # seconds for the sender of half a request

    def do_POST(self) -> None:
        """One delivery."""
        length = self.headers.get("content-length", "0")
        if not (length.isdecimal() and len(length) <= 7 and int(length) <= LONGEST):
            self.close_connection = True
            self.send_error(400)
            return
        body = self.rfile.read(int(length))
        try:
            event = verify(body, self.headers, self.secrets)
        except NotGenuine:
            self.send_response(401)
        else:
            if self.headers["webhook-id"] not in self.seen:
                self.seen.add(self.headers["webhook-id"])
                print(event["id"], event["event"], flush=True)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: what is genuine is printed."""


if __name__ == "__main__":
    Hook.secrets = tuple(sys.argv[1:])
    HTTPServer(("127.0.0.1", 9000), Hook).serve_forever()
