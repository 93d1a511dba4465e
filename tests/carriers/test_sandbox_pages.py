"""The sandbox's pages over real HTTP: loud, strict about requests, and ordered about."""

import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from calls.carriers.base import CarrierUnavailable, Evidence
from calls.carriers.sandbox import Sandbox
from calls.carriers.sandbox.scripts import SCRIPTS
from calls.carriers.stateset import StateSet
from tests.carriers.world import KEY, client_of, fetch, ledger, log_of, order, request

MAKE_CALL = "/api/v1/make-call"
GOOD = {"to": "+15555555678", "from": "+15555551234", "agent_key": "a", "greeting": "Hi"}


@pytest.fixture(autouse=True)
def fresh(sandbox: Sandbox) -> Iterator[None]:
    """Every test starts with an empty ledger and without orders."""
    fetch(f"{sandbox.url}/control/reset", method="POST")
    yield
    fetch(f"{sandbox.url}/control/reset", method="POST")


def ask(
    sandbox: Sandbox,
    method: str,
    path: str,
    *,
    body: object = b"",
    key: str | None = KEY,
    **headers: str,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One plain request; `body` is sent as it is when it is bytes, else as JSON."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=5)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        named.setdefault("Authorization", f"Bearer {key}")
    connection.request(method, path, data, named)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def test_the_front_page_says_loudly_what_this_is(sandbox: Sandbox) -> None:
    status, headers, page = ask(sandbox, "GET", "/")
    assert status == 200
    assert b"SANDBOX" in page
    assert b"no telephone rings" in page
    assert headers["Content-Type"] == "text/plain"
    assert all(name.encode() in page for name in SCRIPTS)


@pytest.mark.parametrize("path", ["/", "/health", "/ledger", "/nowhere", "/api/v1/call-logs"])
def test_every_answer_says_that_it_is_a_sandboxs(sandbox: Sandbox, path: str) -> None:
    _, headers, _ = ask(sandbox, "GET", path)
    assert headers["X-Sandbox"] == "true"
    assert "Sandbox" in headers["Server"]


def test_it_is_well(sandbox: Sandbox) -> None:
    assert fetch(f"{sandbox.url}/health") == {"ok": True, "sandbox": True}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("POST", "/ledger"), ("PUT", MAKE_CALL)]
)
def test_what_is_not_there_is_a_404(sandbox: Sandbox, method: str, path: str) -> None:
    assert ask(sandbox, method, path, body=GOOD)[0] == 404


def test_an_acceptance_is_the_contracts(sandbox: Sandbox) -> None:
    status, _, body = ask(sandbox, "POST", MAKE_CALL, body=GOOD)
    said = json.loads(body)
    sid = said.pop("call_sid")
    assert status == 200
    assert said == {"ok": True, "status": "queued", "to": GOOD["to"], "from": GOOD["from"]}
    assert len(sid) == 34
    assert sid.startswith("CA")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer  ", "Basic abc", "token"])
@pytest.mark.parametrize(("method", "path"), [("POST", MAKE_CALL), ("GET", "/api/v1/call-logs")])
def test_without_a_bearer_key_it_is_a_401(
    sandbox: Sandbox, authorization: str, method: str, path: str
) -> None:
    status, _, _ = ask(sandbox, method, path, body=GOOD, Authorization=authorization)
    assert status == 401
    assert ledger(sandbox, GOOD["to"]) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 50_000,
        {},
        {"to": ""},
        {"to": "15555555678"},
        {"to": "+1555"},
        {"to": "+" + "1" * 16},
        {"to": "+1555555٥678"},
        {"to": 15555555678},
        GOOD | {"greeting": None},
        GOOD | {"agent_key": 7},
        GOOD | {"reference": "ours alone"},
        GOOD | {"metadata": {}},
    ],
)
def test_a_wrong_request_is_a_400_and_places_nothing(sandbox: Sandbox, body: object) -> None:
    status, _, said = ask(sandbox, "POST", MAKE_CALL, body=body)
    assert (status, json.loads(said)["ok"]) == (400, False)
    assert fetch(f"{sandbox.url}/ledger")["data"] == []


@pytest.mark.parametrize("length", ["70000", "x", "-1"])
def test_a_body_without_a_sensible_length_is_a_400(sandbox: Sandbox, length: str) -> None:
    status, _, _ = ask(sandbox, "POST", MAKE_CALL, body=b"", Content_Length=length)
    assert status == 400


def test_a_ledger_row_holds_what_was_asked(sandbox: Sandbox, carrier: StateSet) -> None:
    fetch(f"{sandbox.url}/control/accounts/{KEY}", method="PUT", orders={"name": "acme"})
    answer = carrier.place(request("+15555555678", idempotency_key="AT1"))
    (row,) = ledger(sandbox, "+15555555678")
    assert (row["to"], row["from"], row["times"]) == ("+15555555678", "+15555551234", 1)
    assert (row["call_sid"], row["account"]) == (answer.carrier_call_id, "acme")
    assert (row["idempotency_key"], row["agent_key"]) == ("AT1", "support_primary")
    assert row["greeting"] == "Hi, this is Acme calling about your appointment."
    assert abs(datetime.fromisoformat(row["at"]) - datetime.now(UTC)) < timedelta(seconds=9)


@pytest.mark.parametrize("query", ["+15555555678", "%2B15555555678", "15555555678"])
def test_the_ledger_of_one_number(sandbox: Sandbox, carrier: StateSet, query: str) -> None:
    carrier.place(request("+15555555678"))
    carrier.place(request("+15555555679"))
    assert [row["to"] for row in ledger(sandbox, query)] == ["+15555555678"]
    assert len(fetch(f"{sandbox.url}/ledger")["data"]) == 2


