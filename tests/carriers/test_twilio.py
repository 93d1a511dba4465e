"""The Twilio client against answers written by hand: what it sends, and how it reads the log."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from calls.carriers.base import AccountAccess, CarrierUnavailable, Evidence, Report
from calls.carriers.twilio import MOST_PAGES, Twilio
from calls.carriers.twilio_signature import FORM, sign
from calls.lib.http import KeptClient
from tests.carriers.world import request

SID, TOKEN = "AC" + "0" * 32, "a" * 32
HOOK = "https://calls.example/hooks/twilio/ca_1"
ACCESS = AccountAccess(
    "account-1", "twilio", "https://api.twilio.test/", f"{SID}:{TOKEN}", hook_url=HOOK
)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ASKED = replace(
    request("+15555555678"),
    call_id="CA01",
    attempt=2,
    media_url="wss://agents.example/media",
    language="en-US",
)
CALLS = f"/2010-04-01/Accounts/{SID}/Calls.json"


def carrier(
    answer: Callable[[httpx.Request], httpx.Response], *, access: AccountAccess = ACCESS
) -> Twilio:
    """A client whose network is a function."""
    return Twilio(access, client=KeptClient(transport=httpx.MockTransport(answer)))


def said(body: object, *, status: int = 200) -> httpx.Response:
    """An answer; bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, stream=httpx.ByteStream(data))


def silent(_: httpx.Request) -> httpx.Response:
    """A carrier that must not be asked."""
    raise AssertionError("asked")


def sent(**changes: Any) -> httpx.Request:
    """The one request that is sent to place a call."""
    seen: list[httpx.Request] = []

    def keep(asked: httpx.Request) -> httpx.Response:
        seen.append(asked)
        return said({"sid": "CA" + "1" * 32, "status": "queued"}, status=201)

    assert carrier(keep).place(replace(ASKED, **changes)).evidence is Evidence.ACCEPTED
    assert len(seen) == 1
    return seen[0]


def form(asked: httpx.Request) -> list[tuple[str, str]]:
    """The fields of a request."""
    return parse_qsl(asked.content.decode(), keep_blank_values=True, strict_parsing=True)


def test_a_call_is_asked_for_at_its_account() -> None:
    asked = sent()
    assert (asked.method, asked.url.path, asked.url.query) == ("POST", CALLS, b"")
    assert asked.headers["content-type"] == FORM
    scheme, _, pair = asked.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", f"{SID}:{TOKEN}")


def test_the_form_is_the_contracts() -> None:
    fields = dict(form(sent()))
    assert (fields["To"], fields["From"]) == ("+15555555678", "+15555551234")
    assert fields["Twiml"].startswith('<Response><Say language="en-US">Hi, this is Acme')
    assert (fields["StatusCallbackMethod"], fields["Timeout"]) == ("POST", "25")
    events = [value for name, value in form(sent()) if name == "StatusCallbackEvent"]
    assert events == ["initiated", "ringing", "answered", "completed"]


def test_the_callback_names_the_call_and_the_attempt_and_no_number() -> None:
    fields = dict(form(sent()))
    assert fields["StatusCallback"] == f"{HOOK}?call_id=CA01&attempt=2"
    assert fields["AsyncAmdStatusCallback"] == fields["StatusCallback"]


def test_the_greeting_does_not_wait_for_who_answered() -> None:
    fields = dict(form(sent()))
    assert (fields["MachineDetection"], fields["AsyncAmd"]) == ("Enable", "true")


def test_only_what_is_documented_is_sent() -> None:
    """The names in Twilio's own description of the API that we use."""
    assert {name for name, _ in form(sent())} == {
        *("To", "From", "Twiml", "Timeout"),
        *("StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod"),
        *("MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"),
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"media_url": ""}, "media_url"),
        ({"media_url": "https://agents.example"}, "media_url"),
        ({"greeting": "x" * 4001}, "Shorten it"),
        ({"greeting": "a\x00b"}, "character"),
    ],
)
def test_what_twilio_could_not_speak_is_refused_and_nothing_is_sent(
    change: dict[str, str], why: str
) -> None:
    answer = carrier(silent).place(replace(ASKED, **change))
    assert (answer.evidence, answer.http_status) == (Evidence.REFUSED, None)
    assert answer.reason.startswith("Nothing was sent.")
    assert why in answer.reason


