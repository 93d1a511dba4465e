"""Which registries a rule asks for prove nothing today (R5.7)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.dnc.models import DncSource
from calls.dnc.queries import sources_for, stale_registries
from calls.tenants.models import Tenant
from tests.dnc.registries import source_of
from tests.world import NOW, World

DAY = timedelta(days=1)
ASKED = [("us-national", 31)]


def copy(tenant: Tenant | None, old: timedelta | None, **fields: object) -> DncSource:
    source = source_of(tenant, **fields)
    fetched = None if old is None else NOW - old
    DncSource.objects.filter(pk=source.pk).update(fetched_at=fetched)
    return source


def stale(world: World, *wanted: tuple[str, int], now: datetime = NOW) -> list[tuple[str, int]]:
    found = stale_registries(tenant=world.acme, wanted=wanted or ASKED, now=now)
    return [(one.name, one.max_age_days) for one in found]


def test_nothing_is_asked_when_no_rule_asks(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert stale_registries(tenant=world.acme, wanted=[], now=NOW) == []
    assert len(asked) == 0


def test_a_registry_nobody_has_is_stale(world: World) -> None:
    assert stale(world) == [("us-national", 31)]


def test_one_that_was_never_fetched_is_stale(world: World) -> None:
    copy(None, None)
    assert stale(world) == [("us-national", 31)]


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (31, False), (32, True)])
def test_the_age_decides(world: World, days: int, is_stale: bool) -> None:
    copy(None, days * DAY)
    assert bool(stale(world)) is is_stale


@pytest.mark.parametrize(
    ("rule", "own", "is_stale"), [(31, 60, False), (15, 60, True), (60, 15, True), (60, 60, False)]
)
def test_the_stricter_limit_counts(world: World, rule: int, own: int, is_stale: bool) -> None:
    copy(None, 20 * DAY, max_age_days=own)
    assert stale(world, ("us-national", rule)) == (
        [("us-national", min(rule, own))] if is_stale else []
    )


def test_a_tenants_fresh_copy_stands_in_for_an_old_one(world: World) -> None:
    copy(None, 40 * DAY)
    copy(world.acme, DAY)
    assert stale(world) == []


def test_another_tenants_copy_does_not(world: World) -> None:
    copy(world.globex, DAY)
    assert stale(world) == [("us-national", 31)]


def test_the_newest_copy_is_the_one_told_about(world: World) -> None:
    copy(None, 50 * DAY)
    copy(world.acme, 40 * DAY)
    (found,) = stale_registries(tenant=world.acme, wanted=ASKED, now=NOW)
    assert found.fetched_at == NOW - 40 * DAY


def test_each_registry_is_judged_by_itself_in_one_query(world: World) -> None:
    copy(None, DAY)
    copy(None, 40 * DAY, name="us-texas", title="Texas")
    wanted = (("us-national", 31), ("us-texas", 31), ("us-none", 31))
    with CaptureQueriesContext(connection) as asked:
        assert [name for name, _ in stale(world, *wanted)] == ["us-texas", "us-none"]
    assert len(asked) == 1


def test_the_sources_that_count_for_a_tenant(world: World) -> None:
    own, house = copy(world.acme, DAY), copy(None, DAY)
    copy(world.globex, DAY)
    assert set(sources_for(world.acme, ["us-national"])) == {own, house}
    assert sources_for(world.acme, ["us-texas"]) == []
