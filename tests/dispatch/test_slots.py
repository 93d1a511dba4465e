"""When a request may leave: its slot, kept in the database, taken anew by whoever comes late to it."""

from datetime import datetime, timedelta
from itertools import chain, repeat

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch import dial as dialling
from calls.dispatch.actions import Intent
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import claim, intend
from tests.world import NOW, World

MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


def slot(world: World, now: datetime = NOW) -> datetime:
    """The next slot of Acme's account, by a clock that stands still."""
    return dispatch.take_slot(account_id=world.account.pk, clock=lambda: now)


def test_slots_leave_room_for_commits_and_for_late_risers(world: World) -> None:
    assert [slot(world) - NOW for _ in range(3)] == [20 * MS, 222 * MS, 424 * MS]


@pytest.mark.parametrize("cps", [0.5, 1.0, 5.0, 50.0, 300.0])
def test_even_the_latest_makes_no_rolling_second_too_full(world: World, cps: float) -> None:
    CarrierAccount.objects.update(cps=cps)
    late = timedelta(seconds=dialling.PUNCTUAL)
    slots = [slot(world) for _ in range(round(cps) * 2 + 2)]
    for n, start in enumerate(slots):
        within = sum(at < start + late + SECOND for at in slots[n:])
        assert within <= max(1, cps)
    assert (len(slots) - 1) / (slots[-1] - slots[0]).total_seconds() >= 0.99 * cps


def test_an_idle_account_saves_up_no_slots(world: World) -> None:
    slot(world)
    later = NOW + timedelta(hours=1)
    assert [slot(world, later) - later for _ in range(2)] == [20 * MS, 222 * MS]


def missed(world: World, slot: datetime, late: timedelta) -> timedelta:
    """How long after its first slot a request leaves that comes so late to it."""
    clock = slot + late
    given = {"account_id": world.account.pk, "clock": lambda: clock}
    return dispatch.take_slot(**given, missed=slot) - slot


def test_a_missed_slot_behind_which_nobody_waits_only_moves(world: World) -> None:
    first = slot(world)
    assert missed(world, first, 30 * MS) == 50 * MS
    assert slot(world) - first == 252 * MS  # and the next request comes as long after it as ever


def test_one_behind_which_others_wait_is_lost(world: World) -> None:
    first, second = slot(world), slot(world)
    assert missed(world, first, 30 * MS) == 404 * MS
    assert second - first == 202 * MS


def test_an_intent_comes_with_its_slot(world: World) -> None:
    first = intend(world.place().call)
    second = intend(world.place(to="+15555557001").call)
    assert first and second
    assert second.slot - first.slot == 202 * MS


def test_slots_may_be_read_from_another_clock_than_the_gates(world: World) -> None:
    """The gates may have waited for a lock; the slot is taken after them."""
    claimed = claim(world.place().call)
    assert claimed
    intent = dispatch.intend(claimed=claimed, now=NOW, clock=lambda: NOW + 3 * SECOND)
    assert intent and intent.slot == NOW + 3 * SECOND + 20 * MS


def test_nothing_is_claimed_while_requests_queue_for_their_slots(world: World) -> None:
    call = world.place().call
    for _ in range(7):
        slot(world)
    assert claim(call) is None
    assert claim(call, NOW + SECOND)


def waits(world: World, monkeypatch: pytest.MonkeyPatch, *wakes: float) -> tuple[bool, int]:
    """Whether the request leaves, and how many slots that took, by how much too late it woke each time."""
    taken: list[timedelta] = []
    late = chain(wakes, repeat(0.0))
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds + next(late)

    def take(*, lead: timedelta, **_: object) -> datetime:
        taken.append(lead)
        return NOW + lead

    monkeypatch.setattr("calls.dispatch.queries.database_now", lambda: NOW)
    monkeypatch.setattr(dialling.time, "sleep", sleep)
    monkeypatch.setattr(dialling.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(dialling.actions, "take_slot", take)
    intent = intend(world.place().call)
    assert intent
    return dialling._await_slot(intent), len(taken)


def test_a_punctual_request_takes_one_slot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert waits(world, monkeypatch, 0.007) == (True, 0)


def test_a_late_one_takes_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert waits(world, monkeypatch, 0.009, 0.5) == (True, 2)


def test_one_that_is_always_late_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert waits(world, monkeypatch, *[1.0] * 20) == (False, 9)


def test_each_time_it_leaves_itself_twice_as_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads: list[timedelta] = []

    def take(*, lead: timedelta, **_: object) -> datetime:
        leads.append(lead)
        return NOW - SECOND  # always over already

    monkeypatch.setattr("calls.dispatch.queries.database_now", lambda: NOW)
    monkeypatch.setattr(dialling.actions, "take_slot", take)
    intent = intend(world.place().call)
    assert intent
    missed = Intent(intent.attempt_id, intent.request, intent.account, NOW - SECOND)
    assert not dialling._await_slot(missed)
    assert leads[:3] == [40 * MS, 80 * MS, 160 * MS]
