"""Counts stay exact while they are read: a fold may commit between any two of the questions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from calls.records import actions as records
from calls.records import states
from calls.rollups.actions import fold_waiting
from calls.rollups.queries import hourly_counts
from tests.world import NOW, World


class Interruption:
    """Folds just before the n-th question is asked."""

    def __init__(self, before: int) -> None:
        self.before = before
        self.asked = 0

    def __call__(
        self, ask: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.asked += 1
        if self.asked == self.before:
            fold_waiting(now=NOW)
        return ask(sql, params, many, context)


@pytest.mark.parametrize("before", [1, 2, 3, 4, 99])
def test_a_fold_in_between_changes_nothing(world: World, before: int) -> None:
    call = world.place().call
    fold_waiting(now=NOW)
    records.move(call=call, to=states.CANCELED, what="canceled", source="test", now=NOW)
    world.place(allow_duplicate=True)
    with connection.execute_wrapper(Interruption(before)):
        counts = hourly_counts(world.acme, since=NOW, until=NOW + timedelta(hours=1))
    assert counts == {(NOW, "canceled", ""): 1, (NOW, "waiting", ""): 1}
