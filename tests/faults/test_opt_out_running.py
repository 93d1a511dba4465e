"""F32 in a running installation: an opt-out by any door stops what waits within five seconds (R5.7)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.faults.visitor import Visitor, program, visiting
from tests.flows.system import System
from tests.patience import until

pytestmark = pytest.mark.journey

AREA = "+1555720"
LAW = timedelta(seconds=5)
# The script of this number says "do not call me again".
SAYS_STOP = AREA + "0006"


@pytest.fixture(scope="module")
def api(system: System) -> Iterator[httpx.Client]:
    with program(system) as client:
        yield client


def place(api: httpx.Client, to: str, **fields: str) -> str:
    answer = api.post("/make-call", json={"to": to} | fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["call_sid"])


def tomorrow(api: httpx.Client, to: str) -> str:
    at = datetime.now(UTC) + timedelta(days=1)
    return place(api, to, scheduled_at=at.isoformat(), reference="tomorrow")


def call(api: httpx.Client, sid: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/calls/{sid}").raise_for_status().json()
    return found


def stopped_in_time(api: httpx.Client, sid: str, since: datetime) -> None:
    """Refused for the list within five seconds of the opt-out, by the instants on record."""
    until(lambda: call(api, sid)["state"] == "refused", 30)
    found = call(api, sid)
    assert (found["error"], found["attempts"]) == ("dnc_listed", [])
    assert found["receipts"][-1]["allowed"] is False
    assert datetime.fromisoformat(found["ended_at"]) - since < LAW


@pytest.fixture(scope="module")
def support(system: System) -> Iterator[Visitor]:
    with visiting(system, "support") as visitor:
        yield visitor


def list_it(support: Visitor, number: str) -> None:
    """Support looks the number up, and puts it on the list."""
    page = "/t/acme/numbers"
    shown = support.send(page, {"number": number}, f"{page}/search").headers["location"]
    query = shown.partition("?")[2]
    support.send(shown, {"reason": "By phone"}, f"{page}/do-not-call?{query}")


def test_on_the_page_of_a_number(support: Visitor, api: httpx.Client) -> None:
    sid = tomorrow(api, AREA + "1001")
    list_it(support, AREA + "1001")
    stopped_in_time(api, sid, datetime.now(UTC))


def test_sent_by_a_program(api: httpx.Client) -> None:
    sid = tomorrow(api, AREA + "1004")
    api.post("/dnc", json={"number": AREA + "1004", "reason": "By e-mail"}).raise_for_status()
    stopped_in_time(api, sid, datetime.now(UTC))


def test_spoken_in_a_call(system: System, api: httpx.Client) -> None:
    """The second call waits; in the first, the callee asks not to be called again."""
    waits, first = tomorrow(api, SAYS_STOP), place(api, SAYS_STOP)
    until(lambda: call(api, first)["state"] == "completed", 60)
    stopped_in_time(api, waits, datetime.fromisoformat(call(api, first)["ended_at"]))
    assert len(call(api, first)["attempts"]) == 1
    assert system.placed_to(SAYS_STOP) == 1


def test_while_it_is_about_to_be_dialled(
    system: System, support: Visitor, api: httpx.Client
) -> None:
    """Its minute comes right after the opt-out: whichever loop sees it first, nobody is rung."""
    number, soon = AREA + "1002", datetime.now(UTC) + timedelta(seconds=6)
    sid = place(api, number, scheduled_at=soon.isoformat())
    list_it(support, number)
    assert datetime.now(UTC) < soon, "the machine was too slow to tell"
    until(lambda: call(api, sid)["state"] == "refused", 30)
    until(lambda: datetime.now(UTC) > soon + timedelta(seconds=2), 30)
    assert (call(api, sid)["attempts"], system.placed_to(number)) == ([], 0)


def test_twenty_that_wait_are_all_stopped_in_time(
    system: System, support: Visitor, api: httpx.Client
) -> None:
    number = AREA + "1003"
    days = [datetime.now(UTC) + timedelta(days=2, minutes=n) for n in range(20)]
    sids = [place(api, number, scheduled_at=day.isoformat()) for day in days]
    list_it(support, number)
    listed = datetime.now(UTC)
    for sid in sids:
        stopped_in_time(api, sid, listed)
    assert system.placed_to(number) == 0
