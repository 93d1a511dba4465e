"""Several workers at once: what happened is told once, and no endpoint holds more hands than its share."""

from functools import partial

import pytest

from calls.hooks import actions
from calls.hooks.models import Delivery
from calls.hooks.queries import under_way
from tests.concurrency.together import failures, together
from tests.dispatch.steps import lost
from tests.hooks.steps import URL, delivery, endpoint
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_rounds_beside_each_other_tell_each_event_once(world: World) -> None:
    rows = [endpoint(world, url=f"{URL}/{n}") for n in range(2)]
    for n in range(4):
        lost(world, to=f"+1555555700{n}")
    assert failures(together(*[partial(actions.publish_waiting, now=NOW, most=2)] * 4)) == []
    assert [row.deliveries.count() for row in rows] == [4, 4]
    assert len({row.event_id for row in Delivery.objects.all()}) == 4


def test_workers_beside_each_other_take_each_delivery_once(world: World) -> None:
    row = endpoint(world)
    for _ in range(3):
        delivery(row)
    taken = together(*[partial(actions.claim_next, endpoint_id=row.pk, now=NOW)] * 8)
    assert failures(taken) == []
    claims = [found for found in taken if isinstance(found, actions.Claim)]
    assert len(claims) == len({found.delivery.pk for found in claims}) == 3


def test_and_no_more_than_the_endpoints_share(world: World) -> None:
    row = endpoint(world)
    for _ in range(9):
        delivery(row)
    assert failures(together(*[partial(actions.claim_next, endpoint_id=row.pk, now=NOW)] * 8)) == []
    assert under_way(row, now=NOW) == 4  # a tenth of 40


def test_two_endpoints_that_fail_tell_of_each_other_without_waiting(world: World) -> None:
    """Each is locked while its failure is written to the other's log."""
    rows = [endpoint(world, url=f"{URL}/{n}") for n in range(2)]
    for row in rows:
        delivery(row)
    claims = [actions.claim_next(endpoint_id=row.pk, now=NOW) for row in rows]
    tried = actions.Try(at="", status=410, milliseconds=1, trouble="", answer="")
    ends = [
        partial(actions.conclude, claimed=claimed, tried=tried, now=NOW, random=0.5)
        for claimed in claims
        if claimed
    ]
    assert failures(together(*ends)) == []
    assert Delivery.objects.filter(event="voice.webhook.delivery_failed").count() == 2
