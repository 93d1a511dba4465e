"""Many who find the same second call, and others at one account, at once: none waits for another in a ring."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from calls.dispatch import actions as dispatch
from calls.dispatch.match import TWICE, Difference
from calls.dispatch.models import Finding
from calls.records.models import Call
from tests.dispatch.steps import fresh, placed, story
from tests.world import CALLER_ID, NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(acts: list[Callable[[], object]]) -> None:
    """One worker per act, released together; whoever fails fails the test."""
    barrier = threading.Barrier(len(acts))

    def work(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=30)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as workers:
        list(workers.map(work, acts))


def by_the_reading(call: Call, other_id: str) -> Callable[[], object]:
    return lambda: dispatch.note_provider_duplicate(call_id=call.pk, other_id=other_id, now=NOW)


def by_the_match(world: World, calls: list[tuple[int, Call]]) -> Callable[[], object]:
    found = [Difference(TWICE, f"X{n}", CALLER_ID, c.to, NOW, "", c.pk) for n, c in calls]
    return lambda: dispatch.keep_findings(
        account=world.account, found=found, owners={}, since=NOW, now=NOW
    )


def test_each_is_found_once_and_the_account_stops(world: World) -> None:
    calls = list(
        enumerate(placed(world, remote=f"SM{n}", to=f"+1555555{7000 + n}") for n in range(4))
    )
    acts = [by_the_reading(call, f"X{n}") for n, call in calls]
    acts += [by_the_match(world, calls), by_the_match(world, calls[::-1])]
    all_at_once(acts * 2)
    assert Finding.objects.count() == 4
    assert {story(call).count("disputed") for _, call in calls} == {1}
    assert fresh(calls[0][1]).account.paused_at == NOW
