"""The sandbox's Twilio pages: who may ask, what is refused with which code, and how the log is cut."""

import base64
import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from calls.carriers.base import CarrierUnavailable
from calls.carriers.sandbox import Sandbox
from calls.carriers.twilio import Twilio
from calls.carriers.twilio_signature import FORM
from tests.carriers.world import SID, TOKEN, fetch, ledger, spoken, twilio_of

BASE = "/2010-04-01/Accounts/"
CALLS = f"{BASE}{SID}/Calls.json"
GOOD = {"To": "+15555555678", "From": "+15555551234", "Twiml": "<Response/>"}
BASIC = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


@pytest.fixture(autouse=True)
def fresh(sandbox: Sandbox) -> Iterator[None]:
    """Every test starts with an empty ledger and without orders."""
    fetch(f"{sandbox.url}/control/reset", method="POST")
    yield
    fetch(f"{sandbox.url}/control/reset", method="POST")


@pytest.fixture
def twilio(sandbox: Sandbox) -> Iterator[Twilio]:
    with twilio_of(sandbox.url) as client:
        yield client


def ask(
    sandbox: Sandbox,
    method: str,
    path: str = CALLS,
    *,
    form: Any = None,
    authorization: str = BASIC,
) -> tuple[int, dict[str, Any]]:
    """One plain request; the status and what was said."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=5)
    body = form if isinstance(form, bytes) else urlencode(form or {}).encode()
    headers = {"Authorization": authorization, "Content-Type": FORM}
    connection.request(method, path, body if method == "POST" else None, headers)
    answer = connection.getresponse()
    said: dict[str, Any] = json.loads(answer.read())
    connection.close()
    return answer.status, said


def test_a_call_is_created_as_twilio_creates_one(sandbox: Sandbox) -> None:
    status, said = ask(sandbox, "POST", form=GOOD)
    assert status == 201
    assert (said["status"], said["direction"], said["account_sid"]) == (
        "queued",
        "outbound-api",
        SID,
    )
    assert (said["to"], said["from"], said["start_time"]) == (GOOD["To"], GOOD["From"], None)
    assert said["sid"].startswith("CA")
    assert said["uri"] == f"{BASE}{SID}/Calls/{said['sid']}.json"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "15555555678"}, 21211),
        ({"To": "+1555"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "Acme"}, 21212),
        ({"Twiml": ""}, 21205),
        ({"Twiml": "<Response>"}, 12100),
        ({"Twiml": "x"}, 12100),
        ({"Twiml": f"<Response><Say>{'x' * 4000}</Say></Response>"}, 20001),
        ({"StatusCallback": "nowhere"}, 21205),
        ({"StatusCallback": "http://["}, 21205),
        ({"AsyncAmdStatusCallback": "ftp://calls.example"}, 21205),
        ({"Greeting": "Hi"}, 20001),
    ],
)
def test_a_wrong_request_has_the_code_of_its_fault(
    sandbox: Sandbox, change: dict[str, str], code: int
) -> None:
    status, said = ask(sandbox, "POST", form=GOOD | change)
    assert (status, said["status"], said["code"]) == (400, 400, code)
    assert said["more_info"].endswith(str(code))
    assert ledger(sandbox, GOOD["To"]) == []


@pytest.mark.parametrize("body", [b"", b"\xff", b"x" * 70_000])
def test_a_body_that_is_no_form_is_a_400(sandbox: Sandbox, body: bytes) -> None:
    assert ask(sandbox, "POST", form=body)[0] == 400


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        "Bearer key",
        "Basic " + base64.b64encode(b"me:pw").decode(),
        BASIC[6:],
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_its_credential_nobody_is_known(
    sandbox: Sandbox, method: str, authorization: str
) -> None:
    status, said = ask(sandbox, method, form=GOOD, authorization=authorization)
    assert (status, said["code"]) == (401, 20003)


@pytest.mark.parametrize(
    "path",
    [
        CALLS.replace("AC0", "AC1"),
        f"{BASE}{SID}/Messages.json",
        f"{BASE}{SID}",
        f"{BASE}{SID}/Calls/CA{'0' * 32}.json",
        f"{BASE}{SID}/Calls/nonsense.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_account_has_not_is_a_404(sandbox: Sandbox, method: str, path: str) -> None:
    status, said = ask(sandbox, method, path, form=GOOD)
    assert (status, said["code"]) == (404, 20404)


def test_one_call_can_be_looked_at(sandbox: Sandbox) -> None:
    _, created = ask(sandbox, "POST", form=GOOD)
    status, said = ask(sandbox, "GET", created["uri"])
    assert (status, said["sid"]) == (200, created["sid"])


def test_another_account_sees_none_of_it(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", form=GOOD)
    other = "AC" + "1" * 32
    basic = "Basic " + base64.b64encode(f"{other}:{TOKEN}".encode()).decode()
    _, said = ask(sandbox, "GET", CALLS.replace(SID, other), authorization=basic)
    assert said["calls"] == []


def test_the_log_is_paged_newest_first_and_keeps_its_filters(sandbox: Sandbox) -> None:
    sids = [ask(sandbox, "POST", form=GOOD)[1]["sid"] for _ in range(5)]
    ask(sandbox, "POST", form=GOOD | {"To": "+15555555679"})
    found, path = [], f"{CALLS}?PageSize=2&To={quote(GOOD['To'])}"
    while path:
        _, page = ask(sandbox, "GET", path)
        found.append([call["sid"] for call in page["calls"]])
        path = page["next_page_uri"]
    assert found == [sids[:2:-1], sids[2:0:-1], sids[:1]]


def days(sandbox: Sandbox, query: str) -> int:
    """How many calls the log shows for a query."""
    return len(ask(sandbox, "GET", f"{CALLS}?{query}")[1]["calls"])


def test_the_log_can_be_cut_by_the_day_a_call_started(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", form=GOOD | {"To": "+15555550001"})
    today, day = datetime.now(UTC).date(), timedelta(days=1)
    while days(sandbox, "Status=queued"):
        pass
    assert days(sandbox, f"StartTime%3E={today - day}") == 1
    assert days(sandbox, f"StartTime%3E={today + day}") == 0
    assert days(sandbox, f"StartTime%3C={today + day}") == 1
    assert days(sandbox, f"StartTime%3C={today - day}") == 0


def test_a_call_that_waits_has_not_started_and_is_still_found() -> None:
    from calls.carriers.sandbox import start

    slow = start(pace=1000)
    try:
        with twilio_of(slow.url) as client:
            placed = client.place(spoken("+15555555678"))
            since = datetime.now(UTC) - timedelta(minutes=1)
            assert days(slow, f"StartTime%3E={since.date()}") == 0
            assert [r.carrier_call_id for r in client.call_log(since=since)] == [
                placed.carrier_call_id
            ]
    finally:
        slow.stop()


@pytest.mark.parametrize(
    ("query", "code"),
    [("PageSize=0", 20007), ("PageSize=1001", 20007), ("PageSize=x", 20001), ("Page=-1", 20001)],
)
def test_a_wrong_query_is_a_400(sandbox: Sandbox, query: str, code: int) -> None:
    status, said = ask(sandbox, "GET", f"{CALLS}?{query}")
    assert (status, said["code"]) == (400, code)


def test_the_log_can_be_told_to_fail_and_to_lag(sandbox: Sandbox, twilio: Twilio) -> None:
    twilio.place(spoken("+15555555678"))
    since = datetime.now(UTC) - timedelta(hours=1)
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"status": 503})
    with pytest.raises(CarrierUnavailable, match="503"):
        twilio.check()
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"lag": 60})
    assert list(twilio.call_log(since=since)) == []
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"lag": 0})
    assert len(list(twilio.call_log(since=since))) == 1


def test_the_client_reads_a_log_of_several_pages(
    sandbox: Sandbox, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.carriers.twilio.PAGE", 7)
    placed = {twilio.place(spoken(f"+1555555{n:04}")).carrier_call_id for n in range(2000, 2020)}
    since = datetime.now(UTC) - timedelta(hours=1)
    assert {report.carrier_call_id for report in twilio.call_log(since=since)} == placed


def test_a_reset_forgets_the_forms(sandbox: Sandbox) -> None:
    _, said = ask(sandbox, "POST", form=GOOD)
    fetch(f"{sandbox.url}/control/reset", method="POST")
    assert sandbox.server.ledger.form(said["sid"]) is None


def test_both_faces_keep_one_ledger(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", form=GOOD)
    (row,) = ledger(sandbox, GOOD["To"])
    assert (row["account"].startswith("unannounced-"), row["greeting"]) == (True, "")
