"""What was accepted in good faith and may never be placed any more is stopped while it waits (R5.7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from calls.consent import actions as consent
from calls.consent.queries import records_of
from calls.dispatch import sweep
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.greetings import actions as greetings
from calls.greetings.queries import approval_of
from calls.placing import actions as placing
from calls.placing import touched
from calls.records.models import Call, Receipt
from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.dispatch.steps import claim, fresh, story
from tests.world import CALLEE, NEW_YORKER, NOW, PENSACOLAN, SEED, World

SECOND = timedelta(seconds=1)
TOMORROW = NOW + timedelta(days=1)


def scheduled(world: World, **fields: object) -> Call:
    """A call for tomorrow at this time."""
    return world.place(scheduled_at=TOMORROW, **fields).call


def listed(world: World, *, tenant: Tenant | None = None, **fields: object) -> DncEntry:
    given = {"number": CALLEE, "reason": "By phone", "source": "test"} | fields
    owner = world.acme if tenant is None else tenant
    return dnc.add_number(tenant=owner, actor=SEED, now=NOW + SECOND, **given)


def withdrawn(world: World) -> None:
    asked = approval_of(world.appointment.live_revision)
    assert asked
    greetings.withdraw_approval(asked=asked, actor=world.alice, now=NOW + SECOND)


def stop() -> int:
    return placing.stop_forbidden(since=NOW, now=NOW + 2 * SECOND)


def test_somebody_who_opts_out_is_not_called_tomorrow_either(world: World) -> None:
    call = scheduled(world)
    listed(world)
    assert stop() == 1
    assert (fresh(call).state, fresh(call).reason) == ("refused", "dnc_listed")
    assert story(call) == ["accepted", "refused"]


def test_its_receipt_says_what_every_gate_saw_then(world: World) -> None:
    call = scheduled(world)
    listed(world)
    stop()
    receipt = call.receipts.get(moment=Receipt.STOP)
    assert (receipt.allowed, receipt.at) == (False, NOW + 2 * SECOND)
    assert [v["gate"] for v in receipt.verdicts if v["outcome"] != "pass"] == ["dnc"]


def test_words_that_were_withdrawn_stop_every_call_that_waits_to_say_them(world: World) -> None:
    calls = [scheduled(world, reference=str(n)) for n in range(2)]
    other = scheduled(world, greeting_id=world.reminder.public_id, variables=VALUES)
    withdrawn(world)
    assert stop() == 2
    assert {fresh(call).reason for call in calls} == {"greeting_not_approved"}
    assert fresh(other).state == "queued"


VALUES = {"first_name": "Maria", "day": "Friday, 27 November", "hour": "2:30 pm"}


def test_a_prefix_stops_every_number_that_begins_with_it(world: World) -> None:
    call = scheduled(world)
    listed(world, number=CALLEE[:8], is_prefix=True)
    assert stop() == 1
    assert fresh(call).reason == "dnc_listed"


def test_the_platforms_list_reaches_every_tenant(world: World) -> None:
    call = scheduled(world)
    dnc.add_number(
        tenant=None, number=CALLEE, reason="Fraud", source="test", actor=SEED, now=NOW + SECOND
    )
    assert stop() == 1
    assert fresh(call).reason == "dnc_listed"


def test_another_tenants_list_stops_nothing_here(world: World) -> None:
    call = scheduled(world)
    listed(world, tenant=world.globex)
    assert stop() == 0
    assert fresh(call).state == "queued"
    assert not call.receipts.filter(moment=Receipt.STOP).exists()


def test_other_numbers_go_on(world: World) -> None:
    call = scheduled(world, to="+15555550123")
    listed(world)
    assert stop() == 0
    assert fresh(call).state == "queued"


def test_what_a_leaked_key_asked_for_is_stopped(world: World) -> None:
    call = scheduled(world, actor=world.program, door="api")
    own = scheduled(world, reference="Bob's")
    tenants.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW + SECOND, leaked=True)
    assert stop() == 1
    assert (fresh(call).state, fresh(call).reason) == ("refused", "not_permitted")
    assert fresh(own).state == "queued"


def test_what_a_rotated_key_asked_for_goes_on(world: World) -> None:
    call = scheduled(world, actor=world.program, door="api")
    tenants.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW + SECOND)
    assert stop() == 0
    assert fresh(call).state == "queued"


def test_consent_that_was_taken_back_stops_what_rested_on_it(world: World) -> None:
    call = scheduled(world, to=NEW_YORKER)
    other = scheduled(world, to=PENSACOLAN, reference="2")
    (given,) = records_of(world.acme, NEW_YORKER)
    consent.revoke_consent(record=given, how="By phone", actor=world.bob, now=NOW + SECOND)
    assert stop() == 1
    assert (fresh(call).reason, fresh(other).state) == ("consent_missing", "queued")


def test_an_entry_that_was_lifted_again_stops_nothing(world: World) -> None:
    call = scheduled(world)
    dnc.lift_number(entry=listed(world), actor=world.alice, now=NOW + SECOND)
    assert stop() == 0
    assert fresh(call).state == "queued"


def test_stopping_twice_changes_nothing(world: World) -> None:
    call = scheduled(world)
    listed(world)
    assert [stop(), stop()] == [1, 0]
    assert call.receipts.count() == 2


def test_a_call_that_is_being_dialled_is_left_to_the_gates_at_dialling(world: World) -> None:
    call = world.place().call
    assert claim(call)
    listed(world)
    assert stop() == 0
    assert not placing.stop_call(call_id=call.pk, now=NOW + SECOND)
    assert fresh(call).state == "dispatching"


def test_a_call_that_only_has_to_wait_waits(world: World) -> None:
    call = scheduled(world)
    assert not placing.stop_call(call_id=call.pk, now=NOW)
    assert fresh(call).state == "queued"


def test_more_numbers_than_can_be_named_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touched, "MANY", 1)
    call = scheduled(world)
    for number in (CALLEE, "+15555550123", "+15555550124"):
        listed(world, number=number)
    assert stop() == 1
    assert fresh(call).reason == "dnc_listed"


def test_one_call_nobody_can_judge_does_not_keep_the_others_going(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = scheduled(world, reference="1"), scheduled(world, reference="2")
    monkeypatch.setattr("calls.placing.actions.stop.stop_call", broken_for(first))
    listed(world)
    assert stop() == 1
    assert fresh(second).reason == "dnc_listed"


def broken_for(call: Call) -> Callable[..., bool]:
    real = placing.stop_call

    def judge(**given: object) -> bool:
        if given["call_id"] == call.pk:
            raise RuntimeError("odd row")
        return real(**given)  # type: ignore[arg-type]

    return judge


def test_each_round_of_the_sweep_begins_where_the_last_one_ended(world: World) -> None:
    call = scheduled(world)
    assert sweep.stop_forbidden(now=NOW) == 0
    listed(world)
    assert sweep.stop_forbidden(now=NOW + 2 * SECOND) == 1
    assert fresh(call).state == "refused"
    assert sweep.stop_forbidden(now=NOW + 3 * SECOND) == 0


def test_the_first_round_looks_back_a_day(world: World) -> None:
    scheduled(world)
    listed(world)
    assert sweep.stop_forbidden(now=NOW + timedelta(hours=20)) == 1
