"""One line of time out of five kinds of rows, in human sentences."""

from datetime import timedelta

import pytest

from calls.dnc import actions as dnc
from calls.events.models import InboundEvent
from calls.events.queries import story_of
from calls.placing.actions import CallRefused, cancel_call, stop_forbidden
from calls.policy.gates import GATES
from calls.records.models import Call, Receipt
from console.timeline import MOMENTS, Step, pretty, steps_of
from tests.agents.steps import add, publish
from tests.dispatch.steps import asking, lost, placed, report, tell
from tests.world import NOW, SEED, World

LATER = NOW + timedelta(seconds=3)


def steps(call: Call) -> list[Step]:
    return steps_of(story_of(call))


def said(call: Call) -> list[str]:
    """The sentences, in order."""
    return [step.what for step in steps(call)]


def webhook(world: World, call: Call, **fields: object) -> None:
    """A webhook about the call, as it was stored."""
    given = {"kind": "voice.call.completed", "body": '{"a": 1}', "effect": "applied"}
    InboundEvent.objects.create(
        account=world.account, dedupe_key="1", call=call, received_at=LATER, **given | fields
    )


def test_a_placed_call_from_gates_to_carrier(world: World) -> None:
    assert said(placed(world)) == [
        f"All {len(GATES)} gates passed",
        "Accepted",
        "Taken up by a worker",
        f"All {len(GATES)} gates passed",
        "Asked the carrier, request 1",
        "The carrier took the call",
    ]


def test_the_steps_stand_in_order_of_time(world: World) -> None:
    call = placed(world)
    tell(call, report("ringing"), now=LATER)
    tell(call, report("completed"), now=LATER + timedelta(seconds=9))
    moments = [step.at for step in steps(call)]
    assert moments == sorted(moments)
    assert said(call)[-2:] == ["The phone rings", "The call took place"]


def test_the_request_is_told_once_with_what_came_of_it(world: World) -> None:
    asked = [step for step in steps(placed(world)) if "Asked" in step.what]
    assert [step.detail for step in asked] == ["HTTP 200. The carrier accepted it."]
    assert '"request_sha256"' in asked[0].data


def test_a_request_on_its_way_has_no_answer_yet(world: World) -> None:
    call = world.place().call
    asking(call)
    assert steps(call)[-1].detail == "No answer yet."


def test_a_lost_answer_is_odd_and_says_why(world: World) -> None:
    request, unknown = steps(lost(world))[-2:]
    assert request.tone == "odd" and "does not say whether it was placed" in request.detail
    assert unknown.what == "Nobody knows yet whether the call was placed"
    assert unknown.detail == "The carrier may have taken the call."


def test_a_refusal_names_what_the_gates_said(world: World) -> None:
    with pytest.raises(CallRefused) as refusal:
        world.place(to="+442079460018")
    first, second = steps(refusal.value.call)
    assert (first.what, first.tone) == (f"1 of {len(GATES)} gates did not let it through", "stop")
    assert first.detail == "Calls to GB are not switched on. Ask an admin."
    assert second.what == "Refused by a gate"


def test_a_waiting_call_that_was_stopped_says_so(world: World) -> None:
    call = world.place(scheduled_at=NOW + timedelta(days=1)).call
    dnc.add_number(
        tenant=world.acme, number=call.to, reason="Asked", source="test", actor=SEED, now=LATER
    )
    assert stop_forbidden(since=NOW, now=LATER) == 1
    gates, refused = steps(call)[-2:]
    assert (gates.source, gates.tone) == ("again while it waited", "stop")
    assert (refused.what, refused.source) == ("Refused by a gate", "Greenlight")


@pytest.mark.parametrize(("moment", "_label"), Receipt.moment.field.choices)
def test_every_moment_of_the_gates_has_its_words(moment: str, _label: str) -> None:
    assert MOMENTS[moment]


def test_who_asked_stands_with_the_step_not_as_a_line_of_its_own(world: World) -> None:
    accepted = [step for step in steps(world.place().call) if step.what == "Accepted"]
    assert [step.source for step in accepted] == ["Bob, API"]


def test_who_canceled_is_named(world: World) -> None:
    call = world.place().call
    cancel_call(call=call, actor=world.alice, now=LATER)
    assert (steps(call)[-1].what, steps(call)[-1].source) == ("Canceled", "Alice, console")


def test_a_webhook_shows_its_effect_and_its_body(world: World) -> None:
    call = placed(world)
    webhook(world, call)
    step = steps(call)[-1]
    assert step.what == "Webhook voice.call.completed"
    assert (step.detail, step.data) == ("It moved the call.", '{\n  "a": 1\n}')


def test_a_webhook_sent_thrice_says_so(world: World) -> None:
    call = placed(world)
    webhook(world, call, deliveries=3, effect="no_change")
    assert steps(call)[-1].what == "Webhook voice.call.completed, delivered 3 times"
    assert steps(call)[-1].detail == "It changed nothing."


def test_the_carriers_own_word_is_kept(world: World) -> None:
    call = placed(world)
    tell(call, report("no_answer", word="no-answer"), now=LATER)
    assert steps(call)[-1].detail == "The carrier's word: no-answer"


def test_late_facts_are_named(world: World) -> None:
    call = placed(world)
    tell(call, report("completed"), now=LATER)
    tell(call, report("completed", summary="They confirmed.", duration_seconds=3), now=LATER)
    assert steps(call)[-1].what == "Late facts arrived"
    assert steps(call)[-1].detail == "duration seconds, summary"


def test_a_contradiction_is_shown_with_its_evidence(world: World) -> None:
    call = placed(world)
    tell(call, report("completed"), now=LATER)
    tell(call, report("busy"), now=LATER)
    assert steps(call)[-1].tone == "wait"
    assert '"kept": "completed"' in steps(call)[-1].data


def test_another_version_than_at_first_is_told(world: World) -> None:
    call = world.place().call
    publish(world, add(world))
    asking(call)
    turn = next(step for step in steps(call) if step.what.startswith("Another version"))
    assert (turn.detail, turn.source) == ("Version 2", "Greenlight")


def test_what_nobody_drew_yet_is_shown_by_its_name(world: World) -> None:
    call = world.place().call
    call.events.create(what="moon_phase", source="stars", at=LATER)
    assert (steps(call)[-1].what, steps(call)[-1].source) == ("Moon phase", "stars")


def test_five_queries_tell_the_whole_story(world: World, django_assert_num_queries: object) -> None:
    call = placed(world)
    with django_assert_num_queries(5):  # type: ignore[operator]
        story_of(call)


def test_text_that_is_no_json_stays_as_it_came() -> None:
    assert pretty("hello") == "hello"
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty({}) == ""
