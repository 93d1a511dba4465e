"""May this call be placed? One pure function per question, in the order they are asked.

A gate looks at frozen Facts and nothing else. It passes, saying why, or refuses with a code, a sentence
with the next step and, where waiting helps, the next instant at which it would pass. docs/gates.md
explains each one to people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calls.lib import hours
from calls.policy import approved, daytime
from calls.policy.facts import CapFacts, Facts


@dataclass(frozen=True, slots=True)
class Pass:
    """The gate is open: `because` is for people, `saw` for the receipt."""

    because: str
    saw: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The gate is closed, for good (no `retry_at`) or until an instant."""

    code: str
    message: str
    saw: dict[str, str] = field(default_factory=dict)
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A named question about a call."""

    name: str
    question: str
    judge: Callable[[Facts], Pass | Refuse]


GATES: list[Gate] = []


def gate(name: str, question: str) -> Callable[[Callable[[Facts], Pass | Refuse]], None]:
    """Register a judgement under its name; the order in this file is the order of asking."""

    def register(judge: Callable[[Facts], Pass | Refuse]) -> None:
        GATES.append(Gate(name, question, judge))

    return register


@gate("tenant", "Is the tenant in good standing?")
def tenant_may_call(facts: Facts) -> Pass | Refuse:
    """A suspended tenant calls nobody."""
    saw = {"mode": "sandbox" if facts.tenant.is_sandbox else "live"}
    if facts.tenant.suspended_reason is None:
        return Pass("The tenant is active.", saw)
    return Refuse(
        "tenant_suspended",
        f"{facts.tenant.name} is suspended: {facts.tenant.suspended_reason}. Ask an admin.",
        saw,
    )


@gate("pause", "Is calling switched on?")
def calling_is_on(facts: Facts) -> Pass | Refuse:
    """A kill switch of the platform, the tenant, the route or the agent stops every call in its scope."""
    if not facts.pauses:
        return Pass("No pause is in force.")
    first, ends = facts.pauses[0], [pause.until for pause in facts.pauses]
    known = [until for until in ends if until is not None]
    until = max(known) if len(known) == len(ends) else None
    return Refuse(
        "paused",
        f"Calling is paused for the {first.scope}: {first.reason}. Ask again when the pause is lifted.",
        {"scope": ", ".join(pause.scope for pause in facts.pauses), "reason": first.reason},
        retry_at=until,
    )


@gate("permission", "May this person or key place this call?")
def requester_is_permitted(facts: Facts) -> Pass | Refuse:
    """A role or key must allow calls, and the org of the route and of the agent."""
    requester = facts.requester
    saw = {"requester": requester.name}
    if not requester.may_place:
        why = requester.why_not or "may not place calls"
        return Refuse("not_permitted", f"{requester.name} {why}. Ask an admin.", saw)
    owners = (("call", facts.org), ("route", facts.route.org), ("agent", facts.agent.org))
    for what, org in owners:
        if org and facts.org and org != facts.org:
            return Refuse(
                "not_permitted",
                f"This {what} belongs to {org}, so it cannot serve a call for {facts.org}.",
                saw | {"org": org},
            )
        if org and requester.orgs is not None and org not in requester.orgs:
            return Refuse(
                "not_permitted",
                f"This {what} belongs to {org}, where {requester.name} may not call.",
                saw | {"org": org},
            )
    return Pass("The requester may call for this business unit.", saw)


_BLOCKED_TYPES = {
    "premium_rate": "a premium-rate number",
    "shared_cost": "a shared-cost number",
    "personal": "a personal-numbering number",
    "pager": "a pager",
    "uan": "a company-wide access number",
    "voicemail": "a voicemail access number",
    "satellite": "a satellite number",
    "unknown": "a number of unknown type",
}


@gate("number", "Is this a number that may be dialled?")
def number_is_dialable(facts: Facts) -> Pass | Refuse:
    """Only valid numbers of ordinary line types, and never a caller ID of our own."""
    number = facts.number
    saw = {"region": number.region, "line_type": number.line_type}
    if facts.rings_own:
        sentence = "This is one of your own caller IDs. Enter the callee."
        return Refuse("invalid_number", sentence, saw)
    if number.is_fictional:
        if facts.tenant.is_sandbox:
            return Pass("A fictional number: nobody has it, so a sandbox may dial it.", saw)
        return Refuse("invalid_number", "This number is reserved for fiction; nobody has it.", saw)
    if not number.is_valid:
        return Refuse("invalid_number", "No such number is in service. Check the digits.", saw)
    if number.line_type == "toll_free":
        if facts.tenant.allows_toll_free:
            return Pass("A toll-free number; an admin has switched those on.", saw)
        sentence = "This is a toll-free number. Ask an admin to switch those on."
        return Refuse("number_type_blocked", sentence, saw)
    if kind := _BLOCKED_TYPES.get(number.line_type):
        return Refuse("number_type_blocked", f"This is {kind}; those are never dialled.", saw)
    return Pass("A valid number of an ordinary line type.", saw)


@gate("country", "Has the tenant opted into this country?")
def country_is_allowed(facts: Facts) -> Pass | Refuse:
    """Calls go only to countries somebody chose; +1 alone is not the United States."""
    group, allowed = facts.number.country_group, facts.tenant.country_groups
    own = facts.route.country_groups
    allowed_here = allowed if own is None else allowed & own
    saw = {"country": group, "allowed": ", ".join(sorted(allowed_here))}
    if group in allowed_here:
        return Pass(f"{group} is allowed for this tenant and caller ID.", saw)
    where = " from this caller ID" if group in allowed else ""
    return Refuse(
        "country_blocked",
        f"Calls to {group or 'an unknown country'}{where} are not switched on. Ask an admin.",
        saw,
    )


@gate("route", "Is the caller ID usable?")
def route_is_available(facts: Facts) -> Pass | Refuse:
    """The route must be enabled, its carrier account working, and of the tenant's own mode."""
    route = facts.route
    saw = {"caller_id": route.number}
    if not route.enabled:
        return Refuse("route_unavailable", "This route is switched off. Choose another.", saw)
    if route.account_is_sandbox != facts.tenant.is_sandbox:
        return Refuse(
            "route_unavailable",
            "A sandbox tenant dials through a sandbox carrier only, a live tenant never.",
            saw,
        )
    if route.account_paused_reason is not None:
        saw["account_paused"] = route.account_paused_reason
        return Pass("The carrier account sends nothing now; the call waits in the queue.", saw)
    return Pass("The route is enabled and its carrier account is working.", saw)


