"""The same request many times at the same moment, on a database that really is shared."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from calls.placing.actions import CallRefused
from calls.records.models import Call, CallEvent, Receipt
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 12


def all_at_once(world: World, **fields: Any) -> list[str]:
    """What each of the callers is told: accepted, replayed, or a refusal's code."""
    barrier, actor = threading.Barrier(CALLERS), world.bob

    def ask(_: int) -> str:
        try:
            barrier.wait(timeout=30)
            placement = world.place(actor=actor, **fields)
            return "replayed" if placement.replayed else "accepted"
        except CallRefused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as callers:
        return sorted(callers.map(ask, range(CALLERS)))


def test_with_a_key_one_is_accepted_and_the_others_are_replays(world: World) -> None:
    """R1.2"""
    told = all_at_once(world, idempotency_key="k1")
    assert told == ["accepted", *["replayed"] * (CALLERS - 1)]
    assert (Call.objects.count(), CallEvent.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_without_a_key_one_is_accepted_and_the_others_are_duplicates(world: World) -> None:
    """R1.4"""
    told = all_at_once(world)
    assert told == ["accepted", *["possible_duplicate"] * (CALLERS - 1)]
    assert Call.objects.filter(state="queued").count() == 1


def test_one_form_sent_many_times_is_one_call_and_no_error(world: World) -> None:
    """Its token names the call, although a second form with the same words would be asked about."""
    told = all_at_once(world, idempotency_key="form-1", door="form")
    assert told == ["accepted", *["replayed"] * (CALLERS - 1)]
    assert Call.objects.count() == 1
