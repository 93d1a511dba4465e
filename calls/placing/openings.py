"""When would a call that waits be let through by every gate?"""

from dataclasses import replace
from datetime import datetime

from calls.audit.actor import Actor
from calls.lib.errors import BadField
from calls.placing.actions import Preview, preview_call
from calls.placing.ask import Ask
from calls.tenants.models import Tenant

TRIES = 5


def next_opening(
    first: Preview, *, ask: Ask, tenant: Tenant, actor: Actor, now: datetime
) -> datetime | None:
    """The first instant found at which no gate refuses; None when time alone never brings one.

    What refuses now may have cleared at an instant that is closed for another reason, such as a cap that
    frees at night, so that instant is asked about as well.
    """
    if first.decision.allowed:
        return first.due_at
    opening = first.decision.next_allowed_at
    for _ in range(TRIES):
        if opening is None:
            return None
        try:
            then = preview_call(
                ask=replace(ask, scheduled_at=opening), tenant=tenant, actor=actor, now=now
            )
        except BadField:  # farther away than calls are scheduled
            return opening
        if then.decision.allowed:
            return then.due_at
        following = then.decision.next_allowed_at
        if following is not None and following <= opening:
            return opening
        opening = following
    return opening
