"""Every script of the sandbox against the whole running system: how each call ends, and the ledger."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.flows.system import System, start
from tests.patience import until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("scripts")]

# last four digits of `to` → the state it ends in, calls in the ledger
ENDS = {
    "1234": ("completed", 1),
    "0001": ("busy", 1),
    "0002": ("no_answer", 1),
    "0003": ("failed", 1),
    "0004": ("completed", 1),
    "0005": ("completed", 1),
    "0006": ("completed", 1),
    "0101": ("completed", 1),
    "0102": ("completed", 1),
    "0103": ("needs_human", 0),
    "0104": ("completed", 1),
    "0105": ("rejected", 0),
    "0106": ("completed", 1),
    "0107": ("completed", 1),
    "0108": ("completed", 1),
    "0109": ("completed", 1),
}
FINAL = {"completed", "busy", "no_answer", "failed", "rejected", "needs_human"}
AREA = "+1555700"
PATIENCE_SECONDS = 60


class Placed:
    """All calls, asked for at once; each is waited for until it is final."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.client = httpx.Client(
            base_url=f"{system.url}/api/v1",
            headers={"authorization": f"Bearer {system.seed['api_key']}"},
            trust_env=False,
        )
        self.began = time.monotonic()
        self.sids = {digits: self.place(digits) for digits in ENDS}

    def place(self, digits: str) -> str:
        """Ask for one call; its call_sid."""
        answer = self.client.post("/make-call", json={"to": AREA + digits})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["call_sid"])

    def end_of(self, digits: str) -> dict[str, Any]:
        """The call once its state is final, 60 s after the first was asked for at the latest."""
        while True:
            call: dict[str, Any] = self.client.get(f"/calls/{self.sids[digits]}").json()
            if call["state"] in FINAL:
                return call
            age = time.monotonic() - self.began
            assert age < PATIENCE_SECONDS, f"{digits} is {call['state']} after {age:.0f} s"
            time.sleep(0.1)

    def ledger(self, digits: str) -> int:
        """How often the sandbox really placed a call to this number."""
        return self.system.placed_to(AREA + digits)

    def whats(self, digits: str) -> list[str]:
        """What happened to a call, in order."""
        return [event["what"] for event in self.end_of(digits)["events"]]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A house of its own: one of these scripts stops the carrier account that all would share."""
    folder = tmp_path_factory.mktemp("scripts")
    system = System(start(folder), folder)
    try:
        system.wait()
        yield system
    finally:
        system.end()


@pytest.fixture(scope="module")
def placed(own: System) -> Iterator[Placed]:
    """Every script at once, as a busy minute would bring them."""
    asked = Placed(own)
    with closing(asked.client):
        yield asked


@pytest.mark.parametrize(("digits", "state", "count"), [(d, *end) for d, end in ENDS.items()])
def test_the_call_ends_in_its_state_and_was_placed_once_or_never(
    placed: Placed, digits: str, state: str, count: int
) -> None:
    assert placed.end_of(digits)["state"] == state
    assert placed.ledger(digits) == count


def test_an_answered_call_has_a_duration_and_a_summary(placed: Placed) -> None:
    call = placed.end_of("1234")
    assert call["duration_seconds"] > 0
    assert call["summary"]


def test_an_escalated_call_says_so(placed: Placed) -> None:
    assert placed.end_of("0005")["escalated"] is True
    assert placed.end_of("1234")["escalated"] is False


@pytest.mark.parametrize("digits", ["0101", "0102", "0107"])
def test_a_lost_answer_was_unknown_before_it_was_found_out(placed: Placed, digits: str) -> None:
    whats = placed.whats(digits)
    assert "outcome_unknown" in whats or "late_answer" in whats
    assert whats.count("asking") == 1


def test_a_throttled_call_was_asked_for_three_times_with_proof_between(placed: Placed) -> None:
    call = placed.end_of("0104")
    assert [attempt["evidence"] for attempt in call["attempts"]] == ["E3", "E3", "E4"]


def test_what_nobody_can_find_waits_for_a_person_and_is_not_asked_again(placed: Placed) -> None:
    call = placed.end_of("0103")
    assert [attempt["outcome"] for attempt in call["attempts"]] == ["unknown"]
    assert call["status"] == "initiated"


def test_events_sent_three_times_and_out_of_order_change_each_thing_once(placed: Placed) -> None:
    whats = placed.whats("0108")
    assert whats.count("completed") == 1
    assert whats.count("in_progress") <= 1


def test_who_asked_in_the_call_is_not_called_again(placed: Placed) -> None:
    placed.end_of("0006")
    again = placed.client.post(
        "/make-call", json={"to": f"{AREA}0006", "allow_duplicate": True, "reference": "again"}
    )
    assert (again.status_code, again.json()["error"]) == (409, "dnc_listed")


def test_every_accepted_call_carries_the_receipt_that_let_it_ring_at_any_hour(
    placed: Placed,
) -> None:
    receipts = placed.end_of("1234")["receipts"]
    assert [receipt["moment"] for receipt in receipts] == ["accept", "dial"]
    hours = next(v for v in receipts[0]["verdicts"] if v["gate"] == "hours")
    assert "fictional" in hours["message"]


def test_a_second_row_in_the_log_stops_the_account_until_an_admin_resumes_it(
    placed: Placed, browser: Browser
) -> None:
    for digits in ENDS:
        placed.end_of(digits)  # nobody else waits for the account
    placed.sids["0110"] = placed.place("0110")
    until(lambda: "provider_duplicate" in placed.whats("0110"))
    placed.sids["7000"] = placed.place("7000")
    page = placed.system.sign_in(browser, "admin").new_page()
    page.goto(placed.system.path())
    expect(page.get_by_text("Sandbox of Acme is paused; its calls wait")).to_be_visible()
    page.goto(f"{placed.system.url}/admin/calls/carrieraccount/")
    page.get_by_role("link", name="Sandbox of Acme").click()
    page.get_by_role("button", name="Resume…").click()
    page.get_by_role("button", name="Resume", exact=True).click()
    placed.began = time.monotonic()
    assert placed.end_of("7000")["state"] == "completed"
    assert placed.ledger("0110") == placed.ledger("7000") == 1
