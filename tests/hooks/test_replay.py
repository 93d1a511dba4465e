"""Asked for again by people: one delivery, all that failed since an instant, and a test event."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.hooks import actions
from calls.hooks.actions import DeliveryUnderWay, EndpointDisabled, EndpointEnded, TooManyTests
from calls.hooks.models import Endpoint
from tests.hooks.steps import attempt, claim, delivery, endpoint, exhaust, fresh, said
from tests.world import NOW, World

DAY = timedelta(days=1)


def test_it_goes_out_again_under_its_own_id(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    lost = exhaust(row)
    again = actions.replay_delivery(delivery=lost, actor=world.ada, now=NOW + 9 * DAY)
    assert (again.event_id, again.tried, again.given_up_at) == (lost.event_id, 0, None)
    found = attempt(row, 200, NOW + 9 * DAY)
    assert (found.delivered_at, len(found.tries)) == (NOW + 9 * DAY, 11)


def test_with_the_whole_schedule_before_it(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    lost = exhaust(row)
    Endpoint.objects.update(failing_since=None)
    actions.replay_delivery(delivery=lost, actor=world.ada, now=NOW)
    assert len(exhaust(row, begin=NOW).tries) == 20


def test_also_what_was_delivered(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    actions.replay_delivery(delivery=attempt(row, 200), actor=world.ada, now=NOW)
    assert attempt(row, 204).delivered_at == NOW


def test_not_what_is_being_tried(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    claimed = claim(row)
    with pytest.raises(DeliveryUnderWay):
        actions.replay_delivery(delivery=claimed.delivery, actor=world.ada, now=NOW)


def test_everything_that_failed_since_then(world: World) -> None:
    row = endpoint(world)
    before = delivery(row, next_at=None, given_up_at=NOW - DAY)
    after = delivery(row, next_at=None, given_up_at=NOW)
    done = delivery(row, next_at=None, delivered_at=NOW)
    later = NOW + DAY
    assert actions.replay_failed(endpoint=row, since=NOW, actor=world.ada, now=later) == 1
    assert [fresh(d).next_at for d in (before, after, done)] == [None, later, None]
    entry = AuditEntry.objects.get(verb="endpoint.failed_replayed")
    assert entry.after == {"since": NOW.isoformat(), "deliveries": 1}


def test_a_test_that_failed_is_not_among_it(world: World) -> None:
    row = endpoint(world)
    actions.send_test_event(endpoint=row, actor=world.ada, now=NOW)
    attempt(row, 500)
    assert actions.replay_failed(endpoint=row, since=NOW, actor=world.ada, now=NOW) == 0


def test_a_test_says_that_it_is_one(world: World) -> None:
    row = endpoint(world, events=["voice.call.failed"])
    sent = actions.send_test_event(endpoint=row, actor=world.ada, now=NOW)
    assert said(sent)["event"] == "voice.webhook.test"
    assert said(sent)["data"] == {
        "message": "This is a test. No call was placed.",
        "endpoint_id": row.public_id,
    }


@pytest.mark.parametrize("status", [500, 410])
def test_a_test_is_tried_once_and_counts_for_nothing(world: World, status: int) -> None:
    row = endpoint(world)
    actions.send_test_event(endpoint=row, actor=world.ada, now=NOW)
    found = attempt(row, status)
    assert (found.next_at, found.given_up_at) == (None, NOW)
    assert (Endpoint.objects.get().failing_since, Endpoint.objects.get().disabled_at) == (
        None,
        None,
    )


def test_a_second_test_waits_for_the_first(world: World) -> None:
    row = endpoint(world)
    by = {"endpoint": row, "actor": world.ada}
    actions.send_test_event(now=NOW, **by)
    with pytest.raises(TooManyTests):
        actions.send_test_event(now=NOW + DAY, **by)
    attempt(row, 200)
    assert actions.send_test_event(now=NOW, **by)


def test_three_tests_a_minute(world: World) -> None:
    row = endpoint(world)
    by = {"endpoint": row, "actor": world.ada}
    for _ in range(3):
        actions.send_test_event(now=NOW, **by)
        attempt(row, 200)
    with pytest.raises(TooManyTests):
        actions.send_test_event(now=NOW + timedelta(seconds=59), **by)
    assert actions.send_test_event(now=NOW + timedelta(minutes=1), **by)


def test_a_disabled_endpoint_gets_neither(world: World) -> None:
    row = endpoint(world)
    sent = delivery(row)
    row = actions.disable_endpoint(endpoint=row, actor=world.ada, now=NOW)
    by = {"actor": world.ada, "now": NOW}
    with pytest.raises(EndpointDisabled):
        actions.send_test_event(endpoint=row, **by)
    with pytest.raises(EndpointDisabled):
        actions.replay_delivery(delivery=sent, **by)
    with pytest.raises(EndpointDisabled):
        actions.replay_failed(endpoint=row, since=NOW, **by)


def test_nor_does_a_deleted_one(world: World) -> None:
    row = endpoint(world)
    sent = delivery(row)
    actions.end_endpoint(endpoint=row, actor=world.ada, now=NOW)
    with pytest.raises(EndpointEnded):
        actions.replay_delivery(delivery=sent, actor=world.ada, now=NOW)
