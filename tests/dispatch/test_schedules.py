"""Random schedules of several calls at once: accept, tick, ask, event, kill, flip a gate, reconcile.

Beside test_machine.py, which plays one call step by step: here calls share an account, a clock, a carrier's
ledger and the switches. SCHEDULES says how many are played; `make faults` plays ten thousand.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Intent
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.placing.actions import CallRefused
from calls.records import states
from calls.records.models import Call
from calls.routes import actions as routes
from tests.dispatch.steps import report, tell
from tests.faults import oracle
from tests.undone import undone
from tests.world import NOW, SEED, World

SHARDS = 4
# On PostgreSQL each statement is a journey; what differs there is locking, and these have one connection.
USUAL = "100" if connection.vendor == "postgresql" else "1000"
SCHEDULES = int(os.environ.get("SCHEDULES", USUAL)) // SHARDS
NOT_PLACED = ("queued", "refused", "rejected", "expired")
CALLEES = [f"+1555555{n}" for n in (2001, 2002, 2003)]
PROOF = [Evidence.NO_BYTE_SENT, Evidence.REFUSED, Evidence.CREDENTIALS, Evidence.THROTTLED]
LOST = [
    Evidence.UNKNOWN,
    None,
]  # no readable answer; or the worker died, and nobody writes anything
SAID = st.sampled_from(["ringing", "in_progress", "completed", "no_answer", "busy"])


@dataclass(eq=False)
class Line:
    """One call, the requests it allows, and what the carrier placed for it."""

    call: Call
    intents: list[Intent] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    ended: str = ""


class Schedule(RuleBasedStateMachine):
    """One schedule; everything it writes is undone at its end."""

    lines: Any = Bundle("lines")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.now = world, NOW
        self.known: list[Line] = []
        self.undoing = undone()
        self.undoing.__enter__()

    @initialize(target=lines)
    def first(self) -> Line:
        return self.accept(CALLEES[0])

    @rule(target=lines, to=st.sampled_from(CALLEES))
    def accept(self, to: str) -> Line:
        try:
            key = f"k{len(self.known)}"
            call = self.world.place(to=to, now=self.now, idempotency_key=key).call
        except CallRefused as refusal:
            call = refusal.call
        self.known.append(Line(call))
        return self.known[-1]

    @rule(seconds=st.sampled_from([1, 30, 130, 3700]))
    def tick(self, seconds: int) -> None:
        """Time passes, and whoever held a lease for too long has lost it."""
        self.now += timedelta(seconds=seconds)
        for line in self.known:
            dispatch.recover(call_id=line.call.pk, now=self.now)

    @rule(line=lines)
    def intend(self, line: Line) -> None:
        claim = dispatch.claim(call_id=line.call.pk, now=self.now)
        self.now += timedelta(seconds=1)
        if claim and (intent := dispatch.intend(claimed=claim, now=self.now)):
            line.intents.append(intent)

    @rule(line=lines, proof=st.sampled_from(PROOF))
    def asked_in_vain(self, line: Line, proof: Evidence) -> None:
        self.answer(line, proof, takes=False)

    @rule(line=lines)
    def asked_and_taken(self, line: Line) -> None:
        self.answer(line, Evidence.ACCEPTED, takes=True)

    @rule(line=lines, takes=st.booleans(), how=st.sampled_from(LOST))
    def asked_and_lost(self, line: Line, takes: bool, how: Evidence | None) -> None:
        """The answer is lost, or the worker is killed: in the request, or before it left."""
        self.answer(line, how, takes=takes)

    @rule(line=lines, state=SAID, source=st.sampled_from(["webhook", "call_log"]))
    def told(self, line: Line, state: str, source: str) -> None:
        """The carrier speaks of a call only when it has one."""
        for remote in line.placed:
            told = report(state, carrier_call_id=remote, to=line.call.to, at=self.now)
            tell(line.call, told, self.now, source)

    @rule(line=lines, absent=st.booleans())
    def reconcile(self, line: Line, absent: bool) -> None:
        """A log may be late, so absence is told also of calls that exist; not for longer than W."""
        aged = any(a.intent_at < self.now - timedelta(seconds=20) for a in line.call.attempts.all())
        absent = absent and not (line.placed and aged)
        dispatch.check_again(call_id=line.call.pk, absent=absent, now=self.now)

    @rule(to=st.sampled_from(CALLEES))
    def list_callee(self, to: str) -> None:
        given: dict[str, Any] = {"reason": "Asked", "source": "test", "actor": SEED}
        dnc.add_number(tenant=self.world.acme, number=to, now=self.now, **given)

    @rule()
    def open_every_gate(self) -> None:
        for entry in DncEntry.objects.filter(lifted_at=None):
            dnc.lift_number(entry=entry, actor=self.world.alice, now=self.now)
        for pause in Pause.objects.filter(ended_at=None):
            limits.lift_pause(pause=pause, actor=SEED, now=self.now)
        self.world.account.refresh_from_db()
        routes.resume_account(account=self.world.account, actor=SEED, now=self.now)
        routes.close_breaker(account=self.world.account, actor=SEED, now=self.now)

    @rule()
    def pause(self) -> None:
        limits.pause(tenant=self.world.acme, reason="Stop", actor=SEED, now=self.now)

    def answer(self, line: Line, evidence: Evidence | None, *, takes: bool) -> None:
        """The request of the one intent nobody has used yet leaves now."""
        if not line.intents:
            return
        intent = line.intents.pop()
        if takes:
            line.placed.append(f"SM{intent.attempt_id.hex}")
        if evidence is None:
            return
        remote = line.placed[-1] if evidence == Evidence.ACCEPTED else None
        answer = Answer(evidence, carrier_call_id=remote)
        dispatch.conclude(attempt_id=intent.attempt_id, answer=answer, now=self.now)

    @invariant()
    def every_promise_holds(self) -> None:
        calls = Call.objects.in_bulk([line.call.pk for line in self.known])
        for line in self.known:
            call = calls[line.call.pk]
            assert len(line.placed) <= 1, "called twice"
            assert not line.placed or call.state not in NOT_PLACED, f"taken, and {call.state}"
            assert line.ended in ("", call.state), f"{call.state} after {line.ended}"
            line.ended = call.state if call.is_over else ""
            assert cared_for(call), f"forgotten as {call.state}"
        live = Attempt.objects.filter(outcome__in=["intent", "unknown", "accepted"])
        assert live.count() == live.values("call").distinct().count(), "two live attempts"

    def teardown(self) -> None:
        try:
            assert oracle.dialled_without_leave() == []
            assert oracle.jumps() == []
        finally:
            self.undoing.__exit__(None, None, None)


def cared_for(call: Call) -> bool:
    """Whether the call is over, waits, is with people, leased or being looked for: nothing else."""
    waits = call.is_over or call.state in (*states.WAITING, "needs_human")
    return waits or call.next_check_at is not None or call.lease_until is not None


@pytest.mark.parametrize("shard", range(SHARDS))
def test_any_schedule_keeps_every_promise(world: World, shard: int) -> None:
    run_state_machine_as_test(
        lambda: Schedule(world),
        settings=settings(
            max_examples=SCHEDULES,
            stateful_step_count=10,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