@gate("agent", "Is there an agent version to speak?")
def agent_is_available(facts: Facts) -> Pass | Refuse:
    """A published version speaks; a staged one when it was named with the right, or as the canary."""
    agent = facts.agent
    saw = {"agent": agent.key, "version": agent.version or "", "state": agent.state or ""}
    if agent.version is None:
        return Refuse(
            "agent_unavailable", f"{agent.key} has no published version. Ask an admin.", saw
        )
    if agent.state == "published":
        return Pass(f"Version {agent.version} is published.", saw)
    if agent.chosen and agent.state == "staged":
        return _chosen_with_the_right(facts, saw)
    if agent.canary and agent.state == "staged":
        saw["canary"] = f"{agent.canary} of 100"
        words = f"speaks to {agent.canary} of 100 callees, to this one among them"
        return Pass(f"Version {agent.version} is the canary: it {words}.", saw)
    return Refuse(
        "agent_unavailable",
        f"Version {agent.version} of {agent.key} is {agent.state}, so it may not speak.",
        saw,
    )


def _chosen_with_the_right(facts: Facts, saw: dict[str, str]) -> Pass | Refuse:
    if facts.requester.may_choose:
        return Pass(f"Version {facts.agent.version} is staged, and was chosen.", saw)
    return Refuse(
        "agent_unavailable",
        f"Version {facts.agent.version} of {facts.agent.key} is staged. Choosing it takes the right"
        f" versions:choose, which {facts.requester.name} does not have. Name no version, or ask an"
        " admin.",
        saw,
    )


@gate("launch", "Was this version shown to be ready for real people?")
def version_is_launched(facts: Facts) -> Pass | Refuse:
    """Before it speaks to anybody real, four launch gates are completed, each by a second person."""
    missing = ", ".join(facts.agent.unlaunched)
    saw = {"missing": missing}
    if not missing:
        return Pass("All four launch gates are complete.", saw)
    if facts.tenant.is_sandbox:
        return Pass(
            f"Nobody real is called in a sandbox; before live calls these are completed: {missing}.",
            saw,
        )
    return Refuse(
        "launch_not_approved",
        f"Launch gates of {facts.agent.key} are not complete: {missing}. Ask an owner to complete them.",
        saw,
    )


@gate("greeting", "Did a second person approve these exact words?")
def greeting_is_approved(facts: Facts) -> Pass | Refuse:
    """Only approved, unexpired, unchanged words of this agent and org, in its language, are spoken."""
    greeting = facts.greeting
    saw = {
        "greeting": greeting.name,
        "approved_by": greeting.approved_by or "",
        "approved_at": greeting.approved_at.isoformat() if greeting.approved_at else "",
    }
    if problem := approved.problem_with_words(facts):
        return Refuse("greeting_not_approved", problem, saw)
    return Pass(f"Approved by {greeting.approved_by}.", saw)


@gate("hours", "Is it daytime where the callee may be?")
def callee_is_awake(facts: Facts) -> Pass | Refuse:
    """The whole ring fits the window on every clock the number may live by."""
    if _nobody_is_rung(facts):
        return Pass("A fictional number has no callee, so a sandbox may dial it at any hour.")
    clocks, start = daytime.clocks(facts), facts.due
    saw = daytime.seen(facts, clocks)
    if not clocks:
        return Refuse(
            "timezone_unknown",
            "Nobody knows which clock this number lives by, so it is not called. State its zone, with"
            " the source.",
            saw,
        )
    ring = timedelta(seconds=facts.ring_seconds)
    shut = [clock for clock in clocks if not hours.is_open(clock, start, start + ring)]
    if not shut:
        return Pass("Inside calling hours on every clock this number may live by.", saw)
    opening = hours.next_opening(clocks, start, ring)
    said = daytime.refusal(facts.law, shut, start, start + ring)
    next_step = daytime.opening_words(opening, shut[0])
    return Refuse("outside_hours", f"{said} {next_step}", saw, retry_at=opening)


