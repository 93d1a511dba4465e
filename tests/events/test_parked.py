"""An event that comes before its call is known waits, binds it when it can, and is given up in a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.events import actions as events
from calls.events.actions import MOST_AT_ONCE
from calls.events.models import InboundEvent
from calls.records import states
from tests.events.deliveries import SID, absorb, asking, deliver, envelope, fresh
from tests.world import NEW_YORKER, NOW, World

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
DONE = envelope("voice.call.completed", status="completed")


def test_it_binds_the_one_open_attempt_between_its_numbers(world: World) -> None:
    call, _ = asking(world)
    assert absorb(deliver(DONE)) == "applied"
    call = fresh(call)
    assert (call.state, call.carrier_call_id) == (states.COMPLETED, SID)
    attempt = call.attempts.get()
    assert (attempt.outcome, attempt.evidence) == ("accepted", "E6")


def test_it_settles_what_was_unknown(world: World) -> None:
    call, attempt_id = asking(world)
    answer = Answer(Evidence.UNKNOWN, reason="No answer in time.")
    dispatch.conclude(attempt_id=attempt_id, answer=answer, now=NOW)
    assert fresh(call).state == states.UNKNOWN
    assert absorb(deliver(DONE)) == "applied"
    assert fresh(call).state == states.COMPLETED


@pytest.mark.parametrize(
    "numbers",
    [
        {"to_number": NEW_YORKER},
        {"from_number": "+15555550002"},
        {"to_number": None},
        {"from_number": None},
    ],
)
def test_without_both_numbers_it_waits(world: World, numbers: dict[str, Any]) -> None:
    call, _ = asking(world)
    assert absorb(deliver(envelope(**numbers))) == "parked"
    assert fresh(call).state == states.DISPATCHING


def test_an_event_from_before_we_asked_is_another_calls(world: World) -> None:
    before = (NOW - timedelta(minutes=1)).isoformat()
    body = DONE.replace(NOW.isoformat().encode(), before.encode())
    call, _ = asking(world)
    assert absorb(deliver(body)) == "parked"
    assert fresh(call).state == states.DISPATCHING


def test_parked_it_is_tried_again_until_its_call_appears(world: World) -> None:
    row = deliver(DONE)
    assert absorb(row) == "parked"
    call, _ = asking(world)
    assert events.absorb_waiting(now=NOW + SECOND) == 1
    assert fresh(call).state == states.COMPLETED
    row.refresh_from_db()
    assert (row.effect, row.call, row.absorbed_at) == ("applied", call, NOW + SECOND)
    assert events.absorb_waiting(now=NOW + 2 * SECOND) == 0


@pytest.mark.parametrize(("age", "given_up"), [(DAY, False), (DAY + SECOND, True)])
def test_after_a_day_it_is_given_up(world: World, age: timedelta, given_up: bool) -> None:
    row = deliver(DONE)
    absorb(row, now=NOW + age)
    row.refresh_from_db()
    assert (row.effect, row.absorbed_at is not None) == ("parked", given_up)
    assert events.absorb_waiting(now=NOW + age) == (0 if given_up else 1)


def test_given_up_it_touches_nothing_any_more(world: World) -> None:
    row = deliver(DONE)
    absorb(row, now=NOW + DAY + SECOND)
    call, _ = asking(world)
    assert absorb(row) == "parked"
    assert fresh(call).state == states.DISPATCHING


def test_waiting_events_are_taken_oldest_first(world: World) -> None:
    call, _ = asking(world)
    late = deliver(envelope(event_id="b", status="ringing"), now=NOW + SECOND)
    early = deliver(envelope(event_id="a", status="in-progress"))
    assert events.absorb_waiting(now=NOW + SECOND) == 2
    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.effect, late.effect) == ("applied", "no_change")
    assert fresh(call).state == states.IN_PROGRESS


def test_what_was_never_tried_comes_before_what_waits(world: World) -> None:
    orphan = deliver(envelope(event_id="orphan", call_sid="CAother", to_number=NEW_YORKER))
    absorb(orphan)
    InboundEvent.objects.bulk_create(
        InboundEvent(
            account=world.account,
            dedupe_key=f"orphan-{n}",
            kind=orphan.kind,
            body=orphan.body,
            received_at=NOW,
            effect=InboundEvent.PARKED,
        )
        for n in range(MOST_AT_ONCE)
    )
    call, _ = asking(world)
    deliver(DONE, now=NOW + SECOND)
    events.absorb_waiting(now=NOW + SECOND)
    assert fresh(call).state == states.COMPLETED


def test_an_orphan_that_is_tried_in_vain_is_not_written(world: World) -> None:
    row = deliver(envelope(call_sid="CAother", to_number=NEW_YORKER))
    absorb(row)
    with CaptureQueriesContext(connection) as asked:
        absorb(row)
    assert [q["sql"] for q in asked if q["sql"].startswith("UPDATE")] == []
