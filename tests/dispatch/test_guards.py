"""The last looks before a request: time that ran out, a gate that broke, a log read by one alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch import queries, retry
from calls.policy import decide as judging
from calls.policy import gates
from calls.records.models import Call
from tests.dispatch.steps import claim, fresh, intend, lost
from tests.world import NOW, World

SECOND = timedelta(seconds=1)


def breaks(facts: object) -> gates.Pass:
    """A gate whose rule cannot be read."""
    raise RuntimeError


def test_a_call_whose_time_runs_out_after_the_claim_is_not_dialled(world: World) -> None:
    call = world.place(expires_at=NOW + 5 * SECOND).call
    claimed = claim(call)
    assert claimed
    assert dispatch.intend(claimed=claimed, now=NOW + 6 * SECOND) is None
    assert (fresh(call).state, call.attempts.count()) == ("expired", 0)


def test_a_gate_that_breaks_at_dialling_keeps_the_call_and_dials_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that cannot be read now may be readable in a minute; until then nobody is called."""
    call = world.place().call
    broken = [replace(gates.GATES[0], judge=breaks), *gates.GATES[1:]]
    monkeypatch.setattr(judging, "GATES", broken)
    assert intend(call) is None
    call = fresh(call)
    assert (call.state, call.attempts.count()) == ("queued", 0)
    assert call.due_at == NOW + 60 * SECOND


def test_the_log_is_read_by_one_reader_at_a_time(world: World) -> None:
    call = lost(world)
    due = fresh(call).next_check_at
    assert due is not None
    dispatch.take_checks(call_ids=[call.pk], now=due)
    assert not queries.accounts_to_ask(due + SECOND)
    assert queries.accounts_to_ask(due + retry.LONGEST_READING + SECOND) == [world.account]


def test_a_reader_that_dies_is_followed_by_another(world: World) -> None:
    call = lost(world)
    dispatch.take_checks(call_ids=[call.pk], now=NOW)
    waiting = Call.objects.get(pk=call.pk).next_check_at
    assert waiting == NOW + retry.LONGEST_READING
