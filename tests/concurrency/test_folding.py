"""Four workers fold at once while calls go on: every event is counted exactly once."""

from functools import partial

import pytest

from calls.dispatch import actions as dispatch
from calls.records.models import CallEvent
from calls.rollups.actions import fold_waiting
from tests.concurrency.together import failures, together
from tests.rollups.histories import counted_by_folding, counted_by_hand
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_workers_count_every_event_once(world: World) -> None:
    calls = [world.place(to=f"+1555555{7000 + n}").call for n in range(12)]
    for call in calls[:4]:
        dispatch.claim(call_id=call.pk, now=NOW)
    results = together(*[partial(fold_waiting, now=NOW, most=3)] * 4)
    assert failures(results) == []
    assert sum(result for result in results if isinstance(result, int)) == CallEvent.objects.count()
    assert counted_by_folding() == counted_by_hand()


def test_folding_while_calls_come_in_loses_none(world: World) -> None:
    places = [partial(world.place, to=f"+1555555{7100 + n}", actor=world.bob) for n in range(6)]
    folds = [partial(fold_waiting, now=NOW, most=2)] * 4
    assert failures(together(*places, *folds)) == []
    fold_waiting(now=NOW)
    assert counted_by_folding() == counted_by_hand()
