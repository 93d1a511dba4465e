"""Each second: what happened becomes deliveries, and whoever has something due is woken."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.hooks import actions, sweep
from calls.hooks.actions import events as publishing
from calls.hooks.models import Endpoint
from calls.hooks.queries import endpoints_with_due
from tests.dispatch.steps import lost
from tests.hooks.steps import URL, claim, delivery, endpoint, told
from tests.world import NOW, World


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The endpoints for which a worker was woken."""
    found: list[str] = []

    def later(task: str, **ids: str) -> None:
        assert task == "deliver_next"
        found.append(ids["endpoint_id"])

    monkeypatch.setattr(publishing, "later", later)
    return found


def test_what_happened_is_on_its_way_within_a_round(world: World, woken: list[str]) -> None:
    row = endpoint(world)
    lost(world)
    sweep.tell_endpoints(now=NOW)
    assert told(row) == ["voice.call.unknown"]
    assert woken == [row.public_id]


def test_each_endpoint_with_something_due_is_woken_once(world: World, woken: list[str]) -> None:
    rows = [endpoint(world), endpoint(world, url=URL + "/2")]
    for row in rows:
        delivery(row), delivery(row)
    endpoint(world, url=URL + "/3")
    sweep.tell_endpoints(now=NOW)
    assert woken == sorted(row.public_id for row in rows)


@pytest.mark.parametrize("verb", ["disable_endpoint", "end_endpoint"])
def test_nobody_is_woken_for_what_is_off(world: World, woken: list[str], verb: str) -> None:
    row = getattr(actions, verb)(endpoint=endpoint(world), actor=world.ada, now=NOW)
    delivery(row)
    sweep.tell_endpoints(now=NOW)
    assert woken == []


def test_nor_for_what_is_not_due(world: World, woken: list[str]) -> None:
    delivery(endpoint(world), next_at=NOW + timedelta(seconds=1))
    sweep.tell_endpoints(now=NOW)
    assert woken == []


def test_an_idle_round_asks_twice_and_writes_nothing(
    world: World, django_assert_num_queries: Any
) -> None:
    endpoint(world)
    with django_assert_num_queries(2):
        sweep.tell_endpoints(now=NOW)


def test_a_test_and_a_replay_wake_somebody_at_once(world: World, woken: list[str]) -> None:
    row = endpoint(world)
    by = {"actor": world.ada, "now": NOW}
    sent = actions.send_test_event(endpoint=row, **by)
    actions.replay_delivery(delivery=sent, **by)
    assert woken == [row.public_id] * 2


def test_a_round_has_an_end_and_begins_with_the_longest_waiting(world: World) -> None:
    rows = [endpoint(world, url=f"{URL}/{n}") for n in range(3)]
    for row, minutes in zip(rows, (1, 3, 2), strict=True):
        delivery(row)
        delivery(row, next_at=NOW - timedelta(minutes=minutes))
    assert endpoints_with_due(now=NOW, most=2) == [rows[1], rows[2]]


@pytest.mark.parametrize(("failing", "hands"), [(None, 4), (NOW, 1)])
def test_nobody_is_woken_for_an_endpoint_without_room(
    world: World, failing: datetime | None, hands: int
) -> None:
    row = endpoint(world)
    Endpoint.objects.update(failing_since=failing)
    for _ in range(hands):
        delivery(row)
    for _ in range(hands - 1):
        claim(row)
    assert endpoints_with_due(now=NOW, most=2) == [row]
    claim(row)
    delivery(row)
    assert endpoints_with_due(now=NOW, most=2) == []
