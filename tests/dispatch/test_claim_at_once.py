"""Many workers, one call: on a database that really is shared."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim
from calls.records.models import Call
from tests.dispatch.steps import fresh
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 20


def all_at_once(calls: list[Call]) -> list[Claim | None]:
    """One worker per call, released together."""
    barrier = threading.Barrier(len(calls))

    def work(call: Call) -> Claim | None:
        try:
            barrier.wait(timeout=30)
            return dispatch.claim(call_id=call.pk, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as workers:
        return list(workers.map(work, calls))


def test_twenty_workers_and_one_call_make_one_claim(world: World) -> None:
    call = world.place(now=timezone.now()).call
    claims = [claim for claim in all_at_once([call] * WORKERS) if claim]
    assert len(claims) == 1
    assert (fresh(call).state, fresh(call).fence) == ("dispatching", 1)
    assert call.events.filter(what="claimed").count() == 1


def test_workers_who_take_different_calls_get_different_turns(world: World) -> None:
    now = timezone.now()
    calls = [world.place(to=f"+1555555{7000 + n}", now=now).call for n in range(5)]
    turns = sorted(claim.send_at for claim in all_at_once(calls) if claim)
    gaps = [(after - before).total_seconds() for before, after in pairwise(turns)]
    assert len(turns) == 5
    assert all(gap >= 0.2 for gap in gaps)


def test_of_two_calls_between_the_same_numbers_one_is_taken(world: World) -> None:
    now = timezone.now()
    calls = [world.place(now=now, allow_duplicate=True).call for _ in range(6)]
    assert len([claim for claim in all_at_once(calls) if claim]) == 1
