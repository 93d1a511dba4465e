"""Random schedules of several calls at once: accept, tick, ask, event, kill, flip a gate, reconcile, decide.

Beside test_machine.py, which plays one call step by step: here calls share an account, a clock, a carrier's
ledger and the switches. SCHEDULES says how many are played; `make faults` plays ten thousand.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID

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
from calls.dispatch import queries, reconcile
from calls.dispatch.actions import Intent
from calls.dispatch.actions.people import NothingToDecide
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.events import matching
from calls.lib.errors import BadField
from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.placing.actions import CallRefused
from calls.records import states
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.dispatch.steps import report
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


# How far the first call of a schedule has come: it is young, lost, given up by somebody's word, or asked for
# again after that; the carrier has its first call, or not. By themselves few would come so far.
BEGUN = st.tuples(st.sampled_from(["young", "lost", "given up", "asked again"]), st.booleans())
# A request leaves so soon after its intent, or not at all (dial.py).
IN_TIME = timedelta(seconds=45)
# What the schedules of one shard came to: nothing that they are to show may be missing.
reached: Counter[str] = Counter()


@dataclass(eq=False)
class Line:
    """One call, the requests it allows, and what the carrier placed for it, by the attempt that asked."""

    call: Call
    intents: list[Intent] = field(default_factory=list)
    placed: dict[UUID, str] = field(default_factory=dict)
    late: list[UUID] = field(default_factory=list)  # answers on their way
    shown: set[str] = field(default_factory=set)  # calls of which proof has come to us
    mistakes: int = 0  # how often a person said "never placed" of one that was
    told_by_people: bool = False
    ended: str = ""

    @property
    def latest_is_placed(self) -> bool:
        """Whether the carrier has the call of its latest request."""
        latest = self.call.attempts.order_by("-number").first()
        return latest is not None and latest.pk in self.placed


class Schedule(RuleBasedStateMachine):
    """One schedule; everything it writes is undone at its end."""

    lines: Any = Bundle("lines")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.now = world, NOW
        self.known: list[Line] = []
        self.undoing = undone()
        self.undoing.__enter__()

    @initialize(target=lines, begun=BEGUN)
    def first(self, begun: tuple[str, bool]) -> Line:
        how_far, taken = begun
        line = self.accept(CALLEES[0])
        if how_far != "young":
            self.intend(line)
            self.asked_and_frozen(line, takes=taken)
            self.tick(130)
        if how_far in ("given up", "asked again"):
            self.reconcile(line, absent=True)
            self.decide(line, right=False, again=True)
        if how_far == "asked again":
            self.intend(line)
        return line

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
            assert not line.shown, "asked again after the proof had come"
            reached["asked again"] += line.call.attempts.filter(outcome=Attempt.ABSENT).exists()

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

    @rule(line=lines, takes=st.booleans())
    def asked_and_frozen(self, line: Line, takes: bool) -> None:
        """The worker freezes with the answer in its hands, and writes it down when it wakes up."""
        attempt_id = self.answer(line, None, takes=takes)
        if takes and attempt_id:
            line.late.append(attempt_id)

    @rule(line=lines)
    def wakes_up(self, line: Line) -> None:
        for attempt_id in line.late:
            remote = line.placed[attempt_id]
            answer = Answer(Evidence.ACCEPTED, carrier_call_id=remote)
            dispatch.conclude(attempt_id=attempt_id, answer=answer, now=self.now)
            line.shown.add(remote)
        line.late = []

    @rule(line=lines, state=SAID)
    def told(self, line: Line, state: str) -> None:
        """The carrier speaks of a call only when it has one, and names the attempt that asked for it."""
        for attempt in Attempt.objects.filter(pk__in=line.placed):
            name = f"{line.call.sid}-{attempt.number}"
            self.speak(line, attempt.pk, state, "webhook", reference=name)

    @rule(line=lines, state=SAID)
    def log_shows(self, line: Line, state: str) -> None:
        """The log is read for the call, and shows the attempt that is looked for."""
        line.call.refresh_from_db()
        attempt = queries.attempt_to_look_for(line.call)
        if attempt and attempt.pk in line.placed:
            self.speak(line, attempt.pk, state, "call_log", attempt_id=attempt.pk)

    @rule()
    def match(self) -> None:
        """The hourly match, of a log that shows every call there is."""
        attempts = Attempt.objects.in_bulk([pk for line in self.known for pk in line.placed])
        rows = [
            report("ringing", carrier_call_id=remote, to=line.call.to, at=attempts[pk].intent_at)
            for line in self.known
            for pk, remote in line.placed.items()
        ]
        with mock.patch.object(reconcile, "read_log", lambda *_: (rows, True)):
            matching.match_account(account=self.world.account, now=self.now)
        if not Attempt.objects.filter(outcome__in=Attempt.OPEN).exists():
            for line in self.known:
                line.shown |= set(line.placed.values())

    @rule(line=lines, absent=st.booleans())
    def reconcile(self, line: Line, absent: bool) -> None:
        """A log may be late, so absence is told also of calls that exist; not for longer than W.

        Where a person decides, for longer too: that is what people are asked for.
        """
        policy = Tenant.objects.get(pk=self.world.acme.pk).unknown_outcome
        aged = any(a.intent_at < self.now - timedelta(seconds=20) for a in line.call.attempts.all())
        trusted = policy == Tenant.REDIAL and line.latest_is_placed and aged
        dispatch.check_again(call_id=line.call.pk, absent=absent and not trusted, now=self.now)

    @rule(policy=st.sampled_from([Tenant.REDIAL, Tenant.HOLD]))
    def change_policy(self, policy: str) -> None:
        given: dict[str, Any] = {"tenant": self.world.acme, "actor": SEED, "now": self.now}
        tenants.change_tenant(**given, unknown_outcome=policy)

    @rule(line=lines, right=st.booleans(), again=st.booleans())
    def decide(self, line: Line, right: bool, again: bool) -> None:
        """A person says whether it was placed, rightly or wrongly; wrongly only in the way that could ring twice."""
        line.call.refresh_from_db()
        taken = line.latest_is_placed
        given: dict[str, Any] = {"call": line.call, "actor": self.world.alice, "now": self.now}
        given["how_known"] = "I looked in the portal."
        try:
            if taken and right:
                latest = line.call.attempts.order_by("-number")[0]
                remote = line.placed[latest.pk]
                dispatch.decide_placed(**given, ended_as="busy", carrier_call_id=remote)
                line.told_by_people = True
            else:
                dispatch.decide_not_placed(**given, again=again)
                line.mistakes += taken
        except (NothingToDecide, BadField):
            return

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

    def speak(
        self, line: Line, of: UUID, state: str, source: str, *, reference: str = "", **fields: Any
    ) -> None:
        """The carrier says something of the call it placed for an attempt, and finds it as absorb does."""
        remote = line.placed[of]
        told = report(
            state, carrier_call_id=remote, to=line.call.to, at=self.now, reference=reference
        )
        if not Call.objects.filter(carrier_call_id=remote).exists() and reference:
            attempt = queries.attempt_meant_by(told, account=self.world.account)
            if attempt is None:
                return  # it waits for its call
            fields["attempt_id"] = attempt.pk
        given: dict[str, Any] = {"report": told, "source": source, "now": self.now}
        dispatch.apply_report(call_id=line.call.pk, **given, **fields)
        line.shown.add(remote)

    def answer(self, line: Line, evidence: Evidence | None, *, takes: bool) -> UUID | None:
        """The request of an intent nobody has used yet leaves now, unless its worker is too slow for that."""
        if not line.intents:
            return None
        intent = line.intents.pop()
        attempt = Attempt.objects.get(pk=intent.attempt_id)
        if self.now - attempt.intent_at > IN_TIME:
            evidence, takes = evidence and Evidence.NO_BYTE_SENT, False
        if takes:
            line.placed[attempt.pk] = f"SM{attempt.pk.hex}"
        if evidence is not None:
            remote = line.placed[attempt.pk] if evidence == Evidence.ACCEPTED else None
            line.shown |= {remote} if remote else set()
            answer = Answer(evidence, carrier_call_id=remote)
            dispatch.conclude(attempt_id=attempt.pk, answer=answer, now=self.now)
        return attempt.pk if takes else None

    @invariant()
    def every_promise_holds(self) -> None:
        calls = Call.objects.in_bulk([line.call.pk for line in self.known])
        for line in self.known:
            call = calls[line.call.pk]
            assert len(line.placed) <= 1 + line.mistakes, "called twice, and nobody was mistaken"
            mistaken = line.mistakes and not line.shown
            taken = line.placed and not mistaken
            assert not taken or call.state != "queued", "the proof came, and it waits to be dialled"
            assert not line.placed or line.mistakes or call.state not in NOT_PLACED, (
                f"taken, and {call.state}"
            )
            found = set(call.findings.values_list("key", flat=True))
            missing = line.shown - found - {call.carrier_call_id}
            assert not missing, "the carrier showed a call that is neither this one nor a finding"
            reached["found"] += bool(found)
            reached["went on"] += bool(line.mistakes and line.shown and not found)
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
    reached.clear()
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
    if SCHEDULES >= 250:
        assert min(reached[what] for what in ("asked again", "found", "went on")) > 0, reached
