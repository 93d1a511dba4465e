"""Gathering the facts the gates look at, fresh each time and in a fixed number of queries."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from calls.agents.models import Agent
from calls.agents.queries import missing_gates
from calls.audit.actor import Actor
from calls.greetings import queries as greetings
from calls.greetings import wording
from calls.greetings.models import GreetingRevision
from calls.lib import ids
from calls.limits.counting import Cap
from calls.limits.queries import pauses_in_force
from calls.placing import callee, caps
from calls.placing.resolve import Resolved, of_call
from calls.policy import facts as policy
from calls.policy.rulebook import Law
from calls.records import states
from calls.records.models import Call
from calls.tenants import roles
from calls.tenants.models import ApiKey, Org, Tenant

DUPLICATE_WINDOW = timedelta(seconds=60)


def gather(
    resolved: Resolved,
    *,
    requester: policy.RequesterFacts,
    now: datetime,
    due: datetime,
    duplicate: policy.DuplicateFacts | None = None,
    call: Call | None = None,
    set_caps: list[Cap] | None = None,
) -> policy.Facts:
    """Freeze everything the gates may look at; `call` is the one on record that is judged anew.

    Pace is judged once, when a call is asked for; money whenever it is about to be spent. `set_caps` are
    those read before.
    """
    contact = callee.contact(resolved)
    law = callee.law(resolved, contact, due)
    found = caps.set_caps(resolved, at=now) if set_caps is None else set_caps
    capped = caps.caps_on(resolved, law, found)
    pace = caps.velocity(resolved, capped, requester_id=requester.id, now=now) if not call else ()
    return policy.Facts(
        now=now,
        due=due,
        tenant=_tenant(resolved.tenant),
        requester=requester,
        number=resolved.number,
        route=_route(resolved),
        rings_own=resolved.rings_own,
        agent=_agent(resolved),
        greeting=_greeting(resolved, law),
        law=law,
        contact=contact,
        pauses=_pauses(resolved, now),
        frequency=caps.frequency(resolved, capped, now=now, due=due, call=call),
        velocity=pace,
        spend=caps.spend(resolved, capped, now=now, call=call),
        dnc=callee.entries(resolved, law, now),
        stale_registries=callee.stale_registries(resolved, law, now),
        consent=callee.consent(resolved, law, now),
        org=_key_of(resolved.org),
        duplicate=duplicate,
        dialling=call is not None,
    )


def gather_again(call: Call, *, now: datetime) -> policy.Facts:
    """The facts about a call that waits, for the moment it is meant to ring."""
    return gather(
        of_call(call),
        requester=accepted_requester(call),
        now=now,
        due=max(now, call.due_at),
        call=call,
    )


def requester(actor: Actor) -> policy.RequesterFacts:
    """What the gates need to know about whoever asks."""
    return policy.RequesterFacts(
        actor.name,
        may_place=actor.can("calls:write"),
        orgs=actor.orgs,
        id=actor.id,
        may_choose=actor.can(roles.CHOOSE),
    )


def accepted_requester(call: Call) -> policy.RequesterFacts:
    """At dialling: the right to ask was judged when the call was accepted, and stands.

    Unless a key asked that was revoked since because strangers may have it.
    """
    key = ids.parse(ApiKey.PREFIX, call.requester_id)
    leaked = key is not None and ApiKey.objects.filter(pk=key, leaked_at__isnull=False).exists()
    return policy.RequesterFacts(
        call.requester_name,
        may_place=not leaked,
        orgs=None,
        id=call.requester_id,
        why_not="was revoked because strangers may have it" if leaked else "",
        may_choose=True,
    )


def recent_duplicate(
    *, tenant: Tenant, to: str, fingerprint: str, now: datetime
) -> policy.DuplicateFacts | None:
    """An identical call accepted in the last 60 seconds (R1.4)."""
    call = (
        Call.objects.filter(
            tenant=tenant, to=to, fingerprint=fingerprint, created_at__gt=now - DUPLICATE_WINDOW
        )
        .exclude(state__in=[states.REFUSED, states.CANCELED])
        .order_by("-id")
        .first()
    )
    return policy.DuplicateFacts(call.sid, call.created_at) if call else None


def take_turn(fingerprint: str) -> None:
    """Let identical requests write one after the other, each until its transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(fingerprint[:15], 16)])


