"""The StateSet client against answers written by hand: what it sends, and what it makes of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from calls.carriers.base import AccountAccess, Answer, CarrierUnavailable, Evidence, Report
from calls.carriers.stateset import StateSet
from calls.lib.http import KeptClient
from calls.lib.signing import new_secret, signed_headers
from tests.carriers.world import HOOK, request

ACCESS = AccountAccess("account-1", "stateset", "https://carrier.test/", "secret-key")
NOW = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)
GOOD = {"ok": True, "call_sid": "CA1", "status": "queued"}


def carrier(
    answer: Callable[[httpx.Request], httpx.Response], *, access: AccountAccess = ACCESS
) -> StateSet:
    """A client whose network is a function."""
    return StateSet(access, client=KeptClient(transport=httpx.MockTransport(answer)))


def said(body: object, *, status: int = 200, **headers: str) -> httpx.Response:
    """An answer; bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, stream=httpx.ByteStream(data), headers=named)


def placed(body: object, *, status: int = 200, **headers: str) -> Answer:
    """What one request to place a call makes of an answer."""
    return carrier(lambda _: said(body, status=status, **headers)).place(request("+15555555678"))


def test_an_acceptance_names_the_call_and_the_carriers_word() -> None:
    answer = placed(GOOD)
    assert answer == Answer(
        Evidence.ACCEPTED, carrier_call_id="CA1", http_status=200, word="queued"
    )


def sent(**changes: Any) -> httpx.Request:
    """The one request that is sent to place a call."""
    seen: list[httpx.Request] = []

    def keep(asked: httpx.Request) -> httpx.Response:
        seen.append(asked)
        return said(GOOD)

    carrier(keep).place(replace(request("+15555555678"), **changes))
    assert len(seen) == 1
    return seen[0]


def test_the_request_is_the_contracts() -> None:
    asked = sent(org_id="org-1", agent_version_id="v2")
    assert (asked.method, str(asked.url)) == ("POST", "https://carrier.test/api/v1/make-call")
    assert json.loads(asked.content) == {
        "to": "+15555555678",
        "from": "+15555551234",
        "agent_key": "support_primary",
        "agent_version_id": "v2",
        "greeting": "Hi, this is Acme calling about your appointment.",
        "org_id": "org-1",
    }


def test_what_is_not_known_is_not_sent() -> None:
    assert set(json.loads(sent().content)) == {"to", "from", "agent_key", "greeting"}


def test_the_request_carries_its_credentials_and_its_key() -> None:
    headers = sent(idempotency_key="AT1").headers
    assert headers["authorization"] == "Bearer secret-key"
    assert headers["idempotency-key"] == "AT1"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("greeting", ["Grüß Gott, 你好", "مرحبا", 'quote " and \\ slash', "👋"])
def test_the_greeting_is_sent_exactly_as_it_stands(greeting: str) -> None:
    assert json.loads(sent(greeting=greeting).content)["greeting"] == greeting


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"\xff\xfe",
        b'{"ok": true, "call_sid": "CA1"',
        b'{"ok": true, "call_sid": "CA1"}}',
        b"[]",
        b"null",
        [GOOD],
        {},
        {"ok": True},
        {"ok": True, "call_sid": ""},
        {"ok": True, "call_sid": None},
        {"ok": True, "call_sid": 7},
        {"ok": True, "call_sid": ["CA1"]},
        {"ok": True, "call_sid": "two words"},
        {"ok": True, "call_sid": "x" * 500},
        {"ok": False, "call_sid": "CA1"},
        {"ok": "true", "call_sid": "CA1"},
        {"ok": 1, "call_sid": "CA1"},
        {"call_sid": "CA1"},
        GOOD | {"padding": "x" * 70_000},
        b"[" * 60_000,
    ],
)
def test_an_acceptance_that_cannot_be_read_is_unknown(body: object) -> None:
    answer = placed(body)
    assert (answer.evidence, answer.carrier_call_id) == (Evidence.UNKNOWN, None)
    assert answer.reason


