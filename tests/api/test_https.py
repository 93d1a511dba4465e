"""Plain http where https is served: refused before the key is looked at, and nothing is done."""

from typing import Any

import pytest
from django.test import Client

from calls.management.demo import Seeded
from tests.api.program import EXAMPLE, Program, calls_on_record

ADDRESSES = ["call-logs", "make-call", "webhooks", "admin/tenants", "health/ready", "nothing-here"]


@pytest.fixture(autouse=True)
def known_by_https(settings: Any) -> None:
    """The installation's public address is https."""
    settings.HTTPS = True


@pytest.mark.parametrize("path", ADDRESSES)
def test_plain_http_is_refused_without_a_look_at_the_database(path: str) -> None:
    """This test may not touch it, and the key has the right checksum or none."""
    answer = Client().get(f"/api/v1/{path}", headers={"authorization": "Bearer gl_live_x"})
    body = answer.json()
    assert (answer.status_code, body["error"]) == (403, "https_required")
    assert answer["Cache-Control"] == "no-store"
    assert "https address" in body["message"]


def test_it_is_counted_by_address_as_if_there_were_no_key(acme: Seeded, settings: Any) -> None:
    """Every answer of this status has these headers, by the document."""
    settings.RATE_LIMIT_PER_ADDRESS = 2
    answers = [Program(acme.api_key).read("call-logs") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]


def test_a_key_in_force_asks_for_nothing_that_way(acme: Seeded) -> None:
    answer = Program(acme.api_key).place(key="k1")
    assert (answer.status_code, answer.json()["error"]) == (403, "https_required")
    assert calls_on_record() == 0


def test_over_https_it_is_let_in(acme: Seeded) -> None:
    client = Client(headers={"authorization": f"Bearer {acme.api_key}"})
    answer = client.post("/api/v1/make-call", EXAMPLE, "application/json", secure=True)
    assert answer.status_code == 200
    assert calls_on_record() == 1


def test_where_only_http_is_served_it_is_too(acme: Seeded, settings: Any) -> None:
    settings.HTTPS = False
    assert Program(acme.api_key).place().status_code == 200
