"""What the carrier says later, by event or by log: it binds, moves and enriches, and never goes back."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.models import Attempt
from calls.dnc.models import DncEntry
from calls.lib.ids import new_id
from calls.placing.actions import CallRefused
from calls.records.models import Call
from tests.dispatch.steps import (
    REMOTE,
    asking,
    claim,
    fresh,
    intend,
    lost,
    placed,
    report,
    story,
    tell,
)
from tests.undone import undone
from tests.world import CALLEE, NOW, World

LATER = NOW + timedelta(minutes=1)

# what the carrier says of a placed call, and where the call then stands
SAYINGS = [
    ("queued", "placed"),
    ("ringing", "ringing"),
    ("in_progress", "in_progress"),
    ("completed", "completed"),
    ("busy", "busy"),
    ("no_answer", "no_answer"),
    ("failed", "failed"),
    ("canceled", "canceled"),
    ("", "placed"),  # a word nobody knows
]


@pytest.mark.parametrize(("said", "state"), SAYINGS)
def test_a_placed_call_goes_where_the_carrier_says(world: World, said: str, state: str) -> None:
    call = placed(world)
    assert tell(call, report(said)) is (state != "placed")
    assert fresh(call).state == state


@pytest.mark.parametrize(("said", "state"), SAYINGS)
def test_a_word_from_the_carrier_finds_a_lost_call(world: World, said: str, state: str) -> None:
    call = lost(world)
    tell(call, report(said))
    assert (fresh(call).state, fresh(call).carrier_call_id) == (state, REMOTE)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.evidence) == ("accepted", "E6")


def test_an_event_may_come_before_the_answer(world: World) -> None:
    call = world.place().call
    asking(call)
    tell(call, report("ringing"))
    assert (fresh(call).state, fresh(call).lease_until) == ("ringing", None)
    assert fresh(call).dialled_at == NOW


def test_what_is_known_of_a_completed_call(world: World) -> None:
    call = placed(world)
    told = report(
        "completed",
        duration_seconds=42,
        disposition="answered",
        summary="Confirmed.",
        started_at=NOW,
        escalated=True,
    )
    tell(call, told, LATER)
    call = fresh(call)
    assert (call.duration_seconds, call.disposition, call.summary) == (42, "answered", "Confirmed.")
    assert (call.escalated, call.started_at, call.ended_at) == (True, NOW, LATER)
    assert (call.carrier_word, call.outcome) == ("completed", "reached")
    assert call.next_check_at is None


def test_a_call_left_on_a_machine_is_counted_as_that(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", disposition="voicemail"))
    assert fresh(call).outcome == "voicemail"


def test_when_nobody_says_when_it_began_the_event_does(world: World) -> None:
    call = placed(world)
    tell(call, report("in_progress", at=LATER))
    assert fresh(call).started_at == LATER


def test_a_completed_call_gains_facts_and_loses_none(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", duration_seconds=42))
    assert tell(call, report("completed", summary="Confirmed."))
    assert (fresh(call).duration_seconds, fresh(call).summary) == (42, "Confirmed.")
    assert story(call)[-2:] == ["completed", "enriched"]


def test_the_same_report_again_changes_nothing(world: World) -> None:
    call = placed(world)
    told = report("completed", duration_seconds=42, disposition="answered", summary="Confirmed.")
    assert tell(call, told)
    before = story(call)
    assert not tell(call, told)
    assert story(call) == before


def test_an_older_report_changes_nothing(world: World) -> None:
    call = placed(world)
    tell(call, report("in_progress"))
    assert not tell(call, report("ringing"))
    assert fresh(call).state == "in_progress"


@pytest.mark.parametrize("first", ["completed", "busy", "no_answer", "failed", "canceled"])
@pytest.mark.parametrize("second", ["completed", "busy", "no_answer", "failed", "canceled"])
def test_the_first_end_stands_and_another_one_is_on_record(
    world: World, first: str, second: str
) -> None:
    call = placed(world)
    tell(call, report(first))
    tell(call, report(second), LATER)
    assert fresh(call).state == first
    assert ("terminal_conflict" in story(call)) is (first != second)


def test_being_handed_to_a_person_is_known_whenever_it_is_told(world: World) -> None:
    call = placed(world)
    tell(call, report("completed"))
    assert tell(call, report("in_progress", escalated=True))
    assert (fresh(call).state, fresh(call).escalated) == ("completed", True)


def test_a_report_about_a_call_nobody_was_asked_for_is_ignored(world: World) -> None:
    call = world.place().call
    assert not tell(call, report("completed"))
    assert fresh(call).state == "queued"


def test_a_report_with_another_id_is_not_about_this_call(world: World) -> None:
    call = placed(world)
    before = story(call)
    assert not tell(call, report("completed", carrier_call_id="SM0002"))
    assert (fresh(call).state, story(call)) == ("placed", before)
    assert Attempt.objects.get().evidence == "E4"


def test_when_it_began_is_said_once(world: World) -> None:
    call = placed(world)
    tell(call, report("in_progress", started_at=NOW))
    tell(call, report("completed", started_at=LATER))
    assert fresh(call).started_at == NOW


def test_an_id_that_is_taken_cannot_bind_a_second_call(world: World) -> None:
    placed(world)
    call = world.place(to="+15555557001").call
    asking(call, NOW + timedelta(seconds=1))
    assert not tell(call, report("completed"))
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("dispatching", None)


def test_people_are_relieved_when_the_carrier_speaks(world: World) -> None:
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(seconds=21))
    assert fresh(call).state == "needs_human"
    tell(call, report("completed", duration_seconds=9), LATER)
    assert (fresh(call).state, fresh(call).reason) == ("completed", "")


@pytest.mark.parametrize("said", ["queued", ""])
def test_what_only_binds_a_call_has_changed_it(world: World, said: str) -> None:
    call = lost(world)
    assert tell(call, report(said)) is True
    assert fresh(call).state == "placed"
    assert tell(call, report(said)) is False


def test_asking_not_to_be_called_again_is_honoured_at_once(world: World) -> None:
    waiting = world.place(allow_duplicate=True, reference="second").call
    call = placed(world)
    tell(call, report("completed", disposition="opted_out"), LATER)
    entry = DncEntry.objects.get()
    assert (entry.tenant, entry.number, entry.added_at) == (world.acme, CALLEE, LATER)
    assert entry.source == f"call {call.sid}"
    with pytest.raises(CallRefused) as refused:
        world.place(now=LATER)
    assert refused.value.code == "dnc_listed"
    assert intend(waiting, LATER) is None
    assert fresh(waiting).reason == "dnc_listed"


def test_it_is_honoured_also_when_told_late_and_twice(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", disposition="answered"))
    for _ in range(2):
        tell(call, report("completed", disposition="opted_out"))
    assert DncEntry.objects.count() == 1
    assert fresh(call).disposition == "opted_out"


@pytest.mark.parametrize(("said", "state"), SAYINGS)
def test_it_is_honoured_whatever_becomes_of_the_call(world: World, said: str, state: str) -> None:
    call = placed(world)
    tell(call, report(said, disposition="opted_out"), LATER)
    assert fresh(call).state == state
    assert DncEntry.objects.get().number == CALLEE


def test_it_is_honoured_though_the_id_is_not_this_calls(world: World) -> None:
    call = placed(world)
    assert tell(call, report("completed", carrier_call_id="SM2", disposition="opted_out")) is False
    assert DncEntry.objects.get().number == CALLEE


@pytest.mark.parametrize("last", ["completed", "in_progress", ""])
def test_no_later_word_takes_it_back(world: World, last: str) -> None:
    call = placed(world)
    tell(call, report("in_progress"))
    assert tell(call, report("in_progress", disposition="opted_out")) is True
    tell(call, report(last, disposition="answered"))
    tell(call, report("completed", disposition="answered"))
    assert (fresh(call).state, fresh(call).disposition) == ("completed", "opted_out")


def test_all_orders_of_six_reports_end_alike(world: World) -> None:
    """R3.3: 720 permutations, one final call."""
    call = placed(world)
    reports = [
        report(""),
        report("queued"),
        report("ringing"),
        report("in_progress", started_at=NOW),
        report("in_progress", started_at=NOW, escalated=True),
        report(
            "completed",
            duration_seconds=42,
            disposition="answered",
            summary="Confirmed.",
            started_at=NOW,
        ),
    ]
    ends = set()
    for order in permutations(reports):
        with undone():
            for told in order:
                tell(call, told)
            end = fresh(call)
            ends.add((end.state, end.duration_seconds, end.summary, end.escalated, end.outcome))
    assert ends == {("completed", 42, "Confirmed.", True, "reached")}


def test_a_lost_call_ends_alike_in_every_order_too(world: World) -> None:
    call = lost(world)
    reports = [report("queued"), report("ringing"), report("in_progress"), report("no_answer")]
    ends = set()
    for order in permutations(reports):
        with undone():
            for told in order:
                tell(call, told)
            ends.add((fresh(call).state, fresh(call).carrier_call_id))
    assert ends == {("no_answer", REMOTE)}


def test_the_rank_never_falls_on_the_way(world: World) -> None:
    ranks = ["placed", "ringing", "in_progress", "completed"]
    call = placed(world)
    for order in permutations(["ringing", "in_progress", "completed", "queued"]):
        with undone():
            seen = ["placed"]
            for said in order:
                tell(call, report(said))
                seen.append(fresh(call).state)
            assert seen == sorted(seen, key=ranks.index)


def test_a_newer_call_between_the_same_numbers_does_not_hear_the_old_ones_events(
    world: World,
) -> None:
    old = placed(world)
    new = world.place(allow_duplicate=True).call
    later = NOW + timedelta(seconds=5)
    asking(new, later)
    tell(old, report("completed"), later)
    assert (fresh(old).state, fresh(new).state) == ("completed", "dispatching")


def test_two_open_requests_between_the_same_numbers_leave_it_open_whose_the_news_is(
    world: World,
) -> None:
    """Two tenants may show the same number through one account."""
    told = report("ringing", carrier_call_id="SM0009")
    lost(world)
    assert queries.attempt_meant_by(told, account=world.account)
    other = world.place(allow_duplicate=True).call
    Call.objects.filter(pk=other.pk).update(tenant=world.globex)
    attempt = Attempt.objects.get()
    attempt.pk, attempt.call, attempt.tenant_id = new_id(), other, world.globex.pk
    attempt.save(force_insert=True)
    assert queries.attempt_meant_by(told, account=world.account) is None


def test_a_terminal_call_is_not_dialled_again(world: World) -> None:
    call = placed(world)
    tell(call, report("failed"))
    assert claim(call, LATER) is None
    assert Call.objects.get(pk=call.pk).attempts.count() == 1


def test_the_carriers_word_is_kept(world: World) -> None:
    call = placed(world)
    tell(call, replace(report("no_answer"), word="NO-ANSWER"))
    assert fresh(call).carrier_word == "NO-ANSWER"