@pytest.mark.parametrize(
    ("status", "evidence"),
    [
        (400, Evidence.REFUSED),
        (401, Evidence.CREDENTIALS),
        (403, Evidence.CREDENTIALS),
        (429, Evidence.THROTTLED),
        (302, Evidence.UNKNOWN),
        (404, Evidence.UNKNOWN),
        (422, Evidence.UNKNOWN),
        (500, Evidence.UNKNOWN),
        (503, Evidence.UNKNOWN),
    ],
)
def test_an_id_in_an_error_binds_nothing(status: int, evidence: Evidence) -> None:
    answer = placed(GOOD, status=status)
    assert (answer.evidence, answer.carrier_call_id) == (evidence, None)
    assert answer.http_status == status


def test_the_carriers_reason_is_told_without_numbers() -> None:
    body = {"ok": False, "error": "bad_number", "message": "+1 555 555 0105 is not dialable\n"}
    reason = placed(body, status=400).reason
    assert "(number) is not dialable" in reason
    assert "555" not in reason
    assert "\n" not in reason


def test_an_error_code_stands_in_for_a_missing_message() -> None:
    assert "agent_unknown" in placed({"error": "agent_unknown"}, status=400).reason


def test_an_error_page_is_not_repeated_to_people() -> None:
    assert "<html>" not in placed(b"<html>Bad gateway</html>", status=502).reason


def test_the_wait_that_the_carrier_asks_for_is_told() -> None:
    assert placed({}, status=429, retry_after="7").retry_after == 7.0
    assert placed({}, status=503, retry_after="Thu, 01 Jan 2026 00:00:00 GMT").retry_after == 0.0
    assert placed({}, status=429).retry_after is None


def test_no_network_trouble_is_raised() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    answer = carrier(broken).place(request("+15555555678"))
    assert (answer.evidence, answer.http_status) == (Evidence.NO_BYTE_SENT, None)
    assert "nothing was sent" in answer.reason


def row(n: int, **more: object) -> dict[str, object]:
    """A log row, the n-th newest."""
    at = NOW - timedelta(seconds=n)
    named = {"id": f"log_{n}", "call_sid": f"CA{n}", "direction": "outbound"}
    return named | {"status": "completed", "created_at": at.isoformat()} | more


class Log:
    """A call log that pages over `rows`, and does one strange thing if told to."""

    def __init__(self, rows: list[Any], *, largest: int = 200, **strange: Any) -> None:
        self.rows, self.largest, self.strange = rows, largest, strange
        self.asked: list[httpx.QueryParams] = []

    def __call__(self, asked: httpx.Request) -> httpx.Response:
        self.asked.append(asked.url.params)
        offset, limit = int(asked.url.params["offset"]), int(asked.url.params["limit"])
        page = self.rows[offset : offset + min(limit, self.largest)]
        return said({"data": page, "total": len(self.rows)} | self.strange)

    def read(self) -> list[Report]:
        return list(carrier(self).call_log(since=NOW - timedelta(hours=1)))


def test_the_log_is_read_to_its_end() -> None:
    log = Log([row(n) for n in range(450)])
    assert [report.carrier_call_id for report in log.read()] == [f"CA{n}" for n in range(450)]
    assert [page["offset"] for page in log.asked] == ["0", "200", "400"]
    assert {page["limit"] for page in log.asked} == {"200"}


def test_the_log_is_asked_from_the_wanted_time_on() -> None:
    log = Log([])
    assert log.read() == []
    assert log.asked[0]["from"] == "2026-05-14T11:00:00Z"


def test_smaller_pages_than_asked_for_are_not_the_end() -> None:
    assert len(Log([row(n) for n in range(120)], largest=50).read()) == 120


def test_an_empty_page_before_the_end_is_no_end() -> None:
    """The calls on the missing pages would be taken for absent, and perhaps rung again."""
    log, reports = Log([row(n) for n in range(200)], total=450), list[Report]()
    with pytest.raises(CarrierUnavailable, match="before the rows"):
        reports.extend(carrier(log).call_log(since=NOW))
    assert (len(reports), len(log.asked)) == (200, 2)


def test_a_log_without_a_total_ends_with_a_short_page() -> None:
    log = Log([row(n) for n in range(250)], total=None)
    assert len(log.read()) == 250
    assert len(log.asked) == 2


