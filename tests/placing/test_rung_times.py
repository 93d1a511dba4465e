"""When a callee was or may have been rung: the attempt is the reservation, proof gives it back (R5.8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.carriers.base import Answer, Evidence
from calls.limits.counting import Cap
from calls.placing import tallies
from calls.records.models import Call
from tests.dispatch.steps import ACCEPTED, UNKNOWN, asking, claim, conclude
from tests.world import CALLEE, NOW, World

OTHER = "+15555557001"
HOUR = timedelta(hours=1)
LATER = NOW + HOUR
CAP = Cap("callee", 3, 86400, why="Three a day")


def rung(world: World, to: str = CALLEE, **fields: Any) -> list[datetime]:
    """When Acme rang this number in the last day, seen from an hour later."""
    given: dict[str, Any] = {"since": LATER - timedelta(days=1), "now": LATER, "most": 9}
    return tallies.rung_times(world.acme, to, **given | fields)


def call(world: World, **fields: Any) -> Call:
    return world.place(allow_duplicate=True, **fields).call


def test_a_call_that_only_waits_rang_nobody(world: World) -> None:
    call(world)
    assert rung(world) == []


def test_a_claimed_call_rang_nobody_yet(world: World) -> None:
    claim(call(world))
    assert rung(world) == []


def test_the_intent_to_dial_counts_at_once(world: World) -> None:
    asking(call(world))
    assert rung(world) == [NOW]


@pytest.mark.parametrize("answer", [ACCEPTED, UNKNOWN], ids=["accepted", "unknown"])
def test_what_may_have_rung_counts(world: World, answer: Answer) -> None:
    conclude(asking(call(world)), answer, LATER)
    assert rung(world) == [NOW]


@pytest.mark.parametrize(
    "evidence", [Evidence.NO_BYTE_SENT, Evidence.REFUSED, Evidence.CREDENTIALS, Evidence.THROTTLED]
)
def test_proof_that_nothing_was_dialled_gives_it_back(world: World, evidence: Evidence) -> None:
    conclude(asking(call(world)), Answer(evidence))
    assert rung(world) == []


def test_only_this_number_counts(world: World) -> None:
    asking(call(world))
    assert rung(world, OTHER) == []


def test_only_this_tenants_calls_count(world: World) -> None:
    asking(call(world))
    assert tallies.rung_times(world.globex, CALLEE, since=NOW - HOUR, now=NOW, most=9) == []


def test_newest_first_and_no_more_than_asked_for(world: World) -> None:
    for minutes in (0, 10, 20):
        at = NOW + timedelta(minutes=minutes)
        conclude(asking(call(world, now=at), at), _accepted(minutes), at)
    assert rung(world, most=2) == [NOW + timedelta(minutes=20), NOW + timedelta(minutes=10)]


def _accepted(number: int) -> Answer:
    return Answer(Evidence.ACCEPTED, carrier_call_id=f"SM{number}", http_status=200)


def test_what_is_older_does_not_count(world: World) -> None:
    asking(call(world))
    assert rung(world, since=NOW) == []
    assert rung(world, since=NOW - timedelta(seconds=1)) == [NOW]


def test_at_accept_waiting_calls_count_at_their_minute(world: World) -> None:
    call(world, scheduled_at=LATER + HOUR)
    assert rung(world, and_waiting_before=LATER + HOUR) == [LATER + HOUR]
    assert rung(world, and_waiting_before=LATER + HOUR - timedelta(seconds=1)) == []


def test_an_overdue_call_counts_as_if_it_rang_now(world: World) -> None:
    call(world)
    assert rung(world, and_waiting_before=LATER) == [LATER]


def test_a_claimed_call_counts_at_accept(world: World) -> None:
    claim(call(world))
    assert rung(world, and_waiting_before=LATER) == [LATER]


def test_a_call_being_asked_counts_once(world: World) -> None:
    asking(call(world))
    assert rung(world, and_waiting_before=LATER) == [NOW]


def test_a_refused_try_waits_again(world: World) -> None:
    conclude(asking(call(world)), Answer(Evidence.THROTTLED))
    assert rung(world, and_waiting_before=LATER) == [LATER]


def test_the_call_itself_is_left_out(world: World) -> None:
    own = call(world)
    call(world, scheduled_at=LATER)
    assert rung(world, and_waiting_before=LATER, except_call=own.pk) == [LATER]


@pytest.mark.parametrize("state", ["canceled", "expired", "refused", "completed"])
def test_what_is_over_does_not_wait(world: World, state: str) -> None:
    Call.objects.filter(pk=call(world).pk).update(state=state)
    assert rung(world, and_waiting_before=LATER) == []


def test_attempts_and_waiting_calls_come_in_one_order(world: World) -> None:
    conclude(asking(call(world)), ACCEPTED)
    call(world, scheduled_at=LATER)
    call(world, scheduled_at=LATER + HOUR)
    found = rung(world, and_waiting_before=LATER + HOUR)
    assert found == [LATER + HOUR, LATER, NOW]


def test_one_query_answers(world: World, django_assert_num_queries: Any) -> None:
    conclude(asking(call(world)), ACCEPTED)
    call(world)
    with django_assert_num_queries(1):
        assert len(rung(world, and_waiting_before=LATER)) == 2


def standing(world: World, *, at: datetime, caps: list[Cap], waiting: bool = True) -> list[Any]:
    """The next free instants under these caps."""
    found = tallies.frequency(
        tenant=world.acme, e164=CALLEE, caps=caps, at=at, now=NOW, and_waiting=waiting
    )
    return [standing.next_free for standing in found]


def test_a_fourth_call_waits_for_the_first_to_be_a_day_old(world: World) -> None:
    for hours in range(3):
        call(world, scheduled_at=NOW + hours * HOUR)
    assert standing(world, at=NOW + 3 * HOUR, caps=[CAP]) == [NOW + timedelta(days=1)]


def test_a_gap_longer_than_the_window_is_seen(world: World) -> None:
    asking(call(world))
    gap = Cap("callee", 5, 60, min_gap_seconds=7200)
    assert standing(world, at=LATER, caps=[gap]) == [NOW + 2 * HOUR]


def test_at_dialling_only_attempts_count(world: World) -> None:
    call(world)
    once = Cap("callee", 1, 3600)
    assert standing(world, at=NOW, caps=[once], waiting=False) == [None]
    assert standing(world, at=NOW, caps=[once], waiting=True) == [LATER]


def test_caps_of_other_numbers_are_left_out(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert standing(world, at=NOW, caps=[Cap("callee", 1, 60, subject=OTHER)]) == []
        assert standing(world, at=NOW, caps=[Cap("tenant", 1, 60)]) == []
