"""How fast calls are asked for, by whom and whereto: each cap by its newest accepted calls (R5.11)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.lib import phone
from calls.limits import actions as limits
from calls.limits import counting
from calls.limits.counting import Cap
from calls.limits.queries import caps_of
from calls.placing import tallies
from calls.records.models import Call
from tests.database.rows import again
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

MINUTE = timedelta(minutes=1)
AT = NOW + MINUTE


def subjects(world: World, *, to: str = CALLEE, by: str = "bob") -> dict[str, str]:
    """What a call of Bob's to CALLEE is counted under."""
    return tallies.subjects_of(
        tenant=world.acme,
        requester_id=world.members[by].public_id,
        route=world.route,
        agent=world.agent,
        number=phone.read(to),
    )


def free(world: World, *caps: Cap, at: datetime = AT, **fields: Any) -> list[datetime | None]:
    """When one more fits under each of these."""
    found = tallies.velocity(
        tenant=world.acme, caps=caps, subjects=subjects(world, **fields), at=at
    )
    return [standing.next_free for standing in found]


def place(world: World, seconds: int = 0, **fields: Any) -> Call:
    """Bob's call, so many seconds after NOW."""
    return world.place(now=NOW + timedelta(seconds=seconds), allow_duplicate=True, **fields).call


def test_a_call_knows_where_it_goes(world: World) -> None:
    call = place(world)
    assert (call.country, call.prefix) == ("US", "+1555555")


def test_nothing_was_asked_for_yet(world: World) -> None:
    assert free(world, Cap("tenant", 1, 60)) == [None]


@pytest.mark.parametrize("scope", counting.VELOCITY)
def test_each_scope_counts_what_it_says(world: World, scope: str) -> None:
    place(world, seconds=30)
    assert free(world, Cap(scope, 1, 60)) == [NOW + timedelta(seconds=90)]


ELSEWHERE = [
    ("requester", {"by": "alice"}),
    ("country", {"to": "+442079460123"}),
    ("prefix", {"to": NEW_YORKER}),
]


@pytest.mark.parametrize(("scope", "other"), ELSEWHERE)
def test_another_subject_has_room(world: World, scope: str, other: dict[str, str]) -> None:
    place(world)
    assert free(world, Cap(scope, 1, 3600), **other) == [None]


def test_the_most_newest_decides(world: World) -> None:
    for seconds in (0, 10, 20, 30):
        place(world, seconds)
    two = Cap("tenant", 2, 3600)
    assert free(world, two) == [NOW + timedelta(seconds=20 + 3600)]
    assert free(world, Cap("tenant", 5, 3600)) == [None]


def test_what_left_the_window_does_not_count(world: World) -> None:
    place(world)
    assert free(world, Cap("tenant", 1, 60), at=NOW + MINUTE) == [None]
    assert free(world, Cap("tenant", 1, 61), at=NOW + MINUTE) == [NOW + timedelta(seconds=61)]


def test_the_gap_counts_from_the_newest(world: World) -> None:
    place(world, 0)
    place(world, 50)
    cap = Cap("tenant", 9, 3600, min_gap_seconds=30)
    assert free(world, cap) == [NOW + timedelta(seconds=80)]


def test_refused_calls_do_not_count(world: World) -> None:
    Call.objects.filter(pk=place(world).pk).update(state="refused")
    assert free(world, Cap("tenant", 1, 3600)) == [None]


def test_canceled_and_scheduled_calls_do(world: World) -> None:
    Call.objects.filter(pk=place(world).pk).update(state="canceled")
    place(world, scheduled_at=NOW + timedelta(days=3))
    assert free(world, Cap("tenant", 2, 3600)) == [NOW + timedelta(hours=1)]


def test_other_tenants_do_not_count(world: World) -> None:
    place(world)
    found = tallies.velocity(
        tenant=world.globex, caps=[Cap("tenant", 1, 60)], subjects=subjects(world), at=AT
    )
    assert [standing.next_free for standing in found] == [None]


def test_caps_of_other_scopes_are_left_out(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert free(world, Cap("callee", 1, 60), Cap("spend", 1, 86400)) == []


def test_all_caps_are_one_query(world: World, django_assert_num_queries: Any) -> None:
    place(world)
    caps = [Cap(scope, 1, 60, min_gap_seconds=5) for scope in counting.VELOCITY]
    with django_assert_num_queries(1):
        assert len(free(world, *caps)) == len(counting.VELOCITY)


def test_the_whole_house_holds_for_a_sandboxs_real_number(world: World) -> None:
    found = caps_of(world.acme, at=NOW)
    assert found == list(counting.HOUSE)


def test_a_fictional_number_meets_only_what_was_set(world: World) -> None:
    assert caps_of(world.acme, at=NOW, is_exempt=True) == []
    limits.set_limit(tenant=world.acme, scope="tenant", most=5, actor=world.ada, now=NOW)
    found = caps_of(world.acme, at=NOW, is_exempt=True)
    assert [(cap.most, cap.origin, cap.why) for cap in found] == [(5, "own", "Set by Ada")]


def test_what_runs_the_house_replaces_its_default(world: World) -> None:
    fields: dict[str, Any] = {"scope": "prefix", "most": 7, "window_seconds": 60, "reason": "Fraud"}
    limits.set_limit(tenant=None, actor=SEED, now=NOW, **fields)
    found = [cap for cap in caps_of(world.acme, at=NOW) if cap.scope == "prefix"]
    assert [(cap.most, cap.origin, cap.why) for cap in found] == [(7, "platform", "Fraud")]


def test_500_calls_to_one_prefix_are_cut_off_at_the_limit(world: World) -> None:
    caps = [cap for cap in counting.HOUSE if cap.scope == "prefix"]
    first, accepted = place(world), 1
    for second in range(1, 500):
        at = NOW + timedelta(seconds=second)
        if free(world, *caps, at=at) == [None]:
            again(first, created_at=at)
            accepted += 1
    assert accepted == 50