def test_an_unannounced_account_is_named_without_its_key(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    with client_of(sandbox.url, key="very-secret") as stranger:
        stranger.place(request("+15555555678"))
    (row,) = ledger(sandbox, "+15555555678")
    assert "very-secret" not in json.dumps(row)
    assert row["account"].startswith("unannounced-")


def page(sandbox: Sandbox, query: str, *, key: str = KEY) -> dict[str, Any]:
    status, _, body = ask(sandbox, "GET", f"/api/v1/call-logs{query}", key=key)
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_log_is_paged_newest_first(sandbox: Sandbox, carrier: StateSet) -> None:
    ids = [carrier.place(request("+15555555678")).carrier_call_id for _ in range(30)]
    first, second = page(sandbox, ""), page(sandbox, "?limit=10&offset=25")
    assert (first["limit"], first["offset"], first["total"]) == (25, 0, 30)
    assert [row["call_sid"] for row in first["data"]] == ids[:4:-1]
    assert [row["call_sid"] for row in second["data"]] == ids[4::-1]


def test_the_client_reads_a_long_log_to_its_end(sandbox: Sandbox, carrier: StateSet) -> None:
    ids = {carrier.place(request("+15555555678")).carrier_call_id for _ in range(210)}
    assert {report.carrier_call_id for report in log_of(carrier, "+15555555678")} == ids


def test_a_log_row_is_the_contracts_and_more(sandbox: Sandbox, carrier: StateSet) -> None:
    carrier.place(request("+15555555678"))
    (row,) = page(sandbox, "")["data"]
    contract = {"id", "call_sid", "direction", "status", "duration_seconds", "escalated", "summary"}
    ours = {"to", "from", "created_at", "started_at", "ended_at", "answered_by", "opted_out"}
    assert set(row) == contract | ours


def test_the_log_can_be_cut_by_time(sandbox: Sandbox, carrier: StateSet) -> None:
    carrier.place(request("+15555555678"))
    (row,) = page(sandbox, "")["data"]
    at = datetime.fromisoformat(row["created_at"])
    later = quote((at + timedelta(milliseconds=1)).isoformat())
    assert page(sandbox, f"?from={quote(row['created_at'])}")["total"] == 1
    assert page(sandbox, f"?from={later}")["total"] == 0
    assert page(sandbox, f"?to={later}")["total"] == 1
    assert page(sandbox, f"?to={quote(row['created_at'])}")["total"] == 0


def test_the_log_of_one_key_hides_another_ones_calls(sandbox: Sandbox, carrier: StateSet) -> None:
    carrier.place(request("+15555555678"))
    assert page(sandbox, "", key="other")["total"] == 0
    assert page(sandbox, "")["total"] == 1


@pytest.mark.parametrize(
    "query",
    ["?limit=0", "?limit=201", "?limit=x", "?offset=-1", "?offset=9999999999", "?from=yesterday"],
)
def test_a_wrong_query_is_a_400(sandbox: Sandbox, query: str) -> None:
    assert ask(sandbox, "GET", f"/api/v1/call-logs{query}")[0] == 400


def test_the_log_can_be_told_to_fail(sandbox: Sandbox, carrier: StateSet) -> None:
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"status": 503})
    with pytest.raises(CarrierUnavailable, match="503"):
        carrier.check()
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"status": 0})
    carrier.check()


def test_the_log_can_be_told_to_lag(sandbox: Sandbox, carrier: StateSet) -> None:
    carrier.place(request("+15555555678"))
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"lag": 60})
    assert log_of(carrier, "+15555555678") == []
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"lag": 0})
    assert len(log_of(carrier, "+15555555678")) == 1


def test_one_order_may_be_for_every_number_and_is_taken_back(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    order(sandbox, "*", "rejected_401")
    order(sandbox, "+15555555678", "answered")
    answers = [carrier.place(request(to)) for to in ("+15555555678", "+15555550001")]
    assert [a.evidence for a in answers] == [Evidence.ACCEPTED, Evidence.CREDENTIALS]
    order(sandbox, "*", "")
    assert carrier.place(request("+15555550001")).evidence is Evidence.ACCEPTED


def test_an_order_may_name_digits(sandbox: Sandbox, carrier: StateSet) -> None:
    order(sandbox, "+15555555678", "0105")
    assert carrier.place(request("+15555555678")).evidence is Evidence.REFUSED


@pytest.mark.parametrize(
    ("path", "orders"),
    [
        ("/control/scripts/*", {"script": "no-such"}),
        ("/control/scripts/*", {"script": 5}),
        ("/control/scripts/*", b"nonsense"),
        ("/control/scripts/*", b"[]"),
        ("/control/accounts/k", {"name": 5}),
        ("/control/accounts/k", {"webhook_url": "nowhere"}),
        ("/control/accounts/k", {"webhook_url": "http://h:port/"}),
        ("/control/accounts/k", {"webhook_secret": "short"}),
        ("/control/log", {"status": "broken"}),
        ("/control/log", {"lag": None}),
    ],
)
def test_an_order_that_makes_no_sense_is_a_400(sandbox: Sandbox, path: str, orders: object) -> None:
    assert ask(sandbox, "PUT", path, body=orders)[0] == 400


def test_a_reset_forgets_calls_and_orders_and_keeps_accounts(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    fetch(f"{sandbox.url}/control/accounts/{KEY}", method="PUT", orders={"name": "kept"})
    order(sandbox, "*", "rejected_400")
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"status": 500})
    fetch(f"{sandbox.url}/control/reset", method="POST")
    assert carrier.place(request("+15555555678")).evidence is Evidence.ACCEPTED
    assert [row["account"] for row in ledger(sandbox, "+15555555678")] == ["kept"]
    assert len(log_of(carrier, "+15555555678")) == 1
