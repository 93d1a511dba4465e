"""R4.13: a gate that cannot be asked is closed, at accept and at dialling, and somebody is told."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.placing import actions as placing
from calls.policy.facts import Facts
from calls.policy.gates import GATES, Gate
from calls.records.models import Call, Receipt
from tests.api.program import EXAMPLE, Program
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.flips import by_key
from tests.world import CALLEE, NOW, World

MINUTE = timedelta(minutes=1)
every_gate = pytest.mark.parametrize("gate", list(GATES), ids=[gate.name for gate in GATES])


@contextmanager
def broken(gate: Gate) -> Iterator[None]:
    """Meanwhile this gate fails when it is asked, quoting what it was given."""

    def boom(facts: Facts) -> NoReturn:
        raise RuntimeError(f"cannot judge {facts.number.e164}")

    place = GATES.index(gate)
    GATES[place] = replace(gate, judge=boom)
    try:
        yield
    finally:
        GATES[place] = gate


@every_gate
def test_at_accept_the_call_is_refused_and_kept(world: World, gate: Gate) -> None:
    with broken(gate):
        answer = Program(world.key).place(EXAMPLE)
    call, receipt = Call.objects.get(), Receipt.objects.get()
    assert (answer.status_code, answer.json()["error"]) == (409, "gate_error")
    assert (call.state, call.reason, call.to) == ("refused", "gate_error", CALLEE)
    assert [v["gate"] for v in receipt.verdicts if v["code"] == "gate_error"] == [gate.name]
    assert not receipt.allowed
    oracle.uphold()


@every_gate
def test_at_dialling_the_call_waits_and_goes_out_once_when_the_gate_is_mended(
    world: World, carrier: Recorder, clock: Clock, gate: Gate
) -> None:
    call = by_key(world)
    with broken(gate):
        assert not dial(call_id=call.pk)
    assert (fresh(call).state, fresh(call).due_at) == ("queued", NOW + MINUTE)
    assert (carrier.asked, Attempt.objects.count()) == ([], 0)
    clock.now = NOW + MINUTE
    assert dial(call_id=call.pk)
    oracle.uphold(placed=carrier.keys)
    assert len(carrier.asked) == 1


@every_gate
def test_a_waiting_call_is_not_ended_for_it(world: World, gate: Gate) -> None:
    call = by_key(world)
    with broken(gate):
        assert not placing.stop_call(call_id=call.pk, now=NOW)
    assert fresh(call).state == "queued"


@every_gate
def test_it_is_logged_as_an_error_that_names_the_gate_and_nobodys_number(
    world: World, gate: Gate, log: io.StringIO
) -> None:
    with broken(gate):
        Program(world.key).place(EXAMPLE)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    errors = [line for line in lines if line["level"] == "error"]
    assert {error.get("gate") for error in errors} == {gate.name}
    oracle.uphold(log=log.getvalue(), canaries=(CALLEE, CALLEE[1:], world.key))
