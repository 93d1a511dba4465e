"""Which registries a rule asks for prove nothing today (R5.7)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.dnc.models import DncEntry, DncSource
from calls.dnc.queries import is_beside_another, stale_registries
from calls.tenants.models import Tenant
from tests.dnc.registries import ANN, source_of
from tests.world import NOW, World

DAY = timedelta(days=1)
ASKED = [("us-national", 31)]


def copy(tenant: Tenant | None, old: timedelta | None, **fields: object) -> DncSource:
    source = source_of(tenant, **fields)
    DncEntry.objects.create(tenant=tenant, registry=source, number=ANN, added_at=NOW)
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


# days since the installation's and the tenant's own copy were fetched (None: there is none), and what is stale
@pytest.mark.parametrize(
    ("house", "own", "is_stale"),
    [
        (40, 1, True),  # a tenant's own file makes nobody else's any fresher
        (1, 40, False),
        (1, 1, False),
        (40, 40, True),
        (None, 1, False),
        (None, 40, True),
        (1, None, False),
    ],
)
def test_the_installations_copy_decides_where_there_is_one(
    world: World, house: int | None, own: int | None, is_stale: bool
) -> None:
    for tenant, days in ((world.acme, own), (None, house)):
        if days is not None:
            copy(tenant, days * DAY)
    assert bool(stale(world)) is is_stale


def test_one_the_installation_named_and_never_fetched_decides_too(world: World) -> None:
    copy(world.acme, DAY)
    copy(None, None)
    assert stale(world) == [("us-national", 31)]


@pytest.mark.parametrize("whose", ["acme", None])
def test_a_copy_that_lists_nobody_is_stale(world: World, whose: str | None) -> None:
    source = copy(getattr(world, whose) if whose else None, DAY)
    assert stale(world) == []
    DncEntry.objects.filter(registry=source).update(lifted_at=NOW)
    (found,) = stale_registries(tenant=world.acme, wanted=ASKED, now=NOW)
    assert (found.name, found.fetched_at) == ("us-national", None)


def test_the_limit_of_a_copy_that_does_not_decide_is_nothing(world: World) -> None:
    copy(None, 20 * DAY)
    copy(world.acme, DAY, max_age_days=2)
    assert stale(world) == []


def test_another_tenants_copy_does_not(world: World) -> None:
    copy(world.globex, DAY)
    assert stale(world) == [("us-national", 31)]


def test_the_copy_that_decides_is_told_about(world: World) -> None:
    copy(None, 50 * DAY)
    copy(world.acme, 40 * DAY)
    (found,) = stale_registries(tenant=world.acme, wanted=ASKED, now=NOW)
    assert found.fetched_at == NOW - 50 * DAY


def test_each_registry_is_judged_by_itself_in_one_query(world: World) -> None:
    copy(None, DAY)
    copy(None, 40 * DAY, name="us-texas", title="Texas")
    wanted = (("us-national", 31), ("us-texas", 31), ("us-none", 31))
    with CaptureQueriesContext(connection) as asked:
        assert [name for name, _ in stale(world, *wanted)] == ["us-texas", "us-none"]
    assert len(asked) == 1


def test_which_copies_only_add_numbers(world: World) -> None:
    own, others = copy(world.acme, DAY), copy(world.acme, DAY, name="us-texas", title="Texas")
    house = copy(None, DAY)
    assert [is_beside_another(each) for each in (own, others, house)] == [True, False, False]
