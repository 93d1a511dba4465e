"""What happens to calls is told: to whoever wants it, once, in the words of the contract."""

from datetime import timedelta
from typing import Any

import pytest

from calls.hooks import actions
from calls.hooks import envelope as words
from calls.hooks.models import Delivery, Endpoint
from calls.limits import actions as limits
from calls.placing.actions import CallRefused
from calls.records import states
from calls.records.models import Call, CallEvent
from calls.tenants.models import Org
from tests.dispatch.steps import REMOTE, UNKNOWN, asking, conclude, lost, placed, report, tell
from tests.events.deliveries import absorb, deliver, envelope
from tests.hooks.steps import URL, endpoint, said, told
from tests.world import CALLEE, CALLER_ID, NOW, SEED, World

COMPLETED_DATA = """
stream_sid call_sid voice_session_id from_number to_number direction status duration_seconds escalated
function_call_count transcript_turn_count summary
""".split()


def publish(now: Any = NOW) -> int:
    """One round."""
    return actions.publish_waiting(now=now)


def answered(world: World) -> Call:
    """A call in which somebody speaks."""
    call = placed(world)
    tell(call, report("in_progress"))
    return call


def ended(world: World, state: str = "completed", **fields: Any) -> Call:
    """A call that is over."""
    call = answered(world)
    tell(call, report(state, **fields))
    return call


def body(of: Endpoint, event: str) -> dict[str, Any]:
    """What an endpoint is told of this event."""
    return said(of.deliveries.get(event=event))


def test_a_call_from_start_to_end(world: World) -> None:
    row = endpoint(world)
    ended(world)
    publish()
    assert told(row) == ["voice.call.started", "voice.call.completed"]


def test_the_envelope_is_the_contracts(world: World) -> None:
    row = endpoint(world)
    call = ended(world, duration_seconds=7, summary="They will come.")
    publish()
    sent = row.deliveries.get(event="voice.call.completed")
    found = said(sent)
    assert list(found) == ["id", "event", "created_at", "tenant_id", "api_version", "data"]
    assert (found["id"], found["event"]) == (sent.event_id, "voice.call.completed")
    assert (found["tenant_id"], found["api_version"]) == (world.acme.public_id, "2026-05-14")
    assert (found["created_at"], found["id"][:4]) == ("2026-11-03T15:00:00.000Z", "evt_")
    assert sent.call == call


def test_the_data_of_an_end_is_the_contracts(world: World) -> None:
    row = endpoint(world)
    call = ended(world, duration_seconds=7, summary="They will come.")
    publish()
    data = body(row, "voice.call.completed")["data"]
    assert list(data)[: len(COMPLETED_DATA)] == COMPLETED_DATA
    assert (data["call_sid"], data["status"], data["direction"]) == (
        call.sid,
        "completed",
        "outbound",
    )
    assert (data["from_number"], data["to_number"]) == (CALLER_ID, CALLEE)
    assert (data["duration_seconds"], data["summary"]) == (7, "They will come.")
    assert (data["escalated"], data["stream_sid"], data["carrier_call_sid"]) == (
        False,
        None,
        REMOTE,
    )


def test_a_start_says_how_it_stood_then(world: World) -> None:
    row = endpoint(world)
    ended(world)
    publish()
    assert body(row, "voice.call.started")["data"]["status"] == "in-progress"


@pytest.mark.parametrize(
    ("state", "event", "status"),
    [
        ("completed", "voice.call.completed", "completed"),
        ("busy", "voice.call.completed", "busy"),
        ("no_answer", "voice.call.completed", "no-answer"),
        ("failed", "voice.call.failed", "failed"),
        ("canceled", "voice.call.failed", "canceled"),
    ],
)
def test_every_end_is_told(world: World, state: str, event: str, status: str) -> None:
    row = endpoint(world)
    tell(placed(world), report(state))
    publish()
    assert told(row) == [event]
    data = body(row, event)["data"]
    assert (data["status"], data["state"]) == (status, state)


def test_every_state_that_ends_a_call_has_its_event() -> None:
    assert set(words.BY_STATE) == states.TERMINAL | {states.IN_PROGRESS, states.UNKNOWN}


def test_a_refusal_at_the_door_is_told(world: World) -> None:
    row = endpoint(world)
    limits.pause(tenant=world.acme, reason="Fire drill", actor=world.bob, now=NOW)
    call = refused(world)
    publish()
    data = body(row, "voice.call.refused")["data"]
    assert (data["call_sid"], data["error"], data["status"]) == (call.sid, "paused", "failed")


def refused(world: World) -> Call:
    """A call that a gate refuses at once."""
    with pytest.raises(CallRefused) as problem:
        world.place()
    return problem.value.call


def test_what_a_refusal_says_holds_no_number(world: World) -> None:
    row = endpoint(world)
    limits.pause(tenant=world.acme, reason="Ask +14155550100", actor=world.bob, now=NOW)
    refused(world)
    publish()
    data = body(row, "voice.call.refused")["data"]
    assert "4155550100" not in data["error_message"]


def test_an_unknown_outcome_is_told(world: World) -> None:
    row = endpoint(world)
    lost(world)
    publish()
    assert told(row) == ["voice.call.unknown"]
    assert body(row, "voice.call.unknown")["data"]["status"] == "initiated"