@gate("dnc", "Has this person asked not to be called?")
def callee_did_not_refuse(facts: Facts) -> Pass | Refuse:
    """One entry on any do-not-call list is enough."""
    if not facts.dnc:
        return _registries_are_fresh(facts)
    entry = facts.dnc[0]
    return Refuse(
        "dnc_listed",
        f"On the {entry.scope} do-not-call list since {entry.added_at:%Y-%m-%d}: {entry.reason}.",
        {"list": entry.scope, "reason": entry.reason, "since": entry.added_at.isoformat()},
    )


def _registries_are_fresh(facts: Facts) -> Pass | Refuse:
    """A list nobody has looked at lately proves nothing, so it blocks as if everybody stood on it."""
    if not facts.stale_registries or _nobody_is_rung(facts):
        return Pass("On no do-not-call list.")
    oldest = facts.stale_registries[0]
    since = f"{oldest.fetched_at:%Y-%m-%d}" if oldest.fetched_at else "never"
    return Refuse(
        "dnc_stale",
        f"The registry {oldest.name} must be at most {oldest.max_age_days} days old; ours was fetched"
        f" {since}. Ask an admin to import a fresh copy.",
        {"registry": oldest.name, "fetched": since, "max_age_days": str(oldest.max_age_days)},
    )


@gate("consent", "Has this person agreed to be called?")
def callee_consented(facts: Facts) -> Pass | Refuse:
    """Where the purpose or the place asks for consent, a record with evidence must stand."""
    consent = facts.consent
    saw = {"needed": consent.needed, "kind": consent.kind, "evidence": consent.evidence}
    if _nobody_is_rung(facts):
        return Pass("A fictional number has no owner who could agree.", saw)
    if not consent.needed:
        return Pass("No rule asks for consent to this call.", saw)
    if consent.given and consent.captured_at is not None:
        return Pass(f"Consent of {consent.captured_at:%Y-%m-%d} is on record.", saw)
    return Refuse(
        "consent_missing",
        f"{consent.needed.capitalize()} consent is needed for {facts.agent.purpose} calls to this"
        " number, and none stands on record. Record it with its evidence, or do not call.",
        saw,
    )


@gate("frequency", "Was this person called often enough?")
def callee_is_not_harried(facts: Facts) -> Pass | Refuse:
    """Calls that rang or may have rung are counted for the tenant as a whole, in rolling windows."""
    return _within(facts.frequency, "frequency_cap", "called often enough")


@gate("velocity", "Is this slow enough to be meant?")
def pace_is_sane(facts: Facts) -> Pass | Refuse:
    """A stolen key or a runaway loop is stopped by pace and by money, before the bill is."""
    pace, spend = _within(facts.velocity, "velocity_cap", "busy enough"), facts.spend
    if isinstance(pace, Refuse) or spend is None or spend.leaves_room:
        return pace
    saw = {"spent": str(spend.spent), "cap": str(spend.most)}
    if not facts.dialling:
        return Pass("Today's spend cap is reached; the call waits until it is over.", saw)
    return Refuse(
        "velocity_cap",
        f"Today's spend cap of {spend.most} is reached. It dials again tomorrow, or after an admin"
        " raises the cap.",
        saw,
        retry_at=spend.resets_at,
    )


def _within(caps: tuple[CapFacts, ...], code: str, words: str) -> Pass | Refuse:
    """Every cap leaves room, or the one that does so last decides."""
    full = [cap for cap in caps if cap.free_at is not None]
    saw = {"caps": "; ".join(f"{cap.what} ({cap.source})" for cap in full or caps)}
    if not full:
        return Pass("Within every cap." if caps else "No cap applies.", saw)
    free_at, last = max(((cap.free_at, cap) for cap in full if cap.free_at), key=lambda f: f[0])
    return Refuse(
        code,
        f"At most {last.what} ({last.source}): {words} for now. Choose the next allowed minute.",
        saw,
        retry_at=free_at,
    )


def _nobody_is_rung(facts: Facts) -> bool:
    return facts.number.is_fictional and facts.tenant.is_sandbox


@gate("duplicate", "Was the same call asked for a moment ago?")
def call_is_not_a_repeat(facts: Facts) -> Pass | Refuse:
    """Without an idempotency key, an identical request within 60 s is taken for an accident."""
    if facts.duplicate is None:
        return Pass("No identical request in the last 60 seconds.")
    earlier = facts.duplicate
    return Refuse(
        "possible_duplicate",
        f"The same call was asked for moments ago ({earlier.call_sid}). Look at that one; to call"
        " twice on purpose, wait a minute (programs: send an Idempotency-Key).",
        {"call_sid": earlier.call_sid, "asked_at": earlier.asked_at.isoformat()},
        retry_at=earlier.asked_at + timedelta(seconds=60),
    )
