"""The carrier's log decides what nobody heard: found, still missing, unreadable, or twice there."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch.dial import dial
from calls.dispatch.reconcile import reconcile
from calls.records.models import Call
from tests.dispatch.steps import fresh, story
from tests.dispatch.wire import carry, finish, ledger, log_answers, order, placed_to
from tests.patience import until
from tests.world import World


def look(world: World, seconds: float) -> int:
    """Read the log as if so many seconds had passed."""
    return reconcile(account=world.account, now=timezone.now() + timedelta(seconds=seconds))


def test_nothing_due_asks_nobody(world: World) -> None:
    """Nobody listens at the account's address, and nobody notices."""
    assert look(world, 0) == 0


def test_a_lost_call_is_found_in_the_log(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0101"))
    assert (call.state, call.carrier_call_id) == ("unknown", None)
    assert look(world, 3) == 1
    call = fresh(call)
    assert call.carrier_call_id
    assert call.state in ("placed", "ringing", "in_progress", "completed")
    assert call.events.get(what="placed").data["found_by"] == "call_log"


def test_a_log_that_cannot_be_read_proves_nothing(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0103"))
    log_answers(sandbox, 500)
    assert look(world, 60) == 1
    assert fresh(call).state == "unknown"
    log_answers(sandbox, 0)
    look(world, 180)
    assert fresh(call).state == "needs_human"


def test_a_carrier_that_is_gone_proves_nothing(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0101"))
    world.account.base_url = "http://127.0.0.1:9"
    world.account.save()
    assert look(world, 60) == 1
    assert fresh(call).state == "unknown"


def test_a_call_that_shows_up_late_is_found_late(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "7000")
    order(sandbox, call, "dropped")
    carry(call)
    sandbox.server.control.log_lag = 0.3
    look(world, 3)
    assert fresh(call).state == "unknown"

    def found() -> bool:
        Call.objects.filter(pk=call.pk).update(next_check_at=timezone.now())
        look(world, 4)
        return fresh(call).carrier_call_id is not None

    until(found)
    assert ledger(sandbox, call) == 1


def test_a_lagging_log_does_not_hurry_a_placed_call(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "7000")
    order(sandbox, call, "lagging_log")
    assert carry(call).state == "placed"
    look(world, 60)
    assert fresh(call).state == "placed"
    assert finish(world, call).state == "completed"


def test_people_are_asked_and_then_relieved_by_the_log(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0101"))
    sandbox.server.control.log_lag = 3600.0
    look(world, 60)
    assert fresh(call).state == "needs_human"
    sandbox.server.control.log_lag = 0.0
    minutes = count(2, 2)
    until(lambda: look(world, 60 * next(minutes)) and fresh(call).state == "completed")
    assert ledger(sandbox, call) == 1


def test_a_second_call_to_the_same_number_finds_its_own_row(world: World, sandbox: Sandbox) -> None:
    first = placed_to(world, "7000")
    carry(first)
    first = finish(world, first)
    second = placed_to(world, "7000", allow_duplicate=True)
    order(sandbox, second, "dropped")
    carry(second)
    second = finish(world, second)
    assert first.carrier_call_id != second.carrier_call_id
    assert (fresh(first).state, second.state) == ("completed", "completed")
    assert story(first).count("provider_duplicate") == 0
    assert ledger(sandbox, first) == 2


def test_while_a_newer_call_is_unconfirmed_its_row_is_not_taken_for_a_duplicate(
    world: World, sandbox: Sandbox
) -> None:
    first = carry(placed_to(world, "7000"))
    second = placed_to(world, "7000", allow_duplicate=True)
    order(sandbox, second, "dropped")
    carry(second)
    assert (first.state, fresh(second).state) == ("placed", "unknown")
    look(world, 3)
    assert story(first).count("provider_duplicate") == 0
    assert fresh(second).carrier_call_id not in (None, first.carrier_call_id)


def test_many_calls_are_found_in_one_reading(world: World, sandbox: Sandbox) -> None:
    calls = []
    for n in range(5):
        call = placed_to(world, f"70{n:02}")
        order(sandbox, call, "dropped")
        calls.append(carry(call))
    assert {call.state for call in calls} == {"unknown"}
    assert look(world, 5) == 5
    assert all(fresh(call).carrier_call_id for call in calls)


def test_a_call_that_was_never_taken_is_never_dialled_again(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0103"))
    assert finish(world, call).state == "needs_human"
    assert not dial(call_id=call.pk)
    assert (call.attempts.count(), ledger(sandbox, call)) == (1, 0)


def test_a_row_from_before_we_asked_is_another_calls(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "0101"))
    call.attempts.update(intent_at=timezone.now() + timedelta(seconds=45))
    look(world, 50)
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("unknown", None)
    call.attempts.update(intent_at=timezone.now() + timedelta(seconds=20))  # clocks may differ
    look(world, 110)
    assert fresh(call).carrier_call_id