def test_a_handover_is_told_once(world: World) -> None:
    row = endpoint(world, events=["voice.call.escalated"])
    call = answered(world)
    tell(call, report("in_progress", escalated=True))
    publish()
    tell(call, report("completed", escalated=True))
    publish()
    found = body(row, "voice.call.escalated")["data"]
    assert found == {
        "call_sid": call.sid,
        "stream_sid": None,
        "target": None,
        "initiated_by": None,
    }


def test_who_was_handed_to_is_told_as_the_carrier_said(world: World) -> None:
    row = endpoint(world, events=["voice.call.escalated"])
    answered(world)
    handed = {"call_sid": REMOTE, "target": "front desk", "initiated_by": "callee"}
    absorb(deliver(envelope("voice.call.escalated", **handed)))
    publish()
    found = body(row, "voice.call.escalated")["data"]
    assert (found["target"], found["initiated_by"]) == ("front desk", "callee")


def test_what_is_on_its_way_is_not_told(world: World) -> None:
    row = endpoint(world)
    placed(world)
    assert publish() > 0
    assert told(row) == []


def test_only_what_was_asked_for_is_told(world: World) -> None:
    row = endpoint(world, events=["voice.call.completed"])
    ended(world)
    publish()
    assert told(row) == ["voice.call.completed"]


def test_two_endpoints_hear_of_one_event_under_one_id(world: World) -> None:
    rows = [endpoint(world), endpoint(world, url=URL + "/2")]
    ended(world)
    publish()
    first, second = (row.deliveries.get(event="voice.call.completed") for row in rows)
    assert (first.event_id, first.body) == (second.event_id, second.body)


def test_another_tenant_hears_nothing(world: World) -> None:
    theirs = endpoint(world, tenant=world.globex, actor=SEED)
    ended(world)
    publish()
    assert told(theirs) == []


def test_a_unit_hears_of_its_own_calls_and_of_none_others(world: World) -> None:
    north, south = (
        Org.objects.create(tenant=world.acme, key=k, name=k) for k in ("north", "south")
    )
    row = endpoint(world, org_keys=["north"], events=["voice.call.unknown"])
    for org in (north, south, None):
        call = lost(world, to=f"+1555555700{len(Call.objects.all())}")
        Call.objects.filter(pk=call.pk).update(org=org)
    publish()
    assert [said(d)["data"]["org_id"] for d in row.deliveries.order_by("id")] == ["north", None]


def test_a_second_round_tells_nothing_again(world: World) -> None:
    row = endpoint(world)
    ended(world)
    assert publish() > 0
    assert publish() == 0
    assert len(told(row)) == 2


def test_nor_does_a_round_whose_mark_was_lost(world: World) -> None:
    """The id follows from what happened, and an endpoint has it once."""
    row = endpoint(world)
    ended(world)
    publish()
    CallEvent.objects.update(published_at=None)
    publish()
    assert len(told(row)) == 2


def test_what_happened_before_there_was_an_endpoint_is_not_told(world: World) -> None:
    ended(world)
    publish()
    row = endpoint(world)
    publish()
    assert told(row) == []


def test_small_batches_tell_the_same(world: World) -> None:
    row = endpoint(world)
    ended(world)
    events = CallEvent.objects.count()
    assert actions.publish_waiting(now=NOW, most=1) == events
    assert len(told(row)) == 2


def test_an_idle_round_opens_no_transaction(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        publish()


def test_one_that_cannot_be_told_holds_nobody_up(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = endpoint(world)
    ended(world)
    monkeypatch.setitem(words.BY_STATE, "in_progress", "no event of ours")
    publish()
    assert told(row) == ["voice.call.completed"]
    assert CALLEE not in caplog.text


def test_a_disabled_endpoint_finds_later_what_it_missed(world: World) -> None:
    row = actions.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    ended(world)
    publish()
    kept = row.deliveries.get(event="voice.call.completed")
    assert (kept.next_at, kept.given_up_at) == (None, NOW)


def test_but_not_for_ever(world: World) -> None:
    row = actions.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    ended(world)
    publish(NOW + timedelta(days=30))
    assert told(row) == []


def test_a_deleted_endpoint_hears_nothing(world: World) -> None:
    row = actions.end_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    ended(world)
    publish()
    assert told(row) == []


def test_a_room_above_tells_what_it_knows(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2", events=["voice.call.failed"])
    rows = actions.publish(
        tenant=world.acme, event="voice.alert.opened", data={"rule": "Failures"}, now=NOW
    )
    assert said(rows[0])["data"] == {"rule": "Failures"}
    assert (told(row), told(other)) == (["voice.alert.opened"], [])


def test_each_telling_of_it_is_another_event(world: World) -> None:
    endpoint(world)
    for _ in range(2):
        actions.publish(tenant=world.acme, event="voice.alert.opened", data={}, now=NOW)
    assert len({d.event_id for d in Delivery.objects.all()}) == 2


def test_an_attempt_alone_moves_nothing(world: World) -> None:
    row = endpoint(world)
    attempt = asking(world.place().call)
    publish()
    assert told(row) == []
    conclude(attempt, UNKNOWN)
    publish()
    assert told(row) == ["voice.call.unknown"]
