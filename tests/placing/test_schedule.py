"""When a call is meant to ring: now, at a minute, on the callee's clock, or when it may."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls.placing.actions import CallRefused
from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

PENSACOLA = "+18502345678"  # Florida: New York's clock or Chicago's
SYDNEY = "+61291234567"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    """A time on the callee's own clock."""
    return datetime.fromisoformat(text)


def test_now_is_now(world: World) -> None:
    assert world.place().due_at == NOW


def test_an_instant_is_that_instant(world: World) -> None:
    at = NOW + timedelta(hours=2)
    call = world.place(scheduled_at=at).call
    assert call.due_at == at
    assert call.is_scheduled(NOW)
    assert not call.is_scheduled(at)


def test_a_minute_ago_is_now(world: World) -> None:
    assert world.place(scheduled_at=NOW - timedelta(seconds=59)).due_at == NOW


# number, wall clock there, the instant
CLOCKS = [
    (NEW_YORKER, "2026-11-04T10:00", "2026-11-04T15:00"),
    (NEW_YORKER, "2027-07-06T10:00", "2027-07-06T14:00"),
    (PENSACOLA, "2026-11-04T10:00", "2026-11-04T16:00"),  # the later of two clocks
    (CALLEE, "2026-11-04T10:00", "2026-11-04T15:00"),  # nobody's: the tenant's own clock
    (CALLEE, "2027-03-14T02:30", "2027-03-14T07:00"),  # in a gap: when it ends
]


@pytest.mark.parametrize(("number", "local", "instant"), CLOCKS)
def test_a_wall_clock_is_the_callees(world: World, number: str, local: str, instant: str) -> None:
    assert world.place(to=number, scheduled_at=wall(local)).due_at == utc(instant)


def test_of_a_time_that_comes_twice_the_first_is_meant(world: World) -> None:
    the_day_before = utc("2026-10-31T12:00")
    placement = world.place(now=the_day_before, scheduled_at=wall("2026-11-01T01:30"))
    assert placement.due_at == utc("2026-11-01T05:30")


def test_the_hours_are_judged_for_the_scheduled_minute(world: World) -> None:
    with pytest.raises(CallRefused) as refused:
        world.place(to=NEW_YORKER, scheduled_at=wall("2026-11-04T20:00"))
    assert refused.value.code == "outside_hours"
    night = NOW + timedelta(hours=14)
    morning = wall("2026-11-04T09:00")
    assert world.place(to=NEW_YORKER, now=night, scheduled_at=morning).call.state == "queued"


# when it is asked, for which number, when it then rings
DEFERRED = [
    (NOW, NEW_YORKER, NOW),  # it may ring at once
    (utc("2026-11-04T03:00"), NEW_YORKER, utc("2026-11-04T14:00")),
    (utc("2026-11-08T15:00"), NEW_YORKER, utc("2026-11-09T14:00")),  # Sunday
    (utc("2026-11-03T14:00"), PENSACOLA, utc("2026-11-03T15:00")),
    (utc("2027-03-14T05:00"), NEW_YORKER, utc("2027-03-15T13:00")),  # clocks change that night
]


@pytest.mark.parametrize(("now", "number", "due"), DEFERRED)
def test_the_next_allowed_minute(world: World, now: datetime, number: str, due: datetime) -> None:
    call = world.place(to=number, now=now, when="next_allowed").call
    assert (call.state, call.due_at) == ("queued", due)
    assert call.receipts.get().allowed


def test_a_tenant_may_let_all_its_calls_wait(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, outside_hours="defer")
    call = world.place(to=NEW_YORKER, now=utc("2026-11-04T03:00")).call
    assert call.due_at == utc("2026-11-04T14:00")


def test_a_deferred_call_keeps_a_day_from_then_on(world: World) -> None:
    call = world.place(to=NEW_YORKER, now=utc("2026-11-07T23:00"), when="next_allowed").call
    assert call.due_at == utc("2026-11-07T23:00")
    late = world.place(to=NEW_YORKER, now=utc("2026-11-08T03:00"), when="next_allowed").call
    assert late.expires_at == late.due_at + timedelta(hours=24)


def test_waiting_helps_against_the_hours_alone(world: World) -> None:
    with pytest.raises(CallRefused) as refused:
        world.place(
            to=NEW_YORKER,
            now=utc("2026-11-04T03:00"),
            when="next_allowed",
            greeting="Nobody approved this.",
        )
    assert [v["gate"] for v in refused.value.verdicts] == ["greeting", "hours"]


def test_a_call_is_not_deferred_past_its_own_end(world: World) -> None:
    night = utc("2026-11-04T03:00")
    with pytest.raises(Exception, match="could not ring before"):
        world.place(
            to=NEW_YORKER, now=night, when="next_allowed", expires_at=night + timedelta(hours=1)
        )
    assert not Call.objects.exists()


def test_the_approval_must_last_until_the_call(world: World) -> None:
    """The gate looks at the deferred minute, not at the minute of asking."""
    world.appointment.reviews.update(valid_until=utc("2026-11-04T10:00"))
    asked: dict[str, Any] = {"to": NEW_YORKER, "now": utc("2026-11-04T03:00")}
    with pytest.raises(CallRefused) as refused:
        world.place(when="next_allowed", **asked)
    assert [v["gate"] for v in refused.value.verdicts] == ["greeting"]


def test_a_country_far_away_is_judged_by_its_own_clock(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, country_groups=["US", "AU"])
    world.acme.refresh_from_db()
    with pytest.raises(CallRefused) as refused:
        world.place(to=SYDNEY)  # two in the morning there
    assert refused.value.code == "outside_hours"
    assert world.place(to=SYDNEY, now=utc("2026-11-03T23:00")).call.state == "queued"


def test_a_scheduled_call_sends_no_hint_before_its_minute(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as now:
        world.place()
    with django_capture_on_commit_callbacks() as later:
        world.place(scheduled_at=NOW + timedelta(hours=1))
    assert (len(now), len(later)) == (1, 0)
