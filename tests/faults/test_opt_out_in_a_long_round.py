"""While thousands of calls are being stopped for another reason, whoever opts out goes first (R5.7: 5 s)."""

import time
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta

import pytest

from calls.consent import actions as consent
from calls.consent.queries import records_of
from calls.dispatch import sweep
from calls.dnc import actions as dnc
from calls.lib import ids
from calls.placing import actions as placing
from calls.placing.actions.stop import CALLS_AT_ONCE
from calls.records.models import Call
from tests.dispatch.steps import fresh
from tests.dnc.registries import bring, source_of
from tests.faults.flips import the_approval_is_withdrawn
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LAW = 5.0  # seconds
MANY = 2000
ANOTHER = "+15555550123"
VALUES = {"first_name": "Maria", "day": "Friday, 27 November", "hour": "2:30 pm"}


class Enough(Exception):
    """The test has seen what it wanted; the rest of the round is not waited for."""


def waiting(world: World, to: str = CALLEE) -> Call:
    """A call for tomorrow with words nobody withdraws."""
    fields = {"greeting_id": world.reminder.public_id, "variables": VALUES}
    return world.place(to=to, scheduled_at=NOW + DAY, **fields).call


@pytest.fixture
def withdrawn(world: World) -> list[Call]:
    return words_withdrawn(world)


def words_withdrawn(world: World) -> list[Call]:
    """Two thousand calls for tomorrow, whose words were withdrawn since."""
    first = world.place(to=ANOTHER, scheduled_at=NOW + DAY).call
    twins = [copy(first) for _ in range(MANY - 1)]
    for twin in twins:
        twin.pk = ids.new_id()
    Call.objects.bulk_create(twins)
    the_approval_is_withdrawn(world)
    return [first, *twins]


def after(calls: int, happens: Callable[[], object]) -> Callable[[], datetime]:
    """The clock of a round: something happens when so many were stopped; it ends soon afterwards."""
    seen: list[int] = []

    def clock() -> datetime:
        seen.append(Call.objects.filter(state="refused").count())
        if seen[-1] >= calls and not any(n >= calls for n in seen[:-1]):
            happens()
        if seen[-1] >= calls + 2 * CALLS_AT_ONCE:
            raise Enough
        return NOW + len(seen) * SECOND

    return clock


def opts_out(number: str = CALLEE, **fields: bool) -> None:
    dnc.add_number(
        tenant=None,
        number=number,
        reason="By phone",
        source="test",
        actor=SEED,
        now=NOW + 2 * SECOND,
        **fields,
    )


def round_in_which(happens: Callable[[], object]) -> None:
    """A round that is interrupted after thirty calls, and watched for twenty more."""
    with pytest.raises(Enough):
        placing.stop_forbidden(since=NOW, now=NOW + SECOND, clock=after(30, happens))


def place_in_line(call: Call) -> int:
    """How many calls had been stopped before this one."""
    stopped = fresh(call)
    assert stopped.ended_at is not None
    others = Call.objects.filter(state="refused").exclude(pk=call.pk)
    return others.filter(ended_at__lt=stopped.ended_at).count()


def test_an_opt_out_in_the_middle_is_heard_within_the_laws_time(
    world: World, withdrawn: list[Call]
) -> None:
    call, said = waiting(world), []
    round_in_which(lambda: (opts_out(), said.append(time.monotonic())))
    assert time.monotonic() - said[0] < LAW
    assert fresh(call).reason == "dnc_listed"
    assert place_in_line(call) == 30
    assert Call.objects.filter(state="queued").count() > MANY - 60


def test_so_is_consent_that_is_taken_back(world: World) -> None:
    call = waiting(
        world, NEW_YORKER
    )  # first, for two thousand others are more than its pace allows
    words_withdrawn(world)
    (given,) = records_of(world.acme, NEW_YORKER)
    round_in_which(
        lambda: consent.revoke_consent(
            record=given, how="By phone", actor=world.bob, now=NOW + 2 * SECOND
        )
    )
    assert (fresh(call).reason, place_in_line(call)) == ("consent_missing", 30)


def test_a_call_that_stands_at_the_end_of_the_line_comes_to_its_front(
    world: World, withdrawn: list[Call]
) -> None:
    last = max(withdrawn, key=lambda call: call.pk)
    Call.objects.filter(pk=last.pk).update(to=CALLEE)
    round_in_which(opts_out)
    assert (fresh(last).state, place_in_line(last)) == ("refused", 30)


def test_a_prefix_is_heard_too(world: World, withdrawn: list[Call]) -> None:
    call = waiting(world)
    round_in_which(lambda: opts_out(CALLEE[:9], is_prefix=True))
    assert (fresh(call).reason, place_in_line(call)) == ("dnc_listed", 30)


def test_a_whole_registry_waits_for_its_turn(world: World, withdrawn: list[Call]) -> None:
    call, source = waiting(world), source_of(world.acme, name="litigators", title="Litigators")
    round_in_which(lambda: bring(source, CALLEE))
    assert fresh(call).state == "queued"


def test_who_opted_out_before_the_round_is_its_first(world: World, withdrawn: list[Call]) -> None:
    call = waiting(world)
    opts_out()
    round_in_which(lambda: None)
    assert (fresh(call).reason, place_in_line(call)) == ("dnc_listed", 0)


def test_the_next_round_goes_on_where_a_dead_one_ended(world: World, withdrawn: list[Call]) -> None:
    Call.objects.filter(pk__in=[call.pk for call in withdrawn[25:]]).delete()
    with pytest.raises(Enough):
        placing.stop_forbidden(since=NOW, now=NOW + SECOND, clock=dying())
    assert Call.objects.filter(state="refused").count() == CALLS_AT_ONCE
    assert sweep.stop_forbidden(now=NOW + 2 * SECOND) == 25 - CALLS_AT_ONCE


def dying() -> Callable[[], datetime]:
    """The clock of a worker that lives for a few calls."""
    looks = iter([NOW + SECOND])

    def clock() -> datetime:
        try:
            return next(looks)
        except StopIteration:
            raise Enough from None

    return clock


def test_in_a_round_every_call_is_judged_by_the_time_of_then(world: World) -> None:
    """Consent taken back after the round began counts, though the round is older."""
    calls = [waiting(world, NEW_YORKER), waiting(world)]
    opts_out()
    (given,) = records_of(world.acme, NEW_YORKER)
    times = iter([NOW + 3 * SECOND])

    def clock() -> datetime:
        consent.revoke_consent(record=given, how="By phone", actor=world.bob, now=NOW + 3 * SECOND)
        return next(times)

    assert placing.stop_forbidden(since=NOW, now=NOW + SECOND, clock=clock) == 2
    assert {fresh(call).ended_at for call in calls} == {NOW + 3 * SECOND}
