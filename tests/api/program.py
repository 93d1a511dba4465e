"""A program that talks to the API: its key, and the words of the README's example."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from calls.records.models import Call

REAL_NUMBER = "+12125557890"
EXAMPLE = {
    "to": "+15555555678",
    "from": "+15555551234",
    "agent_key": "support_primary",
    "greeting": "Hi, this is Acme calling about your appointment.",
}


class Program:
    """Requests with one credential; `last` is the newest answer."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {key}"} if key else {}

    def place(self, body: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
        """make-call with the example's body, some of it changed; `key` is the idempotency key."""
        key = more.pop("key", None)
        headers = {"idempotency-key": key} if key is not None else {}
        return self.send("make-call", json.dumps((body or EXAMPLE) | more), **headers)

    def send(self, path: str, raw: str | bytes, **headers: str) -> HttpResponse:
        """A body as it is, as JSON unless `content_type` says otherwise."""
        kind = headers.pop("content_type", "application/json")
        return self.client.post(
            f"/api/v1/{path}", raw, content_type=kind, headers=self.headers | headers
        )

    def read(self, path: str, **query: Any) -> HttpResponse:
        """A GET; a query parameter's trailing underscore is dropped (`from_`)."""
        data = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(f"/api/v1/{path}", data, headers=self.headers)

    def cancel(self, call_sid: str) -> HttpResponse:
        """DELETE of a call."""
        return self.client.delete(f"/api/v1/calls/{call_sid}", headers=self.headers)


def calls_on_record() -> int:
    """How many calls exist, refused ones included."""
    return Call.objects.count()
