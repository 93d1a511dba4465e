"""Money spent since the tenant's midnight, calls under way included; a spend cap looks at it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from calls.limits.counting import Cap
from calls.placing import tallies
from calls.placing.tallies import Spending
from calls.records.models import Call
from calls.tenants.models import Tenant
from tests.dispatch.steps import asking, placed, report, tell
from tests.world import NOW, World

PRICE = Decimal("0.10")
MIDNIGHT = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)  # in New York
TOMORROW = MIDNIGHT + timedelta(days=1)
FIFTY = Cap("spend", 50, 86400)


def priced(world: World) -> None:
    """Acme's carrier charges ten cents a begun minute."""
    world.account.price_per_minute = PRICE
    world.account.save()


def spending(tenant: Tenant, now: datetime = NOW) -> Spending:
    """Where a tenant with a spend cap stands."""
    found = tallies.spent_today(tenant, now, caps=[FIFTY])
    assert found
    return found


def spent(world: World) -> Decimal:
    return spending(world.acme).spent


def test_nothing_was_spent_yet(world: World) -> None:
    found = spending(world.acme)
    assert found == Spending(Decimal(0), Decimal(50), MIDNIGHT, TOMORROW)


def test_a_call_costs_every_begun_minute(world: World) -> None:
    priced(world)
    tell(placed(world), report("completed", duration_seconds=61))
    assert Call.objects.get().cost == spent(world) == Decimal("0.20")


def test_calls_under_way_count_a_begun_minute(world: World) -> None:
    priced(world)
    placed(world)
    asking(world.place(to="+15555557001").call)
    assert spent(world) == Decimal("0.20")


def test_what_waits_costs_nothing_yet(world: World) -> None:
    priced(world)
    world.place()
    assert spent(world) == 0


def test_the_day_begins_at_the_tenants_midnight(world: World) -> None:
    priced(world)
    call = placed(world)
    tell(call, report("completed", duration_seconds=60))
    for dialled_at, found in ((MIDNIGHT, PRICE), (MIDNIGHT - timedelta(seconds=1), 0)):
        Call.objects.filter(pk=call.pk).update(dialled_at=dialled_at)
        assert spent(world) == found


def test_other_tenants_money_is_theirs(world: World) -> None:
    priced(world)
    tell(placed(world), report("completed", duration_seconds=60))
    assert spending(world.globex).spent == 0


def test_the_day_of_a_change_of_clocks_has_its_own_length(world: World) -> None:
    found = spending(world.acme, datetime(2026, 11, 1, 15, 0, tzinfo=UTC))
    assert found.until - found.since == timedelta(hours=25)


def test_without_a_spend_cap_nothing_is_summed(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert tallies.spent_today(world.acme, NOW, caps=[Cap("tenant", 1, 60)]) is None


def test_the_smallest_cap_holds(world: World) -> None:
    found = tallies.spent_today(world.acme, NOW, caps=[FIFTY, Cap("spend", 20, 86400)])
    assert found and found.most == 20


def test_two_queries_answer(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        spent(world)
