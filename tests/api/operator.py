"""Whoever runs the installation, with an admin key; and admins of tenants in their browsers."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from calls.tenants import actions as tenants
from tests.world import NOW, SEED


class Operator:
    """Requests to the admin API with an admin key, or with a browser's session."""

    def __init__(self, key: str = "", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"x-admin-key": key} if key else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request below /api/v1/admin/."""
        raw = json.dumps(body) if body is not None else ""
        more = self.headers | headers
        return self.client.generic(
            method, f"/api/v1/admin/{path}", raw, "application/json", headers=more
        )

    def read(self, path: str) -> Any:
        """The body of a GET that must succeed."""
        return self.done("GET", path)

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """The body of a request that must succeed."""
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, answer.content
        return answer.json()


def operator() -> Operator:
    """With a fresh admin key."""
    return Operator(tenants.issue_admin_key(actor=SEED, now=NOW, name="Operator")[1])


def error(answer: HttpResponse) -> tuple[int, str]:
    """What went wrong, in two words."""
    return answer.status_code, answer.json()["error"]
