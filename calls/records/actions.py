"""Writing the history of calls. Rooms above move a call only through `move` and `note_event`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from calls.agents.models import AgentVersion
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.audit.models import AuditEntry
from calls.lib import ids
from calls.policy.decide import Decision, Verdict
from calls.records import states
from calls.records.models import VERSION_CHANGED, Call, CallEvent, Receipt
from calls.tenants import scope
from calls.tenants.models import Member, Tenant

# What an opening event says, by the state a call begins in.
OPENED = {states.QUEUED: "accepted", states.HELD: "held", states.REFUSED: "refused"}

# A person hears of refusals that come one after the other in one mail; after a failure it is tried again.
TOGETHER, AGAIN = timedelta(minutes=1), timedelta(minutes=1)


def open_call(*, call: Call, source: str, now: datetime) -> Call:
    """Write a new call with its first event, inside the caller's transaction."""
    call.outcome = states.outcome_of(call.state)
    call.save(force_insert=True)
    CallEvent.objects.create(
        call=call,
        what=OPENED[call.state],
        source=source,
        at=now,
        data={"due_at": call.due_at.isoformat()} | ({"reason": call.reason} if call.reason else {}),
        outcome_after=call.outcome,
        reason_after=call.reason,
    )
    return call


def keep_receipt(*, call: Call, moment: str, decision: Decision, now: datetime) -> Receipt:
    """Keep what every gate saw and decided about a call."""
    receipt = Receipt(
        tenant_id=call.tenant_id,
        call=call,
        moment=moment,
        at=now,
        allowed=decision.allowed,
        rules_version=decision.rules_version,
        verdicts=[verdict.as_json() for verdict in decision.verdicts],
    )
    receipt.hash_content()
    receipt.save(force_insert=True)
    return receipt


def move(
    *,
    call: Call,
    to: str,
    what: str,
    source: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> bool:
    """Move a call to another state and write `columns` with it, as one conditional update.

    False, with nothing but the event kept, when the state may not follow or somebody else moved the
    call meanwhile. Runs inside the caller's transaction; `call` is updated in place.
    """
    before = (call.state, call.outcome, call.reason)
    if not states.may_follow(call.state, to):
        note_event(call=call, what=what, source=source, now=now, data=data)
        return False
    columns["outcome"] = states.outcome_of(to, columns.get("disposition", call.disposition))
    if to in states.TERMINAL:
        columns = {"next_check_at": None, "lease_until": None, "ended_at": now} | columns
    if to == states.REFUSED and ids.parse(Member.PREFIX, call.requester_id):
        columns["tell_at"] = now + TOGETHER
    moved = Call.objects.filter(pk=call.pk, state=call.state, fence=call.fence).update(
        state=to, **columns
    )
    if not moved:
        return False
    for name, value in {"state": to, **columns}.items():
        setattr(call, name, value)
    CallEvent.objects.create(
        call=call,
        what=what,
        source=source,
        at=now,
        data={"from": before[0], "to": to} | (data or {}),
        outcome_before=before[1],
        outcome_after=call.outcome,
        reason_before=before[2],
        reason_after=call.reason,
    )
    return True


def refuse(*, call: Call, verdict: Verdict, source: str, now: datetime) -> bool:
    """End a call that was accepted and may not go any more, with the gate's own sentence."""
    return move(
        call=call,
        to=states.REFUSED,
        what="refused",
        source=source,
        now=now,
        data={"gate": verdict.gate, "reason": verdict.code},
        reason=verdict.code,
        reason_text=verdict.message[:300],
    )


def enrich(*, call: Call, source: str, now: datetime, **columns: Any) -> bool:
    """Add late facts (duration, summary, disposition) to a call without moving its state."""
    news = {name: value for name, value in columns.items() if getattr(call, name) != value}
    if not news:
        return False
    outcome_before = call.outcome
    news["outcome"] = states.outcome_of(call.state, news.get("disposition", call.disposition))
    Call.objects.filter(pk=call.pk).update(**news)
    for name, value in news.items():
        setattr(call, name, value)
    CallEvent.objects.create(
        call=call,
        what="enriched",
        source=source,
        at=now,
        data={"facts": sorted(set(news) - {"outcome"})},
        outcome_before=outcome_before,
        outcome_after=call.outcome,
        reason_before=call.reason,
        reason_after=call.reason,
    )
    return True


def speak_with(*, call: Call, version: AgentVersion, source: str, now: datetime) -> bool:
    """Let another version speak than the one in use when the call was accepted; False when it is the same.

    The event names both, so that the counts move from one version to the other.
    """
    if call.agent_version_id == version.pk:
        return False
    before, call.agent_version = call.agent_version, version
    Call.objects.filter(pk=call.pk).update(agent_version=version)
    data = {
        "version_before": before.public_id if before else "",
        "version_after": version.public_id,
        "number": version.number,
    }
    note_event(call=call, what=VERSION_CHANGED, source=source, now=now, data=data)
    return True


def note_event(
    *, call: Call, what: str, source: str, now: datetime, data: dict[str, Any] | None = None
) -> CallEvent:
    """Keep something that happened without moving the call."""
    return CallEvent.objects.create(
        call=call,
        what=what,
        source=source,
        at=now,
        data=data or {},
        outcome_before=call.outcome,
        outcome_after=call.outcome,
        reason_before=call.reason,
        reason_after=call.reason,
    )


@transaction.atomic
def note_export(
    *, tenant: Tenant, number: str, sha256: str, actor: Actor, now: datetime
) -> AuditEntry:
    """Keep who took the whole record of a number away, and the digest of the file.

    Raises NotFound, NotPermitted.
    """
    scope.must_hold(actor, tenant.pk, "calls:read")
    return audit.note(
        actor=actor,
        verb="number.exported",
        target=tenant,
        tenant_id=tenant.pk,
        now=now,
        after={"number": number, "sha256": sha256},
    )


def note_told(*, calls: Iterable[Call]) -> None:
    """Whoever asked for these calls was told that they are refused."""
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(tell_at=None)


def tell_later(*, calls: Iterable[Call], now: datetime) -> None:
    """Nobody could be told now; these calls go behind those of others who wait."""
    untold = Call.objects.filter(pk__in=[call.pk for call in calls], tell_at__isnull=False)
    untold.update(tell_at=now + AGAIN)