def test_rows_that_new_calls_pushed_on_are_told_once() -> None:
    log = Log([row(n) for n in range(250)])

    def growing(asked: httpx.Request) -> httpx.Response:
        answer = log(asked)
        log.rows.insert(0, row(-len(log.asked)))
        return answer

    reports = list(carrier(growing).call_log(since=NOW))
    ids = [report.carrier_call_id for report in reports]
    assert len(ids) == len(set(ids))
    assert {f"CA{n}" for n in range(250)} <= set(ids)


def test_two_rows_with_one_call_id_are_both_told() -> None:
    reports = Log([row(1), row(1) | {"id": "log_other"}]).read()
    assert [report.row_id for report in reports] == ["log_1", "log_other"]


def test_inbound_calls_are_none_of_ours() -> None:
    reports = Log([row(1, direction="inbound"), row(2)]).read()
    assert [report.carrier_call_id for report in reports] == ["CA2"]


@pytest.mark.parametrize("spoilt", [None, 5, "row", [], {}, {"id": "x", "status": "completed"}])
def test_an_unreadable_row_hides_no_other_and_makes_the_reading_incomplete(spoilt: object) -> None:
    reports: list[Report] = []
    with pytest.raises(CarrierUnavailable, match="1 rows"):
        reports.extend(Log([row(1), spoilt, row(2)]).read())
    found = carrier(Log([row(1), spoilt, row(2)])).call_log(since=NOW)
    assert [next(found).carrier_call_id, next(found).carrier_call_id] == ["CA1", "CA2"]


def test_a_log_that_never_ends_is_given_up() -> None:
    with pytest.raises(CarrierUnavailable, match="end"):
        list(carrier(lambda _: said({"data": [row(1)], "total": 10**9})).call_log(since=NOW))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (503, {"data": []}),
        (401, {"data": []}),
        (302, {"data": []}),
        (200, b"nonsense"),
        (200, {}),
        (200, {"data": None}),
        (200, {"data": {"call_sid": "CA1"}}),
        (200, []),
        (200, b"x" * (4 * 1024 * 1024 + 1)),
    ],
)
def test_a_log_that_cannot_be_had_is_said_to_be(status: int, body: object) -> None:
    broken = carrier(lambda _: said(body, status=status))
    with pytest.raises(CarrierUnavailable) as told:
        list(broken.call_log(since=NOW))
    assert (told.value.status, bool(told.value.reason)) == (status, True)
    with pytest.raises(CarrierUnavailable):
        broken.check()


def test_the_log_failing_on_a_later_page_is_no_short_log() -> None:
    pages = iter([said({"data": [row(n) for n in range(200)], "total": 300}), said({}, status=500)])
    with pytest.raises(CarrierUnavailable):
        list(carrier(lambda _: next(pages)).call_log(since=NOW))


def test_a_check_asks_for_one_row() -> None:
    log = Log([row(1)])
    carrier(log).check()
    assert [(page["limit"], page["offset"]) for page in log.asked] == [("1", "0")]


def test_a_check_of_a_silent_carrier_says_why() -> None:
    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    with pytest.raises(CarrierUnavailable, match="ReadTimeout") as told:
        carrier(silent).check()
    assert told.value.status is None


def test_without_a_secret_every_event_counts_as_genuine() -> None:
    assert carrier(lambda _: said({})).genuine(url=HOOK, headers={}, body=b"{}", now=NOW)


def test_with_secrets_only_signed_events_are_genuine() -> None:
    old, new = new_secret(), new_secret()
    signed = replace(ACCESS, signing_secrets=(old, new))
    client = carrier(lambda _: said({}), access=signed)
    headers = signed_headers(secrets=[new], message_id="evt_1", body=b"{}", now=NOW)
    assert client.genuine(url=HOOK, headers=headers, body=b"{}", now=NOW)
    assert not client.genuine(url=HOOK, headers=headers, body=b"{ }", now=NOW)
    assert not client.genuine(url=HOOK, headers={}, body=b"{}", now=NOW)


def test_with_a_secret_that_is_malformed_no_event_is_genuine() -> None:
    client = carrier(lambda _: said({}), access=replace(ACCESS, signing_secrets=("oops",)))
    assert not client.genuine(url=HOOK, headers={}, body=b"{}", now=NOW)
