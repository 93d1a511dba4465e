"""Somebody at the pages of a running installation, without a browser: signs in, fills in, sends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.flows.system import System

FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Visitor:
    """One session at the pages."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def send(self, page: str, fields: dict[str, Any], to: str = "") -> httpx.Response:
        """Open a page, and send a form from it (to another address, where one is given)."""
        token = FORM_TOKEN.search(self.client.get(page).raise_for_status().text)
        assert token, f"no form on {page}"
        origin = {"referer": str(self.client.base_url), "origin": str(self.client.base_url)}
        answer = self.client.post(
            to or page, data={"csrfmiddlewaretoken": token[1]} | fields, headers=origin
        )
        assert answer.status_code in (200, 302), answer.text
        return answer


@contextmanager
def visiting(system: System, role: str) -> Iterator[Visitor]:
    """The demo tenant's person with this role, signed in."""
    person = next(user for user in system.seed["users"] if user["role"] == role)
    with httpx.Client(base_url=system.url, trust_env=False, timeout=20) as client:
        visitor = Visitor(client)
        words = {"login": person["email"], "password": person["password"]}
        visitor.send("/accounts/login/", words)
        assert any("session" in name for name in client.cookies), "signing in failed"
        yield visitor


def program(system: System, key: str = "") -> httpx.Client:
    """A program with its key (the demo tenant's own, unless another is given)."""
    return httpx.Client(
        base_url=f"{system.url}/api/v1",
        headers={"authorization": f"Bearer {key or system.seed['api_key']}"},
        trust_env=False,
        timeout=10,
    )
