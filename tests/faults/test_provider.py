"""The fault tests' carrier answers as it is told to: an order that crashed would look like a lost answer."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import provider
from tests.faults.rows_answers import UNREADABLE
from tests.flows.system import free_ports

TO = "+15552001234"


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[httpx.Client]:
    sandbox = provider.start(free_ports(1)[0], tmp_path, pace=0.01)
    headers = {"authorization": "Bearer a-key"}
    with httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False) as client:
        yield client
    sandbox.stop()
    provider.DOOR.answers.clear()
    provider.DOOR.asked.clear()


def ask(carrier: httpx.Client, **orders: Any) -> httpx.Response:
    carrier.put(f"/control/answer/{TO}", json=orders)
    return carrier.post("/api/v1/make-call", json={"to": TO, "from": "+15555551234"})


def placed(carrier: httpx.Client) -> int:
    return len(carrier.get("/ledger").json()["data"])


@pytest.mark.parametrize("way", ["well", "nameless", "oversized", "garbled"])
def test_it_accepts_and_answers_in_an_ordered_way(carrier: httpx.Client, way: str) -> None:
    assert ask(carrier, answer=way).status_code == 200
    assert placed(carrier) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_it_accepts_and_says_that_it_failed(carrier: httpx.Client, status: int) -> None:
    assert ask(carrier, answer="error", status=status).status_code == status
    assert placed(carrier) == 1


@pytest.mark.parametrize("way", ["drop", "truncated", "reset"])
def test_it_accepts_and_breaks_off(carrier: httpx.Client, way: str) -> None:
    with pytest.raises(httpx.TransportError):
        ask(carrier, answer=way)
    assert placed(carrier) == 1


def test_it_answers_with_bytes_of_ours(carrier: httpx.Client) -> None:
    assert ask(carrier, body='{"ok": true, "call_sid": 7}').json() == {"ok": True, "call_sid": 7}


def test_it_refuses_one_request_and_takes_the_next(carrier: httpx.Client) -> None:
    assert ask(carrier, refuse=503).status_code == 503
    again = carrier.post("/api/v1/make-call", json={"to": TO, "from": "+15555551234"})
    assert (again.status_code, placed(carrier)) == (200, 1)


def test_its_log_may_come_without_the_rows_it_counts(carrier: httpx.Client) -> None:
    ask(carrier, answer="well")
    carrier.put("/control/pages", json={"empty": True})
    log = carrier.get("/api/v1/call-logs").json()
    carrier.put("/control/pages", json={})
    assert (log["data"], log["total"]) == ([], 1)


def test_it_writes_down_how_each_was_answered(carrier: httpx.Client) -> None:
    ask(carrier, answer="error", status=502)
    (row,) = carrier.get("/asked").json()["data"]
    assert (row["to"], row["status"]) == (TO, 502)


@pytest.mark.parametrize("orders", UNREADABLE, ids=str)
def test_nothing_that_cannot_be_read_makes_it_crash(
    carrier: httpx.Client, orders: dict[str, Any]
) -> None:
    with contextlib.suppress(httpx.TransportError):
        ask(carrier, **orders)
    (row,) = carrier.get("/asked").json()["data"]
    assert row["status"] == 200
