"""Every script of the sandbox, from accept to the final state, with what the ledger shows."""

import pytest

from calls.carriers.sandbox import Sandbox
from calls.carriers.sandbox.scripts import BY_DIGITS, SCRIPTS
from calls.dnc.models import DncEntry
from calls.events import actions as events
from calls.events.models import InboundEvent
from tests.carriers.world import fetch, receiving
from tests.dispatch.steps import fresh, story
from tests.dispatch.wire import carry, finish, ledger, order, placed_to
from tests.patience import until
from tests.world import HOOK_SECRET, HOOK_TOKEN, World

# the number's last digits; the final state, disposition and bucket; calls really placed
ENDS = [
    ("5678", "completed", "answered", "reached", 1),
    ("0001", "busy", "", "busy", 1),
    ("0002", "no_answer", "", "no_answer", 1),
    ("0003", "failed", "", "failed", 1),
    ("0004", "completed", "voicemail", "voicemail", 1),
    ("0005", "completed", "answered", "reached", 1),
    ("0006", "completed", "opted_out", "reached", 1),
    ("0101", "completed", "answered", "reached", 1),
    ("0102", "completed", "answered", "reached", 1),
    ("0103", "needs_human", "", "unknown", 0),
    ("0104", "completed", "answered", "reached", 1),
    ("0105", "rejected", "", "rejected", 0),
    ("0106", "completed", "answered", "reached", 1),
    ("0107", "completed", "answered", "reached", 1),
    ("0108", "completed", "answered", "reached", 1),
    ("0109", "completed", "answered", "reached", 1),
    ("0110", "completed", "answered", "reached", 1),
]

# scripts without digits of their own
NAMED = [
    ("accepted_502", "completed", 1),
    ("accepted_504", "completed", 1),
    ("late", "completed", 1),
    ("truncated", "completed", 1),
    ("oversized", "completed", 1),
    ("reset", "completed", 1),
    ("nameless", "completed", 1),
    ("forged_events", "completed", 1),
    ("rejected_401", "queued", 0),
    ("rejected_403", "queued", 0),
]


@pytest.mark.parametrize(("digits", "state", "disposition", "outcome", "count"), ENDS)
def test_from_accept_to_the_end(
    world: World,
    sandbox: Sandbox,
    digits: str,
    state: str,
    disposition: str,
    outcome: str,
    count: int,
) -> None:
    call = placed_to(world, digits)
    carry(call)
    call = finish(world, call)
    assert (call.state, call.disposition, call.outcome) == (state, disposition, outcome)
    assert ledger(sandbox, call) == count
    assert bool(call.duration_seconds) is bool(call.summary) is (state == "completed")


def test_every_script_with_digits_is_tried() -> None:
    assert {digits for digits, *_ in ENDS} >= set(BY_DIGITS)
    tried = {BY_DIGITS.get(digits, "answered") for digits, *_ in ENDS}
    untried = set(SCRIPTS) - tried - {name for name, *_ in NAMED}
    assert untried == {"lagging_log"}  # in test_reconcile.py


@pytest.mark.parametrize(("script", "state", "count"), NAMED)
def test_scripts_by_name(
    world: World, sandbox: Sandbox, script: str, state: str, count: int
) -> None:
    call = placed_to(world, "7000")
    order(sandbox, call, script)
    call = carry(call)
    if state != "queued":
        call = finish(world, call)
    assert call.state == state
    assert ledger(sandbox, call) == count


@pytest.mark.parametrize("script", ["rejected_401", "rejected_403"])
def test_refused_credentials_pause_the_account_at_the_first(
    world: World, sandbox: Sandbox, script: str
) -> None:
    call = placed_to(world, "7000")
    order(sandbox, call, script)
    carry(call)
    world.account.refresh_from_db()
    assert world.account.paused_at is not None
    assert call.attempts.count() == 1


def test_a_throttled_call_is_asked_for_three_times(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0104"))
    attempts = call.attempts.order_by("number").values_list("outcome", "evidence")
    assert list(attempts) == [("refused", "E3"), ("refused", "E3"), ("accepted", "E4")]
    assert ledger(sandbox, call) == 1


def test_a_rejected_call_says_what_the_carrier_said(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0105"))
    assert "The script refuses with 400" in call.reason_text
    assert call.attempts.count() == 1


def test_an_escalated_call_says_so(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "0005")
    carry(call)
    assert finish(world, call).escalated


def test_an_opt_out_reaches_the_list(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "0006")
    carry(call)
    finish(world, call)
    assert DncEntry.objects.get().number == call.to


def test_two_rows_for_one_call_are_flagged(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "0110")
    carry(call)
    finish(world, call)
    assert story(call).count("provider_duplicate") == 1


def test_jumbled_events_end_in_the_right_state_by_themselves(
    world: World, sandbox: Sandbox
) -> None:
    """No log is read here: six deliveries, each event thrice and in the wrong order."""
    with receiving() as receiver:
        orders = {"name": "Acme", "webhook_url": receiver.url, "webhook_secret": HOOK_SECRET}
        fetch(f"{sandbox.url}/control/accounts/sandbox-acme", method="PUT", orders=orders)
        call = carry(placed_to(world, "0108"))
        until(lambda: len(receiver.got) == 6)
    for headers, body in receiver.got:
        at = call.created_at
        row = events.receive(token=HOOK_TOKEN, headers=headers, body=body, now=at)
        events.absorb(event_id=row.pk, now=at)
    assert (fresh(call).state, fresh(call).disposition) == ("completed", "answered")
    assert list(InboundEvent.objects.values_list("deliveries", flat=True)) == [3, 3]
    assert story(call).count("completed") == 1
