"""Once an hour: our attempts, the carrier's log and stray events, held against each other over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.carriers.base import CallRequest, carrier_for
from calls.carriers.sandbox import Sandbox
from calls.dispatch import reconcile
from calls.dispatch.models import Finding
from calls.events import matching
from calls.events.models import InboundEvent
from calls.lib.ids import new_id
from calls.records.models import Call
from calls.routes.queries import access_to
from tests.carriers.world import fetch
from tests.dispatch.conftest import running as running
from tests.dispatch.conftest import sandbox as sandbox
from tests.dispatch.steps import fresh, lost
from tests.dispatch.wire import carry, finish, log_answers, placed_to
from tests.events.deliveries import envelope
from tests.world import CALLER_ID, NOW, World, account_of


def match(world: World, seconds: float = 0) -> list[Finding]:
    """The hourly look, as if so many seconds had passed."""
    now = timezone.now() + timedelta(seconds=seconds)
    return matching.match_account(account=world.account, now=now)


def kinds(found: list[Finding]) -> list[str]:
    return [row.kind for row in found]


def dial_past_us(world: World, to: str) -> None:
    """Somebody with our credentials calls without asking us."""
    request = CallRequest(to, CALLER_ID, "support_primary", "Hi", idempotency_key="theirs")
    assert carrier_for(access_to(world.account)).place(request).carrier_call_id


def test_nothing_to_say_of_calls_that_agree(world: World, sandbox: Sandbox) -> None:
    finish(world, carry(placed_to(world, "7000")))
    assert match(world, 60) == []


def test_a_call_made_past_us_is_found(world: World, sandbox: Sandbox) -> None:
    dial_past_us(world, "+15555557001")
    (row,) = match(world)
    assert (row.kind, row.tenant_id) == ("only_there", world.acme.pk)
    assert row.data["to"] == "+15555557001"


def test_a_call_the_log_lost_is_found_after_its_window(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "7000"))
    fetch(f"{sandbox.url}/control/reset", method="POST")
    assert match(world, 10) == []
    (row,) = match(world, 60)
    assert (row.kind, row.key, row.call_id) == ("only_here", call.carrier_call_id, call.pk)


def test_a_call_taken_for_never_placed_is_found_and_stops_the_account(
    world: World, sandbox: Sandbox
) -> None:
    call = carry(placed_to(world, "0101"))  # accepted, the connection dropped
    call.attempts.update(outcome="absent")
    Call.objects.filter(pk=call.pk).update(state="canceled")
    (row,) = match(world)
    assert (row.kind, row.call_id) == ("after_all", call.pk)
    world.account.refresh_from_db()
    assert world.account.paused_at


def test_a_call_that_waits_to_be_dialled_again_goes_on_instead(
    world: World, sandbox: Sandbox
) -> None:
    call = carry(placed_to(world, "0101"))  # accepted, the connection dropped
    call.attempts.update(outcome="absent")
    Call.objects.filter(pk=call.pk).update(state="queued")
    assert match(world) == []
    assert (fresh(call).state, call.attempts.get().outcome) == ("placed", "accepted")
    world.account.refresh_from_db()
    assert not world.account.paused_at


def test_an_event_of_a_call_nobody_knows_is_found(world: World, sandbox: Sandbox) -> None:
    InboundEvent.objects.create(
        account=world.account,
        dedupe_key="evt_stray",
        kind="voice.call.completed",
        body=envelope("voice.call.completed", call_sid="SM-stray").decode(),
        received_at=timezone.now(),
        effect=InboundEvent.PARKED,
    )
    assert match(world, 10) == []
    assert kinds(match(world, 60)) == ["event_only"]


def test_a_log_that_cannot_be_read_says_nothing(world: World, sandbox: Sandbox) -> None:
    carry(placed_to(world, "7000"))
    fetch(f"{sandbox.url}/control/reset", method="POST")
    log_answers(sandbox, 500)
    assert match(world, 60) == []
    assert Finding.objects.count() == 0


def test_of_half_a_log_only_a_second_ring_counts(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = carry(placed_to(world, "7000"))
    dial_past_us(world, "+15555557001")
    assert kinds(match(world)) == ["only_there"]
    dial_past_us(world, call.to)
    dial_past_us(world, "+15555557002")
    read = reconcile.read_log
    monkeypatch.setattr(reconcile, "read_log", lambda *given: (read(*given)[0], False))
    assert kinds(match(world)) == ["twice"]
    assert Finding.objects.get(kind="only_there").settled_at is None


def test_a_call_still_under_way_is_left_alone(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0101"))
    assert fresh(call).state == "unknown"
    assert match(world) == []


def test_every_account_in_use_is_matched_once_an_hour(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(placed_to(world, "7000"))
    sent: list[str] = []
    monkeypatch.setattr(matching, "later", lambda task, **ids: sent.append(ids["account_id"]))
    now = timezone.now()
    for minutes in (0, 59, 61):
        matching.match_waiting(now=now + timedelta(minutes=minutes))
    assert sent == [world.account.public_id] * 2


def test_an_account_nobody_used_is_not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "later", lambda task, **ids: pytest.fail("asked"))
    matching.match_waiting(now=timezone.now())


def test_few_begin_in_one_minute_and_each_has_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow log holds the hand that reads it, so they must not all be read at once."""
    sent: list[str] = []
    monkeypatch.setattr(matching, "later", lambda task, **ids: sent.append(ids["account_id"]))
    first = lost(world).attempts.get()
    for number in range(2, 6):
        account = account_of(world.acme, name=f"Line {number}", hook_token=f"hook-{number}" * 4)
        first.pk, first.number, first.account, first.outcome = new_id(), number, account, "refused"
        first.save(force_insert=True)
    for minute in range(4):
        matching.match_waiting(now=NOW + timedelta(minutes=minute))
        assert len(sent) <= 2 * (minute + 1)
    assert len(sent) == len(set(sent)) == 5
    matching.match_waiting(now=NOW + timedelta(minutes=61))
    assert sent[5:] == sent[:2]


def test_the_last_whole_match_is_kept_and_one_that_is_not_whole_is_none(
    world: World, sandbox: Sandbox
) -> None:
    log_answers(sandbox, 500)
    match(world)
    world.account.refresh_from_db()
    assert world.account.matched_at is None
    log_answers(sandbox, 0)
    match(world)
    world.account.refresh_from_db()
    assert world.account.matched_at is not None
