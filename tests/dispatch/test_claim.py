"""Taking a due call: one taker, in its turn, within the account's limits."""

from datetime import timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.lib import ids
from calls.placing.actions import cancel_call
from calls.records import states
from calls.records.models import Call
from calls.routes import actions as routes
from tests.dispatch.steps import ACCEPTED, asking, claim, conclude, fresh, lost, placed, story
from tests.world import NOW, SEED, World

SECOND = timedelta(seconds=1)


def calls(world: World, count: int) -> list[Call]:
    """So many calls to different numbers."""
    return [world.place(to=f"+1555555{7000 + n}").call for n in range(count)]


def test_a_claim_is_a_fence_and_a_lease(world: World) -> None:
    call = world.place().call
    claimed = claim(call)
    assert claimed
    call = fresh(call)
    assert (call.state, call.fence, claimed.fence) == ("dispatching", 1, 1)
    assert call.lease_until == NOW + timedelta(seconds=120)
    assert story(call) == ["accepted", "claimed"]


def test_a_claimed_call_is_not_to_be_had_again(world: World) -> None:
    call = world.place().call
    assert claim(call)
    assert claim(call) is None
    assert story(call) == ["accepted", "claimed"]


def test_a_call_that_is_not_there_is_not_to_be_had(db: None) -> None:
    assert dispatch.claim(call_id=ids.new_id(), now=NOW) is None


def test_a_scheduled_call_is_taken_at_its_minute(world: World) -> None:
    call = world.place(scheduled_at=NOW + timedelta(hours=1)).call
    assert claim(call, NOW + timedelta(minutes=59, seconds=59)) is None
    assert claim(call, NOW + timedelta(hours=1))


@pytest.mark.parametrize("state", sorted(set(states.STATES) - {"queued", "dispatching"}))
def test_only_queued_calls_are_taken(world: World, state: str) -> None:
    call = world.place().call
    Call.objects.filter(pk=call.pk).update(state=state)
    assert claim(call) is None
    assert fresh(call).state == state


def test_a_canceled_call_is_not_to_be_had(world: World) -> None:
    call = world.place().call
    cancel_call(call=call, actor=world.bob, now=NOW)
    assert claim(call) is None


def test_a_call_whose_time_ran_out_expires(world: World) -> None:
    call = world.place(expires_at=NOW + timedelta(minutes=5)).call
    assert claim(call, NOW + timedelta(minutes=5)) is None
    call = fresh(call)
    assert (call.state, call.reason, call.outcome) == ("expired", "expired", "expired")
    assert call.ended_at == NOW + timedelta(minutes=5)


def test_a_call_that_still_has_a_second_is_taken(world: World) -> None:
    call = world.place(expires_at=NOW + timedelta(minutes=5)).call
    assert claim(call, NOW + timedelta(minutes=5) - SECOND)


def test_requests_leave_one_after_the_other(world: World) -> None:
    turns = [claim(call) for call in calls(world, 3)]
    assert [turn.send_at - NOW for turn in turns if turn] == [
        timedelta(0),
        timedelta(milliseconds=200),
        timedelta(milliseconds=400),
    ]


def test_a_turn_more_than_a_second_away_is_not_given_yet(world: World) -> None:
    turns = [claim(call) for call in calls(world, 8)]
    assert [turn is None for turn in turns] == [False] * 6 + [True] * 2


def test_no_rolling_second_holds_more_turns_than_the_account_allows(world: World) -> None:
    waiting, turns, now = calls(world, 20), [], NOW
    while waiting:
        if (turn := claim(waiting[0], now)) is not None:
            turns.append(turn.send_at)
            waiting.pop(0)
        else:
            now += timedelta(milliseconds=130)
    for start in turns:
        assert sum(start <= at < start + SECOND for at in turns) <= world.account.cps
    assert turns[-1] - turns[0] == 19 * timedelta(milliseconds=200)


def test_an_idle_account_saves_up_no_turns(world: World) -> None:
    first, second, third = calls(world, 3)
    claim(first)
    much_later = NOW + timedelta(hours=1)
    turns = [claim(second, much_later), claim(third, much_later)]
    assert [turn.send_at - much_later for turn in turns if turn] == [
        timedelta(0),
        timedelta(milliseconds=200),
    ]


def test_an_account_with_all_lines_in_use_waits(world: World) -> None:
    world.account.concurrency = 1
    world.account.save()
    first = placed(world)
    second = world.place(to="+15555557001").call
    assert claim(second, NOW + SECOND) is None
    Call.objects.filter(pk=first.pk).update(state="completed")
    assert claim(second, NOW + SECOND)


LINES = [
    ("queued", False),
    ("dispatching", True),
    ("unknown", True),
    ("placed", True),
    ("ringing", True),
    ("in_progress", True),
    ("needs_human", False),
    ("completed", False),
    ("failed", False),
]


@pytest.mark.parametrize(("state", "occupied"), LINES)
def test_which_states_occupy_a_line(world: World, state: str, occupied: bool) -> None:
    world.account.concurrency = 1
    world.account.save()
    first, second = calls(world, 2)
    Call.objects.filter(pk=first.pk).update(state=state, lease_until=NOW)
    assert (claim(second) is None) is occupied


def test_a_second_call_between_the_same_numbers_waits_for_the_first(world: World) -> None:
    first, second = world.place().call, world.place(allow_duplicate=True).call
    attempt = asking(first)
    assert claim(second, NOW + SECOND) is None
    conclude(attempt, ACCEPTED)
    assert claim(second, NOW + SECOND)


def test_it_waits_also_while_the_first_is_only_claimed(world: World) -> None:
    first, second = world.place().call, world.place(allow_duplicate=True).call
    assert claim(first)
    assert claim(second, NOW + SECOND) is None


def test_it_waits_as_long_as_the_first_is_unknown(world: World) -> None:
    lost(world)
    second = world.place(allow_duplicate=True).call
    assert claim(second, NOW + timedelta(hours=23)) is None


def test_a_call_between_other_numbers_does_not_wait(world: World) -> None:
    lost(world)
    assert claim(world.place(to="+15555557001").call, NOW + SECOND)


def test_nothing_is_taken_from_a_paused_account(world: World) -> None:
    call = world.place().call
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    assert claim(call) is None
    routes.resume_account(account=world.account, actor=SEED, now=NOW)
    assert claim(call)


def test_behind_a_paused_account_calls_still_expire(world: World) -> None:
    call = world.place().call
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    assert claim(call, NOW + timedelta(hours=24)) is None
    assert fresh(call).state == "expired"


def test_a_new_claim_raises_the_fence(world: World) -> None:
    call = world.place().call
    claim(call)
    later = NOW + timedelta(minutes=3)
    dispatch.recover(call_id=call.pk, now=later)
    claimed = claim(call, later)
    assert claimed
    assert (claimed.fence, fresh(call).fence) == (2, 2)
