"""Taking a waiting call back."""

from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import NotPermitted, Refusal
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked
from calls.tenants import scope

NOT_YOURS = "Somebody else asked for this call. Ask them, an owner or an admin to cancel it."


class CannotCancel(Refusal):
    """The call is past the point where it could be stopped."""

    code = "cannot_cancel"
    message = "This call is already on its way or over. Only a waiting call can be canceled."


@transaction.atomic
def cancel_call(*, call: Call, actor: Actor, now: datetime) -> Call:
    """Stop a waiting call before anything is asked of a carrier. Raises NotPermitted, CannotCancel."""
    call = locked(call.pk)
    if not may_cancel(call, actor):
        raise NotPermitted(NOT_YOURS)
    if not call.can_be_canceled or not records.move(
        call=call,
        to=states.CANCELED,
        what="canceled",
        source=actor.kind,
        now=now,
        data={"by": actor.name},
        reason="canceled",
        reason_text=f"Canceled by {actor.name}."[:300],
    ):
        raise CannotCancel
    audit.note(actor=actor, verb="call.canceled", target=call, tenant_id=call.tenant_id, now=now)
    return call


def may_cancel(call: Call, actor: Actor) -> bool:
    """Support cancels its own calls; owners, admins and the tenant's programs any."""
    own = call.requester_id == actor.id
    allowed = own or actor.kind == "key" or actor.can("calls:cancel")
    mine = scope.holds(actor, call.tenant_id, "calls:write") and scope.serves(actor, call.org)
    return allowed and mine
