"""Send one delivery: claimed before, concluded after, and no transaction open while the other side is asked."""

import time
from collections.abc import Callable
from datetime import datetime
from random import random as any_number
from uuid import UUID

from django.db import connection
from django.utils import timezone

from calls.carriers.reading import retry_after
from calls.dispatch.queries import database_now
from calls.hooks import actions
from calls.hooks.actions import Claim, Try
from calls.hooks.actions.endpoints import may_reach_loopback
from calls.hooks.models import Endpoint
from calls.lib import dialler
from calls.lib.http import Reply
from calls.lib.later import later
from calls.lib.secrets import Undecryptable, unseal
from calls.lib.signing import signed_headers

KEPT_BYTES = 1024
AGENT = "Greenlight-Webhooks"


def deliver_next(*, endpoint_id: UUID, random: Callable[[], float] = any_number) -> bool:
    """Try the delivery that waits longest at an endpoint; False when there is none, or no room for it.

    Wakes another worker before and after, while more is due.
    """
    claimed = actions.claim_next(endpoint_id=endpoint_id, now=database_now())
    if claimed is None:
        return False
    _go_on(claimed)
    _give_connection_back()
    began = time.monotonic()
    at, reply = timezone.now(), _ask(claimed)
    tried = Try(
        at=at.isoformat(),
        status=reply.status,
        milliseconds=round((time.monotonic() - began) * 1000),
        trouble=reply.trouble,
        # What is no text is shown as well as can be; a database takes no NUL.
        answer=reply.body[:KEPT_BYTES].decode(errors="replace").replace("\0", "�"),
    )
    now = database_now()
    asked = retry_after(reply.headers.get("retry-after"), now=now)
    actions.conclude(claimed=claimed, tried=tried, now=now, random=random(), retry_after=asked)
    _go_on(claimed)
    return True


def _give_connection_back() -> None:
    """Let others have our connection while an endpoint hangs: there are fewer of them than hands."""
    if not connection.in_atomic_block:
        connection.close()


def _go_on(claimed: Claim) -> None:
    if claimed.more:
        later("deliver_next", endpoint_id=claimed.endpoint.public_id)


def _ask(claimed: Claim) -> Reply:
    endpoint, row = claimed.endpoint, claimed.delivery
    body = row.body.encode()
    try:
        secrets = secrets_of(endpoint, now=timezone.now())
    except Undecryptable as problem:
        return Reply(trouble=str(problem))
    headers = {
        "content-type": "application/json",
        "user-agent": AGENT,
        "x-idempotency-key": row.event_id,
    } | signed_headers(secrets=secrets, message_id=row.event_id, body=body, now=timezone.now())
    loopback = may_reach_loopback(endpoint.tenant)
    return dialler.post(endpoint.url, body=body, headers=headers, loopback=loopback)


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """Every secret that signs now: the newest first, the former one during its overlap."""
    sealed = [endpoint.sealed_secret]
    if endpoint.former_until is not None and endpoint.former_until > now:
        sealed.append(endpoint.sealed_former_secret)
    return [unseal(text) for text in sealed]