def test_with_a_credential_of_no_shape_nothing_is_sent() -> None:
    broken = carrier(silent, access=replace(ACCESS, api_key="nonsense"))
    answer = broken.place(ASKED)
    assert (answer.evidence, answer.http_status) == (Evidence.CREDENTIALS, None)
    with pytest.raises(CarrierUnavailable, match="credential"):
        list(broken.call_log(since=NOW))
    with pytest.raises(CarrierUnavailable, match="credential"):
        broken.check()


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError])
def test_no_trouble_of_the_network_raises(trouble: type[httpx.TransportError]) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise trouble("broken")

    answer = carrier(broken).place(ASKED)
    assert trouble.__name__ in answer.reason


def row(n: int, *, at: datetime = NOW, **fields: Any) -> dict[str, Any]:
    """One row of the log."""
    created = at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    known = {"sid": f"CA{n}", "status": "completed", "direction": "outbound-api"}
    return known | {"date_created": created, "to": "+15555555678"} | fields


class Log:
    """A log in pages, by which filter; it remembers what it was asked."""

    def __init__(self, *pages: list[Any], queued: tuple[Any, ...] = ()) -> None:
        self.pages, self.queued = pages or ([],), queued
        self.asked: list[dict[str, str]] = []

    def __call__(self, asked: httpx.Request) -> httpx.Response:
        assert asked.url.path == CALLS
        query = dict(asked.url.params)
        self.asked.append(query)
        if query.get("Status") == "queued":
            return said({"calls": list(self.queued), "next_page_uri": None})
        n = int(query.get("Page", "0"))
        following = f"{CALLS}?PageSize=1000&Page={n + 1}&PageToken=PA{n}"
        more = n + 1 < len(self.pages)
        return said({"calls": self.pages[n], "next_page_uri": following if more else None})


def read(log: Callable[[httpx.Request], httpx.Response], since: datetime = NOW) -> list[Report]:
    """The whole log."""
    return list(carrier(log).call_log(since=since))


def sids(log: Callable[[httpx.Request], httpx.Response], since: datetime = NOW) -> list[str]:
    """The calls in the log, in order."""
    return [report.carrier_call_id for report in read(log, since)]


def test_the_log_is_read_page_by_page_to_its_end() -> None:
    log = Log([row(1), row(2)], [row(3)], [row(4)])
    assert sids(log) == ["CA1", "CA2", "CA3", "CA4"]
    assert [page.get("PageToken") for page in log.asked] == [None, None, "PA0", "PA1"]


def test_calls_that_wait_at_twilio_are_read_by_themselves() -> None:
    """They have not started, so no filter by the start would show them."""
    log = Log([row(1)], queued=(row(2, status="queued"), row(1)))
    assert sids(log) == ["CA2", "CA1"]
    assert log.asked[0]["Status"] == "queued"


@pytest.mark.parametrize(
    ("since", "day"),
    [
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "2026-11-24"),
        (datetime(2026, 11, 24, 0, 5, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC).astimezone(), "2026-11-24"),
    ],
)
def test_the_day_asked_for_begins_early_enough(since: datetime, day: str) -> None:
    log = Log([])
    read(log, since)
    assert log.asked[1]["StartTime>"] == day


@pytest.mark.parametrize(
    ("seconds", "count"), [(-3600, 0), (-2, 0), (-1, 1), (0, 1), (3600, 1), (None, 1)]
)
def test_older_calls_of_that_day_are_passed_over(seconds: int | None, count: int) -> None:
    if seconds is None:
        found = row(1, date_created=None)
    else:
        found = row(1, at=NOW + timedelta(seconds=seconds))
    assert len(read(Log([found]))) == count


def test_calls_that_others_began_are_passed_over() -> None:
    log = Log([row(1, direction="inbound"), row(2, direction="outbound-dial"), row(3)])
    assert sids(log) == ["CA3"]


def test_a_row_on_two_pages_is_one_call() -> None:
    assert sids(Log([row(1), row(2)], [row(2), row(3)])) == ["CA1", "CA2", "CA3"]


