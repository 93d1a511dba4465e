"""Dialling again somebody whom a call did not reach, where its tenant wants that.

A redial is a call of its own: it is asked for like any other, on behalf of whoever asked for the first,
and every gate is asked about it, when it is accepted and when it is dialled.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.audit.actor import Actor
from calls.lib.errors import NotPermitted, Refusal
from calls.placing.actions import CallRefused, place_call
from calls.placing.ask import NEXT_ALLOWED, Ask
from calls.records import actions as records
from calls.records.models import Call
from calls.records.queries import locked
from calls.tenants import redials, scope

DOOR = "redial"
GONE = "Whoever asked for this call may no longer ask for calls, so it is not dialled again."


def plan_redial(call: Call, now: datetime) -> None:
    """Note when a call that reached nobody is to be dialled again; not at all unless its tenant says so."""
    gap = redials.next_gap(call.tenant.redial_gaps(call.outcome), made=call.redial_number)
    call.redial_at = now + gap if gap else None
    Call.objects.filter(pk=call.pk).update(redial_at=call.redial_at)


@transaction.atomic
def arrange_redial(*, call_id: UUID, now: datetime) -> Call | None:
    """Ask for the redial of a call, once; None when there is none to be had, and the call says why.

    It rings at the first minute that is allowed from then on. A gate may refuse it: that is kept like any
    refused call.
    """
    call = locked(call_id)
    if call.redial_at is None:
        return None
    at, call.redial_at = max(now, call.redial_at), None
    Call.objects.filter(pk=call.pk).update(redial_at=None)
    ask = _the_same(call, at)
    if Call.objects.filter(tenant=call.tenant, idempotency_key=ask.idempotency_key).exists():
        return None  # the carrier told twice how it ended
    actor = scope.find_actor(call.requester_id, tenant=call.tenant, now=now)
    try:
        again = _ask_for(ask, call, actor, now)
    except Refusal as refusal:
        _note(call, "redial_not_possible", now, why=refusal.sentence)
        return None
    first_id, number = call.redial_of_id or call.pk, call.redial_number + 1
    Call.objects.filter(pk=again.pk).update(redial_of=first_id, redial_number=number)
    _note(call, "redial_arranged", now, call_sid=again.sid, redial=number)
    return again


def _the_same(call: Call, at: datetime) -> Ask:
    """The same request once more; its key makes it the only redial of this call."""
    version = call.agent_version if call.version_chosen else None
    return Ask(
        to=call.to,
        caller_id=call.caller_id,
        agent_key=call.agent.agent_key,
        agent_version_id=version.public_id if version else "",
        greeting=call.greeting_text,
        org_id=call.org.key if call.org else "",
        when=NEXT_ALLOWED,
        scheduled_at=at,
        reference=call.reference,
        metadata=call.metadata,
        idempotency_key=f"redial of {call.sid}",
        door=DOOR,
    )


def _ask_for(ask: Ask, call: Call, actor: Actor | None, now: datetime) -> Call:
    """The redial, accepted or refused by a gate; raises a Refusal when it cannot even be judged."""
    if actor is None:
        raise NotPermitted(GONE)
    try:
        return place_call(ask=ask, tenant=call.tenant, actor=actor, now=now).call
    except CallRefused as refused:
        return refused.call


def _note(call: Call, what: str, now: datetime, **data: object) -> None:
    records.note_event(call=call, what=what, source="dispatch", now=now, data=data)
