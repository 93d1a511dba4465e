"""When a key was last used: remembered once a minute, so that a busy key is no busy row."""

from datetime import timedelta

import pytest

from calls.tenants import actions
from calls.tenants.models import ApiKey
from tests.world import NOW, World


def used_at(key: ApiKey, *seconds: float) -> ApiKey:
    """The key after uses at these seconds past NOW, each on a freshly loaded row."""
    for second in seconds:
        fresh = ApiKey.objects.get(pk=key.pk)
        actions.note_key_use(key=fresh, now=NOW + timedelta(seconds=second))
    key.refresh_from_db()
    return key


@pytest.mark.parametrize(
    ("uses", "remembered"),
    [([0], 0), ([0, 59.9], 0), ([0, 60], 60), ([0, 30, 59, 61], 61), ([0, 60, 119, 120], 120)],
)
def test_uses_within_a_minute_count_as_one(
    world: World, uses: list[float], remembered: float
) -> None:
    key = used_at(world.runtime_key, *uses)
    assert key.last_used_at == NOW + timedelta(seconds=remembered)


def test_a_use_within_the_minute_writes_nothing(
    world: World, django_assert_num_queries: object
) -> None:
    key = used_at(world.runtime_key, 0)
    with django_assert_num_queries(0):  # type: ignore[operator]
        actions.note_key_use(key=key, now=NOW + timedelta(seconds=10))