def test_a_row_nobody_can_read_makes_the_log_incomplete() -> None:
    found = carrier(Log([row(1), "nonsense", row(2, sid=None), row(3)])).call_log(since=NOW)
    assert [next(found).carrier_call_id, next(found).carrier_call_id] == ["CA1", "CA3"]
    with pytest.raises(CarrierUnavailable, match="2 rows"):
        next(found)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.test" + CALLS + "?Page=1",
        "//evil.test" + CALLS,
        "http://api.twilio.test" + CALLS,
        "https://api.twilio.test:8443" + CALLS,
        CALLS.replace("AC0", "AC1") + "?Page=1",
        "/2010-04-01/Accounts.json",
        "../Calls.json",
        "https://[",
    ],
)
def test_the_token_goes_to_no_other_address(uri: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return said({"calls": [row(1)], "next_page_uri": uri})

    with pytest.raises(CarrierUnavailable, match=r"next page|outside"):
        read(answer)
    assert asked == ["api.twilio.test"]


def test_a_whole_address_within_the_account_is_followed() -> None:
    pages = iter([None, f"https://api.twilio.test{CALLS}?Page=1", None])
    assert sids(lambda _: said({"calls": [row(1)], "next_page_uri": next(pages)})) == ["CA1"]


def test_a_log_that_never_ends_is_given_up() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return said({"calls": [], "next_page_uri": f"{CALLS}?Page=1"})

    with pytest.raises(CarrierUnavailable, match="end"):
        read(answer)
    assert len(asked) == MOST_PAGES + 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (503, {"calls": []}),
        (401, {"code": 20003}),
        (404, {"code": 20404}),
        (302, {"calls": []}),
        (200, b"nonsense"),
        (200, {}),
        (200, {"calls": None}),
        (200, {"calls": {"sid": "CA1"}}),
        (200, []),
        (200, b"x" * (8 * 1024 * 1024 + 1)),
    ],
)
def test_a_log_that_cannot_be_had_is_said_to_be(status: int, body: object) -> None:
    broken = carrier(lambda _: said(body, status=status))
    with pytest.raises(CarrierUnavailable) as told:
        list(broken.call_log(since=NOW))
    assert (told.value.status, bool(told.value.reason)) == (status, True)
    with pytest.raises(CarrierUnavailable):
        broken.check()


def test_a_check_asks_for_one_row() -> None:
    log = Log([row(1)])
    carrier(log).check()
    assert log.asked == [{"PageSize": "1"}]


BODY = b"CallSid=CA1&CallStatus=ringing"
FIELDS = [("CallSid", "CA1"), ("CallStatus", "ringing")]


def genuine(token: str, *, url: str = f"{HOOK}?attempt=1", access: AccountAccess = ACCESS) -> bool:
    """Whether a callback signed with a token is believed."""
    signature = sign(token=token, url=f"{HOOK}?attempt=1", fields=FIELDS)
    headers = {"x-twilio-signature": signature, "content-type": FORM}
    return carrier(silent, access=access).genuine(url=url, headers=headers, body=BODY, now=NOW)


def test_a_callback_is_signed_with_the_accounts_token() -> None:
    assert genuine(TOKEN)
    assert not genuine("b" * 32)
    assert not genuine(TOKEN, url=HOOK)


def test_while_the_token_is_changed_the_former_one_signs_too() -> None:
    both = replace(ACCESS, signing_secrets=("b" * 32,))
    assert [genuine(token, access=both) for token in (TOKEN, "b" * 32, "c" * 32)] == [
        True,
        True,
        False,
    ]


def test_without_any_token_no_callback_is_believed() -> None:
    assert not genuine("", access=replace(ACCESS, api_key="nonsense"))
    assert not genuine(TOKEN, access=replace(ACCESS, api_key="nonsense"))


def test_an_unsigned_callback_is_never_believed() -> None:
    headers = {"content-type": FORM}
    assert not carrier(silent).genuine(url=HOOK, headers=headers, body=BODY, now=NOW)


def test_a_callback_is_read_with_its_query() -> None:
    event = carrier(silent).read_event(BODY, query="call_id=CA01&attempt=2")
    assert event.report
    assert (event.report.carrier_call_id, event.report.reference) == ("CA1", "CA01-2")


def test_a_base_with_a_path_keeps_it() -> None:
    seen: list[str] = []

    def answer(asked: httpx.Request) -> httpx.Response:
        seen.append(urlsplit(str(asked.url)).path)
        return said({"calls": []})

    carrier(answer, access=replace(ACCESS, base_url="https://proxy.test/twilio/")).check()
    assert seen == [f"/twilio{CALLS}"]
