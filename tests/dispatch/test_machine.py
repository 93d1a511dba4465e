"""Random histories of dispatch against a carrier played here: never a second call, none lost.

Every step is one a real installation can take: hints repeated, workers lost at any point, answers late
or never, events early, late and repeated, the log read or not, gates closing in between.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim, Intent
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.placing.actions import CannotCancel, cancel_call
from calls.records import states
from calls.records.models import Call
from calls.routes import actions as routes
from tests.dispatch.steps import fresh, report, tell
from tests.undone import undone
from tests.world import NOW, SEED, World

RANKS = {"queued": 0, "dispatching": 1, "unknown": 2, "needs_human": 3, "placed": 4}
RANKS |= {"ringing": 5, "in_progress": 6} | dict.fromkeys(states.TERMINAL, 9)

STEPS = [
    "claim",
    "intend",
    "accepts",
    "accepts_and_is_silent",
    "refuses_400",
    "refuses_401",
    "throttles",
    "fails",
    "unreachable",
    "ringing",
    "completed",
    "no_answer",
    "log_shows",
    "log_is_empty",
    "log_unreadable",
    "worker_lost",
    "wait",
    "wait_long",
    "cancel",
    "dnc",
    "dnc_lifted",
    "resume",
]


@dataclass
class Play:
    """One call, its workers, and the carrier's own ledger of it."""

    world: World
    call: Call
    now: datetime = NOW
    claims: list[Claim] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    asked: int = 0
    seen: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        """Take one step, and look whether every promise still holds."""
        getattr(self, f"do_{name}")()
        self.seen.append(fresh(self.call).state)
        self.check()

    def check(self) -> None:
        """Never twice; what a carrier took is never taken for free; no way back from an end."""
        call = fresh(self.call)
        live = call.attempts.filter(outcome__in=["intent", "unknown", "accepted"])
        assert len(self.ledger) <= 1, self.seen
        assert live.count() <= 1
        if self.ledger:
            assert live.exists(), self.seen
            assert call.state in (*states.IN_FLIGHT, "needs_human", *states.ENDED_BY_CARRIER)
            assert call.state != "queued"
        if call.carrier_call_id:
            assert [call.carrier_call_id] == self.ledger
        for before, after in zip(self.seen, self.seen[1:], strict=False):
            assert RANKS[after] >= RANKS[before] or after == "queued", self.seen
            assert before == after or before not in states.TERMINAL, self.seen

    def do_claim(self) -> None:
        if claim := dispatch.claim(call_id=self.call.pk, now=self.now):
            self.claims.append(claim)

    def do_intend(self) -> None:
        for claim in self.claims:  # also the old ones: a worker may wake up late
            if intent := dispatch.intend(claimed=claim, now=self.now):
                self.intents.append(intent)

    def answer(self, evidence: Evidence, **fields: Any) -> None:
        """The request of the latest intent is made now, once, and answered."""
        if len(self.intents) > self.asked:
            self.asked = len(self.intents)
            if evidence in (Evidence.ACCEPTED, Evidence.UNKNOWN) and fields.pop("taken", True):
                self.ledger.append(f"SM{len(self.ledger)}")
                if evidence == Evidence.ACCEPTED:
                    fields["carrier_call_id"] = self.ledger[-1]
            answer = Answer(evidence, **fields)
            dispatch.conclude(attempt_id=self.intents[-1].attempt_id, answer=answer, now=self.now)

    def do_accepts(self) -> None:
        self.answer(Evidence.ACCEPTED, http_status=200)

    def do_accepts_and_is_silent(self) -> None:
        """The worker dies while the carrier takes the call: no answer is ever written down."""
        if len(self.intents) > self.asked:
            self.asked = len(self.intents)
            self.ledger.append(f"SM{len(self.ledger)}")

    def do_refuses_400(self) -> None:
        self.answer(Evidence.REFUSED, http_status=400)

    def do_refuses_401(self) -> None:
        self.answer(Evidence.CREDENTIALS, http_status=401)

    def do_throttles(self) -> None:
        self.answer(Evidence.THROTTLED, http_status=429, retry_after=1.0)

    def do_fails(self) -> None:
        self.answer(Evidence.UNKNOWN, http_status=500)

    def do_unreachable(self) -> None:
        self.answer(Evidence.NO_BYTE_SENT)

    def say(self, state: str, source: str = "webhook") -> None:
        """The carrier speaks of a call only when it has one."""
        if self.ledger:
            told = report(state, carrier_call_id=self.ledger[0], at=self.now)
            tell(self.call, told, self.now, source)

    def do_ringing(self) -> None:
        self.say("ringing")

    def do_completed(self) -> None:
        self.say("completed")

    def do_no_answer(self) -> None:
        self.say("no_answer")

    def do_log_shows(self) -> None:
        self.say("in_progress", "call_log")
        dispatch.check_again(call_id=self.call.pk, absent=False, now=self.now)

    def do_log_is_empty(self) -> None:
        """A log may be late, so absence is told also of calls that exist."""
        dispatch.check_again(call_id=self.call.pk, absent=True, now=self.now)

    def do_log_unreadable(self) -> None:
        dispatch.check_again(call_id=self.call.pk, absent=False, now=self.now)

    def do_worker_lost(self) -> None:
        dispatch.recover(call_id=self.call.pk, now=self.now)

    def do_wait(self) -> None:
        self.now += timedelta(seconds=30)

    def do_wait_long(self) -> None:
        self.now += timedelta(hours=13)

    def do_cancel(self) -> None:
        try:
            cancel_call(call=self.call, actor=self.world.bob, now=self.now)
        except CannotCancel:
            assert fresh(self.call).state not in states.WAITING

    def do_dnc(self) -> None:
        dnc.add_number(
            tenant=self.world.acme,
            number=self.call.to,
            reason="Asked",
            source="test",
            actor=SEED,
            now=self.now,
        )

    def do_dnc_lifted(self) -> None:
        for entry in DncEntry.objects.filter(lifted_at=None):
            dnc.lift_number(entry=entry, actor=self.world.alice, now=self.now)

    def do_resume(self) -> None:
        self.world.account.refresh_from_db()
        routes.resume_account(account=self.world.account, actor=SEED, now=self.now)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=25))
def test_any_history_keeps_the_promises(world: World, steps: list[str]) -> None:
    with undone():
        play = Play(world, world.place().call)
        for name in ["claim", "intend", *steps]:
            play.step(name)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=15))
def test_whatever_happened_a_call_the_carrier_took_comes_to_its_end(
    world: World, steps: list[str]
) -> None:
    with undone():
        play = Play(world, world.place().call)
        for name in ["claim", "intend", *steps]:
            play.step(name)
        if play.ledger:
            play.step("completed")
            assert fresh(play.call).state in states.ENDED_BY_CARRIER


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=15))
def test_whatever_happened_no_call_is_forgotten(world: World, steps: list[str]) -> None:
    """Over, waiting to be dialled, being looked for, leased, or in people's hands: nothing else."""
    with undone():
        play = Play(world, world.place().call)
        for name in ["claim", "intend", *steps]:
            play.step(name)
        call = fresh(play.call)
        cared_for = (
            call.is_over
            or call.state in ("queued", "needs_human")
            or call.next_check_at is not None
            or call.lease_until is not None
        )
        assert cared_for, play.seen


@pytest.mark.parametrize("name", STEPS)
def test_every_step_can_be_taken_at_any_time(world: World, name: str) -> None:
    play = Play(world, world.place().call)
    play.step(name)
    assert Attempt.objects.count() == 0
