"""What stands out above a call's story, and what its row and its record say."""

import json
from datetime import timedelta

import pytest

from calls.events.queries import Story, story_of
from calls.records.models import Call
from console.callview import about, explanation, is_live, moves_soon, raw
from tests.dispatch.steps import lost, placed, report, tell
from tests.world import NOW, World

NOTHING = Story([], [], [], [], [])


def call(**fields: object) -> Call:
    """A call in a state, as rows hold it."""
    given = {"due_at": NOW, "state": "queued", "checks": 0}
    return Call(**given | fields)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["dispatching", "placed", "ringing", "completed"])
def test_most_states_speak_for_themselves(state: str) -> None:
    assert explanation(call(state=state), NOTHING, NOW) is None


@pytest.mark.parametrize(
    ("state", "tone", "words"),
    [
        ("refused", "stop", "A gate refused"),
        ("rejected", "stop", "The carrier refused the request"),
        ("expired", "info", "It could not be placed in time"),
        ("canceled", "info", "It was taken back"),
        ("held", "info", "It waits for an approval"),
    ],
)
def test_nobody_was_called_and_why(state: str, tone: str, words: str) -> None:
    found = explanation(call(state=state), NOTHING, NOW)
    assert found and found.tone == tone and found.title.startswith(words)


def test_the_refusals_own_sentence_leads() -> None:
    found = explanation(call(state="refused", reason_text="Not in France."), NOTHING, NOW)
    assert found and (found.title, found.text[:14]) == ("Not in France.", "A gate refused")


def test_unknown_says_how_often_it_was_looked_for_and_when_next() -> None:
    lost = call(state="unknown", reason_text="It hung up.", checks=3, next_check_at=NOW)
    found = explanation(lost, NOTHING, NOW)
    assert found and found.text.startswith("It hung up. It may have rung")
    assert "3 times" in found.text and found.at == NOW


def test_a_person_is_told_the_reason_and_the_next_step() -> None:
    found = explanation(call(state="needs_human", reason_text="Not in the log."), NOTHING, NOW)
    assert found and found.title == "Not in the log." and "Ask the carrier" in found.text


def test_a_retry_says_why_and_when() -> None:
    later = NOW + timedelta(seconds=30)
    found = explanation(call(due_at=later, reason_text="Too many requests."), NOTHING, NOW)
    assert found and (found.text, found.at) == ("Too many requests.", later)


@pytest.mark.parametrize(
    ("state", "minutes", "soon"),
    [
        ("queued", 0, True),
        ("queued", 1, True),
        ("queued", 60, False),
        ("ringing", 0, True),
        ("needs_human", 0, True),
        ("completed", 0, False),
    ],
)
def test_rows_that_may_move_soon(state: str, minutes: int, soon: bool) -> None:
    assert moves_soon(call(state=state, due_at=NOW + timedelta(minutes=minutes)), NOW) is soon


@pytest.mark.parametrize(("seconds", "live"), [(0, True), (9, True), (10, False)])
def test_a_page_listens_a_little_longer_than_the_call(seconds: int, live: bool) -> None:
    over = call(state="completed", ended_at=NOW)
    assert is_live(over, NOW + timedelta(seconds=seconds)) is live


def test_the_facts_name_agent_requester_and_carrier(world: World) -> None:
    facts = dict(about(world.place(reference="Order 7").call))
    assert facts["Agent"] == "Support · v1"
    assert facts["Asked by"] == "Bob · API"
    assert (facts["Reference"], facts["Carrier"]) == ("Order 7", "Sandbox of Acme")


def test_the_record_is_json_with_events_and_audit(world: World) -> None:
    found = placed(world)
    tell(found, report("completed", summary="They confirmed."))
    found.refresh_from_db()
    record = json.loads(raw(found, story_of(found)))
    assert (record["call_sid"], record["status"]) == (found.sid, "completed")
    assert record["events"][-1]["what"] == "completed"
    assert record["audit"][0]["verb"] == "call.accepted"


def test_the_record_keeps_its_inner_workings_to_itself(world: World) -> None:
    found = world.place().call
    record = json.loads(raw(found, story_of(found)))
    assert not {"fence", "lease_until", "fingerprint"} & set(record)


def test_a_call_behind_an_unconfirmed_one_says_what_it_waits_for(world: World) -> None:
    lost(world)
    behind = world.place(now=NOW, allow_duplicate=True).call
    found = explanation(behind, NOTHING, NOW)
    assert found and "earlier call between the same two numbers" in found.title


def test_a_due_call_says_what_it_waits_for(world: World) -> None:
    found = world.place().call
    assert explanation(found, NOTHING, NOW) is None
    world.account.paused_at, world.account.paused_reason = NOW, "Two for one."
    world.account.save()
    found.refresh_from_db()
    said = explanation(found, NOTHING, NOW)
    assert said and (said.title, said.text) == (
        "It waits in the queue",
        "The carrier account is paused.",
    )


def test_what_a_person_found_out_is_not_called_taken_back() -> None:
    said = "Alice found out that it was never placed."
    found = explanation(call(state="canceled", reason="not_placed", reason_text=said), NOTHING, NOW)
    assert found and found.title == said and "nobody was called" not in found.text
