"""What a call tells about itself."""

from datetime import timedelta

import pytest

from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked
from tests.world import NOW, World


@pytest.mark.parametrize("state", states.STATES)
def test_a_call_in_each_state(state: str) -> None:
    call = Call(state=state)
    assert call.status == states.PUBLIC_STATUS[state]
    assert call.is_over is (state in states.TERMINAL)
    assert call.can_be_canceled is (state in ("held", "queued"))


def test_scheduled_means_queued_with_its_minute_to_come() -> None:
    later = NOW + timedelta(minutes=1)
    assert Call(state="queued", due_at=later).is_scheduled(NOW)
    assert not Call(state="queued", due_at=NOW).is_scheduled(NOW)
    assert not Call(state="canceled", due_at=later).is_scheduled(NOW)


def test_its_name_holds_no_number(world: World) -> None:
    call = world.place().call
    assert str(call) == call.sid == call.public_id
    assert call.to not in f"{call} {call.events.get()} {call.receipts.get()}"


def test_a_locked_call_comes_with_its_account(world: World) -> None:
    call = locked(world.place().call.pk)
    assert call.account == world.account
