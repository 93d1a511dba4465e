"""The oracle sees what it should: each broken promise is found, and named."""

from datetime import timedelta

import pytest

from calls.audit import actions as audit
from calls.audit.models import AuditEntry
from calls.dispatch.models import Attempt
from calls.records.models import Call, CallEvent, Receipt
from tests.dispatch.steps import ACCEPTED, asking, claim, conclude, lost, placed
from tests.faults import oracle
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def found(**given: object) -> set[str]:
    """The promises that are broken."""
    return {name for name, what in oracle.broken(**given).items() if what}  # type: ignore[arg-type]


def test_all_is_well_with_calls_in_every_state(world: World) -> None:
    world.place(to="+15555551001")
    placed(world, remote="SM1", to="+15555551002")
    asked = Attempt.objects.get()
    assert found(placed=[f"{asked.call.sid}-1"]) == set()


def test_two_requests_of_one_call_that_were_both_placed(world: World) -> None:
    assert "called twice" in found(placed=["CA1-1", "CA2-1", "CA1-2"])


def test_a_call_the_carrier_placed_that_no_attempt_asked_for(world: World) -> None:
    call = placed(world)
    assert found(placed=[f"{call.sid}-2"]) == {"not on record"}


def test_a_call_the_carrier_placed_that_we_say_was_refused(world: World) -> None:
    call = placed(world)
    Call.objects.filter(pk=call.pk).update(state="refused")
    assert "not on record" in found(placed=[f"{call.sid}-1"])


def test_a_callee_called_twice(world: World) -> None:
    assert found(placed=["+15555551001", "+15555551001"]) == {"called twice"}


def test_a_call_nobody_works_on(world: World) -> None:
    claim(world.place().call)
    assert found() == {"lost"}


def test_a_call_said_to_be_under_way_without_an_attempt(world: World) -> None:
    call = placed(world)
    Attempt.objects.filter(call=call).update(outcome="refused")
    assert "lost" in found()


def test_a_request_without_a_receipt(world: World) -> None:
    conclude(asking(world.place().call), ACCEPTED)
    Attempt.objects.update(intent_at=NOW + timedelta(seconds=1))
    assert found() == {"dialled without leave"}


def test_a_request_although_a_gate_was_closed(world: World) -> None:
    conclude(asking(world.place().call), ACCEPTED)
    Receipt.objects.filter(moment=Receipt.DIAL).update(allowed=False)
    assert "dialled without leave" in found()


def test_a_state_that_no_event_explains(world: World) -> None:
    Call.objects.filter(pk=placed(world).pk).update(state="completed")
    assert found() == {"jumps"}


def test_a_step_that_no_state_allows(world: World) -> None:
    call = placed(world)
    CallEvent.objects.filter(call=call, what="placed").update(
        data={"from": "queued", "to": "placed"}
    )
    assert found() == {"jumps"}


def test_moves_are_one_way_whatever_clock_wrote_them() -> None:
    moves = [("dispatching", "placed"), ("queued", "dispatching"), ("dispatching", "queued")]
    moves.append(("queued", "dispatching"))
    assert oracle.is_way("queued", moves, "placed")
    assert not oracle.is_way("queued", moves, "queued")
    assert not oracle.is_way("queued", [*moves, ("ringing", "completed")], "completed")


def test_an_audit_entry_that_was_changed(world: World) -> None:
    audit.seal_waiting()
    AuditEntry.objects.filter(pk=AuditEntry.objects.latest("id").pk).update(verb="nothing.done")
    assert found() == {"flaws"}


def test_a_number_in_the_log(world: World) -> None:
    assert found(log="dialled +15555551001", canaries=["+15555551001"]) == {"told"}


def test_a_call_of_which_nobody_knows_is_not_at_rest_yet(world: World) -> None:
    lost(world)
    assert found() == {"lost"}
