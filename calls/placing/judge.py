"""Judging an intended call: the rows it means, the facts about them, and what every gate says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from calls.audit.actor import Actor
from calls.limits.counting import Cap
from calls.placing import caps, queries, resolve
from calls.placing.ask import NEXT_ALLOWED, Ask
from calls.policy.approved import as_if_approved
from calls.policy.decide import Decision, decide
from calls.policy.facts import DuplicateFacts, Facts
from calls.records import states
from calls.tenants.models import Tenant

# A cap may free at night, and the morning may be a holiday; what is not found by then is refused.
MOST_DEFERRALS = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: nothing was written. `caps` are those somebody set, as they were read.

    `held`: it lacks nothing but the approval of its words.
    """

    resolved: resolve.Resolved
    facts: Facts
    decision: Decision
    due_at: datetime
    deferred: bool
    caps: list[Cap]
    held: bool = False

    @property
    def state(self) -> str:
        """The state in which the call would begin."""
        if self.held:
            return states.HELD
        return states.QUEUED if self.decision.allowed else states.REFUSED


def judge(ask: Ask, *, tenant: Tenant, actor: Actor, now: datetime, fingerprint: str) -> Preview:
    """What every gate says, once waiting was given a chance where it was asked for. Raises BadField.

    Where the tenant holds calls for an approval, the words that wait for it are judged as well.
    """
    weigh = partial(_weigh, ask, actor=actor, now=now, fingerprint=fingerprint)
    resolved = resolve.resolve(ask, tenant=tenant)
    plan = weigh(resolved)
    unapproved = any(verdict.gate == "greeting" for verdict in plan.decision.refusals)
    if not unapproved or tenant.unapproved_greeting != Tenant.HOLD:
        return plan
    waiting = resolve.waiting_for_approval(ask, resolved)
    return (_held(weigh(waiting, as_if=as_if_approved)) if waiting else None) or plan


def _held(plan: Preview) -> Preview | None:
    """The plan to hold a call that lacks nothing but the approval of its words; None when it lacks more."""
    if not plan.decision.allowed:
        return None
    return replace(plan, decision=decide(plan.facts), held=True)


def _weigh(
    ask: Ask,
    resolved: resolve.Resolved,
    *,
    actor: Actor,
    now: datetime,
    fingerprint: str,
    as_if: Callable[[Facts], Facts] = lambda facts: facts,
) -> Preview:
    due = resolve.due_at(ask, resolved=resolved, now=now)
    duplicate = twin_of(ask, resolved, now=now, fingerprint=fingerprint)
    asker, deferred = queries.requester(actor), False
    capped = caps.set_caps(resolved, at=now)
    for _ in range(1 + MOST_DEFERRALS):
        facts = queries.gather(
            resolved, requester=asker, now=now, due=due, duplicate=duplicate, set_caps=capped
        )
        decision = decide(as_if(facts))
        opening = _deferral(ask, resolved.tenant, decision)
        if opening is None:
            break
        due, deferred = opening, True
    return Preview(resolved, facts, decision, facts.due, deferred=deferred, caps=capped)


def twin_of(
    ask: Ask, resolved: resolve.Resolved, *, now: datetime, fingerprint: str
) -> DuplicateFacts | None:
    """The same call asked for a moment ago, unless the caller said which call this is (R1.4)."""
    if ask.names_its_call:
        return None
    return queries.recent_duplicate(
        tenant=resolved.tenant, to=resolved.number.e164, fingerprint=fingerprint, now=now
    )


def _deferral(ask: Ask, tenant: Tenant, decision: Decision) -> datetime | None:
    """The next opening, when nothing stands in the way but what was said to be waited for."""
    worth_waiting = {"hours"} if tenant.outside_hours == Tenant.DEFER else set()
    worth_waiting |= {"hours", "frequency"} if ask.when == NEXT_ALLOWED else set()
    closed = {verdict.gate for verdict in decision.refusals}
    return decision.next_allowed_at if closed and closed <= worth_waiting else None
