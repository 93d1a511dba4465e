"""What a call cost is written when it is over: every begun minute, where its account has a price."""

from decimal import Decimal

import pytest

from calls.records.models import Call
from tests.dispatch.steps import fresh, placed, report, story, tell
from tests.world import World


def call(world: World, price: str) -> Call:
    """A call the carrier took, at this price a minute."""
    world.account.price_per_minute = Decimal(price)
    world.account.save()
    return placed(world)


@pytest.mark.parametrize(
    ("seconds", "cost"), [(0, "0"), (1, "0.0125"), (60, "0.0125"), (61, "0.025"), (600, "0.125")]
)
def test_every_begun_minute_costs(world: World, seconds: int, cost: str) -> None:
    under_way = call(world, "0.0125")
    tell(under_way, report("completed", duration_seconds=seconds))
    assert fresh(under_way).cost == Decimal(cost)


def test_without_a_price_nobody_knows(world: World) -> None:
    under_way = call(world, "0")
    tell(under_way, report("completed", duration_seconds=61))
    assert fresh(under_way).cost is None


def test_a_call_under_way_has_no_cost_yet(world: World) -> None:
    under_way = call(world, "0.0125")
    tell(under_way, report("in_progress", duration_seconds=61))
    assert fresh(under_way).cost is None


def test_a_duration_that_comes_late_is_priced_too(world: World) -> None:
    under_way = call(world, "0.0125")
    tell(under_way, report("completed"))
    assert fresh(under_way).cost is None
    tell(under_way, report("completed", duration_seconds=61))
    assert fresh(under_way).cost == Decimal("0.025")
    assert story(under_way)[-1] == "enriched"


def test_the_same_word_again_changes_nothing(world: World) -> None:
    under_way = call(world, "0.0125")
    tell(under_way, report("completed", duration_seconds=61))
    assert not tell(under_way, report("completed", duration_seconds=61))
