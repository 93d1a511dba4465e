"""Carrier events, signed and delivered as over the wire, and calls as far as an event finds them."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from calls.audit.actor import Actor
from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.lib.signing import signed_headers
from calls.records.models import Call
from tests.world import CALLEE, CALLER_ID, HOOK_SECRET, HOOK_TOKEN, NOW, World

SID = "CAcarrier1"


def envelope(kind: str = "voice.call.started", *, event_id: str = "evt_1", **data: Any) -> bytes:
    """One event as the contract has it, about SID unless told otherwise; None leaves a field out."""
    known = {"call_sid": SID, "from_number": CALLER_ID, "to_number": CALLEE} | data
    told = {name: value for name, value in known.items() if value is not None}
    return json.dumps(
        {
            "id": event_id,
            "event": kind,
            "created_at": NOW.isoformat(),
            "tenant_id": "t",
            "data": told,
        }
    ).encode()


def deliver(
    body: bytes,
    *,
    token: str = HOOK_TOKEN,
    secret: str = HOOK_SECRET,
    now: datetime = NOW,
    signed_at: datetime | None = None,
) -> InboundEvent:
    """Receive one delivery."""
    headers = signed_headers(secrets=[secret], message_id="msg_1", body=body, now=signed_at or now)
    return events.receive(token=token, headers=headers, body=body, now=now)


def absorb(row: InboundEvent, *, now: datetime = NOW) -> str:
    """Absorb a stored event; its effect."""
    return events.absorb(event_id=row.pk, now=now).effect


def asking(world: World, *, actor: Actor | None = None, **fields: Any) -> tuple[Call, UUID]:
    """A call whose request is on its way: claimed, with a committed attempt and no answer yet."""
    call = world.place(actor=actor, **fields).call
    claimed = dispatch.claim(call_id=call.pk, now=NOW)
    assert claimed is not None
    intent = dispatch.intend(claimed=claimed, now=NOW)
    assert intent is not None
    return call, intent.attempt_id


def placed(world: World, *, sid: str = SID, **fields: Any) -> Call:
    """A call the carrier has taken under this id."""
    call, attempt_id = asking(world, **fields)
    answer = Answer(Evidence.ACCEPTED, carrier_call_id=sid, http_status=200, word="queued")
    dispatch.conclude(attempt_id=attempt_id, answer=answer, now=NOW)
    return fresh(call)


def fresh(call: Call) -> Call:
    """The call as it stands now."""
    return Call.objects.get(pk=call.pk)
