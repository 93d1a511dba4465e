"""What a key is used for: per endpoint and day, written seldom, so that a busy key is no busy row."""

from datetime import timedelta
from typing import Any

import pytest

from calls.tenants import actions, queries, usage
from calls.tenants.models import ApiKey, KeyUse
from tests.world import NOW, World

MINUTE = timedelta(minutes=1)
PLACE = {"endpoint": "POST /api/v1/make-call", "scope": "calls:write"}
READ = {"endpoint": "GET /api/v1/call-logs", "scope": "calls:read"}


def use(world: World, *seconds: float, **what: str) -> None:
    """The key is used at these seconds past NOW."""
    for second in seconds:
        now = NOW + timedelta(seconds=second)
        actions.note_key_use(key=ApiKey.objects.get(), now=now, **what or PLACE)


def listed(world: World, after: timedelta = timedelta(0)) -> list[tuple[str, str, int, Any]]:
    found = queries.uses_of(world.runtime_key, now=NOW + after)
    return [(use.endpoint, use.scope, use.count, use.last_at - NOW) for use in found]


def test_the_first_use_is_written(world: World) -> None:
    use(world, 0)
    assert listed(world) == [(*PLACE.values(), 1, timedelta(0))]


def test_the_uses_of_a_minute_are_written_with_the_next(world: World) -> None:
    use(world, 0, 1, 2, 59)
    assert listed(world) == [(*PLACE.values(), 1, timedelta(0))]
    use(world, 60)
    assert listed(world) == [(*PLACE.values(), 5, MINUTE)]


def test_each_endpoint_for_itself_the_newest_first(world: World) -> None:
    use(world, 0)
    use(world, 1, **READ)
    assert [line[0] for line in listed(world)] == [READ["endpoint"], PLACE["endpoint"]]


def test_a_minute_of_uses_writes_nothing(world: World, django_assert_num_queries: Any) -> None:
    use(world, 0)
    key = ApiKey.objects.get()
    with django_assert_num_queries(0):
        actions.note_key_use(key=key, now=NOW + MINUTE / 2, **PLACE)


def test_days_are_summed_for_a_week(world: World) -> None:
    day = 86_400
    use(world, 0, day, 6 * day)
    assert KeyUse.objects.count() == 3
    assert listed(world, timedelta(days=6))[0][2] == 3
    assert listed(world, timedelta(days=14)) == []


def test_the_memory_has_an_end(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(usage, "MOST_REMEMBERED", 1)
    uses = usage.Uses()
    assert [uses.take(world.acme.pk, path, NOW) for path in ("a", "b", "a", "a")] == [1, 1, 1, 0]


def test_a_clock_set_back_loses_nothing(world: World) -> None:
    uses = usage.Uses()
    assert uses.take(world.acme.pk, "a", NOW) == 1
    assert uses.take(world.acme.pk, "a", NOW - timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::77", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_no_machine_is_named(world: World, address: str, kept: str) -> None:
    actions.note_key_use(key=world.runtime_key, now=NOW, address=address)
    assert ApiKey.objects.get().last_used_from == kept