def hold_callee(tenant_id: UUID, e164: str) -> None:
    """Let doors that may ring the same callee judge and write one after the other (R5.8).

    Holds until the caller's transaction ends; outside of one it holds nothing.
    """
    take_turn(hashlib.sha256(f"callee {tenant_id} {e164}".encode()).hexdigest())


def pace_in_turn(
    resolved: Resolved, capped: list[Cap], *, beside: Call, now: datetime
) -> tuple[policy.CapFacts, ...]:
    """Where the caps on pace stand for a call just written, with nobody else being counted (R5.11).

    Every cap counts calls of one tenant, so its doors take turns, each until its transaction ends. Nothing
    may be waited for after this turn is taken.
    """
    take_turn(hashlib.sha256(f"pace {resolved.tenant.pk}".encode()).hexdigest())
    asker = beside.requester_id
    return caps.velocity(resolved, capped, requester_id=asker, now=now, except_call=beside)


def _tenant(tenant: Tenant) -> policy.TenantFacts:
    return policy.TenantFacts(
        name=tenant.name,
        is_sandbox=tenant.is_sandbox,
        suspended_reason=tenant.suspended_reason if tenant.suspended_at else None,
        country_groups=frozenset(tenant.country_groups),
        allows_toll_free=tenant.allow_toll_free,
    )


def _pauses(resolved: Resolved, now: datetime) -> tuple[policy.PauseFacts, ...]:
    found = pauses_in_force(
        tenant_id=resolved.tenant.pk,
        route_id=resolved.route.pk,
        agent_id=resolved.agent.pk,
        now=now,
    )
    return tuple(policy.PauseFacts(pause.scope, pause.reason, pause.until) for pause in found)


def _route(resolved: Resolved) -> policy.RouteFacts:
    route = resolved.route
    return policy.RouteFacts(
        number=route.number,
        org=_key_of(route.org),
        enabled=route.enabled,
        account_is_sandbox=route.account.is_sandbox,
        account_paused_reason=route.account.why_it_waits or None,
        country_groups=None if route.country_groups is None else frozenset(route.country_groups),
    )


def _agent(resolved: Resolved) -> policy.AgentFacts:
    agent, version = resolved.agent, resolved.version
    return policy.AgentFacts(
        key=agent.agent_key,
        org=_key_of(agent.org),
        version=str(version.number) if version else None,
        state=version.state if version else None,
        chosen=resolved.version_chosen,
        canary=version.canary_share if version else 0,
        purpose=agent.purpose,
        language=str(version.config.get("language", "")) if version else "",
        unlaunched=missing_gates(version),
    )


def _greeting(resolved: Resolved, law: Law) -> policy.GreetingFacts:
    revision, agent = resolved.revision, resolved.agent
    approval = greetings.approval_of(revision)
    own_agent = revision.greeting.agent_id if revision else None
    return policy.GreetingFacts(
        text=resolved.text,
        name=str(revision) if revision else "",
        approved_by=approval.decided_by_name if approval else None,
        approved_at=approval.decided_at if approval else None,
        valid_until=approval.valid_until if approval else None,
        withdrawn_at=approval.withdrawn_at if approval else None,
        hash_matches=revision is not None and revision.sha256 == _fingerprint(revision),
        fits_agent=own_agent in (None, agent.pk),
        language=revision.greeting.language if revision else "",
        org=_key_of(revision.greeting.org if revision else None),
        problem=resolved.greeting_problem or _unsayable(revision, agent, law),
    )


def _key_of(org: Org | None) -> str | None:
    return org.key if org else None


def _unsayable(revision: GreetingRevision | None, agent: Agent, law: Law) -> str:
    """Why approved words are not for this call: they are for any agent, or its law asks more of them.

    Words for any agent were approved as information: nobody asked them to offer an end to our calls.
    """
    if revision is None:
        return ""
    if agent.purpose == Agent.MARKETING and not revision.greeting.agent_id:
        key = agent.agent_key
        return f"{key} markets, and these words are approved for any agent. Choose its own."
    return greetings.unmet_duty(revision, law)


def _fingerprint(revision: GreetingRevision) -> str:
    agent: Agent | None = revision.greeting.agent
    return wording.fingerprint(
        text=revision.text,
        placeholders=wording.read_placeholders(revision.placeholders),
        language=revision.greeting.language,
        agent_key=agent.agent_key if agent else "",
        purpose=agent.purpose if agent else "",
    )
