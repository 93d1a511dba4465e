"""What a cap would have refused last week, found out before it is set."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.limits.counting import Cap
from calls.placing import replay
from calls.placing.replay import Replay, last_week_under
from calls.records.models import Call
from tests.database.rows import again
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)
OTHER = "+15555557001"


def under(world: World, cap: Cap, now: datetime = LATER) -> tuple[int, int]:
    """Refused, and of how many."""
    found = last_week_under(cap, tenant=world.acme, now=now)
    return found.refused, found.calls


def three(world: World, **fields: Any) -> list[Call]:
    """Three of Bob's calls at NOW."""
    first = world.place(allow_duplicate=True, **fields).call
    return [first, again(first), again(first)]


SCOPES = ["requester", "route", "agent", "tenant", "country", "prefix"]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_led_past(world: World, scope: str) -> None:
    three(world)
    assert under(world, Cap(scope, 2, 3600)) == (1, 3)


def test_people_are_counted_when_they_were_rung(world: World) -> None:
    calls = three(world)
    assert under(world, Cap("callee", 1, 3600)) == (0, 0)
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(dialled_at=NOW)
    assert under(world, Cap("callee", 1, 3600)) == (2, 3)


def test_two_people_are_two(world: World) -> None:
    calls = [*three(world), world.place(to=OTHER).call]
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(dialled_at=NOW)
    assert under(world, Cap("callee", 1, 3600)) == (2, 4)


def test_one_subject_leaves_the_others_out(world: World) -> None:
    three(world)
    assert under(world, Cap("country", 1, 60, subject="US")) == (2, 3)
    assert under(world, Cap("country", 1, 60, subject="CA")) == (0, 0)
    assert under(world, Cap("route", 1, 60, subject=world.route.public_id)) == (2, 3)


def test_refused_calls_and_older_ones_are_left_out(world: World) -> None:
    first, second, _ = three(world)
    Call.objects.filter(pk=first.pk).update(state="refused")
    Call.objects.filter(pk=second.pk).update(created_at=NOW - timedelta(days=8))
    assert under(world, Cap("tenant", 1, 60)) == (0, 1)


def test_money_that_was_spent_before_a_call_refuses_it(world: World) -> None:
    calls = three(world)
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(dialled_at=NOW, cost=3)
    assert under(world, Cap("spend", 5, 86400)) == (1, 3)
    assert under(world, Cap("spend", 3, 86400)) == (2, 3)


def test_a_new_day_has_new_money(world: World) -> None:
    first, *_rest = three(world)
    Call.objects.filter(tenant=world.acme).update(dialled_at=NOW, cost=3)
    Call.objects.filter(pk=first.pk).update(dialled_at=NOW - timedelta(days=1))
    assert under(world, Cap("spend", 3, 86400)) == (1, 3)


def test_too_many_are_cut_and_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    three(world)
    monkeypatch.setattr(replay, "MOST_READ", 2)
    found = last_week_under(Cap("tenant", 1, 60), tenant=world.acme, now=LATER)
    assert found == Replay(refused=1, calls=2, is_partial=True)


def test_it_is_one_query(world: World, django_assert_num_queries: Any) -> None:
    three(world)
    with django_assert_num_queries(1):
        under(world, Cap("tenant", 1, 60))


def test_other_tenants_calls_are_theirs(world: World) -> None:
    three(world)
    found = last_week_under(Cap("tenant", 1, 60), tenant=world.globex, now=LATER)
    assert (found.refused, found.calls) == (0, 0)
