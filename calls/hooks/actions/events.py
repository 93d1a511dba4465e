"""What happened becomes deliveries: one row for each endpoint that wants to hear, in the same transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from calls.hooks import queries
from calls.hooks.envelope import Notice, body_of, new_event_id, notices_of
from calls.hooks.models import Delivery, Endpoint
from calls.lib.later import later
from calls.records.models import Call, CallEvent
from calls.tenants.models import Tenant

log = logging.getLogger(__name__)

BATCH = 200


@transaction.atomic
def publish(
    *,
    tenant: Tenant,
    event: str,
    data: Mapping[str, Any],
    now: datetime,
    org_key: str | None = None,
    left_out: Endpoint | None = None,
) -> list[Delivery]:
    """Tell a tenant's endpoints of something that happens now, each that wants to hear of it once.

    For what is no entry of a call's history: alerts, evaluations, deliveries that failed. `org_key` is
    the business unit it is about; `left_out` hears nothing.
    """
    notice = Notice(event, new_event_id(), now, data)
    listeners = [e for e in queries.listeners([tenant.pk], now=now) if e != left_out]
    rows = _write(notice, listeners, tenant, now, org_key=org_key)
    hint_at(row.endpoint for row in rows)
    return rows


def publish_waiting(*, now: datetime, most: int = BATCH) -> int:
    """Tell of every entry in the history of calls not told of yet, each once; safe to run anywhere, twice."""
    published, waiting = 0, CallEvent.objects.filter(published_at__isnull=True)
    # Looking first keeps an idle house from taking the write lock every second.
    while waiting.exists() and (batch := _publish_batch(most, now)):
        published += batch
    return published


def hint_at(endpoints: Iterable[Endpoint]) -> None:
    """Wake a worker for each of these, once."""
    for public_id in sorted({endpoint.public_id for endpoint in endpoints if endpoint.is_enabled}):
        later("deliver_next", endpoint_id=public_id)


@transaction.atomic
def _publish_batch(most: int, now: datetime) -> int:
    waiting = CallEvent.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        published_at__isnull=True
    )
    related = ("call__tenant", "call__org", "call__agent")
    events = list(waiting.select_related(*related).order_by("id")[:most])
    CallEvent.objects.filter(pk__in=[event.pk for event in events]).update(published_at=now)
    listening = defaultdict(list)
    for endpoint in queries.listeners({event.call.tenant_id for event in events}, now=now):
        listening[endpoint.tenant_id].append(endpoint)
    for event in events:
        if listeners := listening[event.call.tenant_id]:
            _tell(event, listeners, now)
    return len(events)


def _tell(event: CallEvent, listeners: list[Endpoint], now: datetime) -> None:
    call = event.call
    org_key = call.org.key if call.org else None
    for notice in _notices(event):
        _write(notice, listeners, call.tenant, now, org_key=org_key, call=call)


def _notices(event: CallEvent) -> list[Notice]:
    """What is told of it; one entry nobody can put into words must not hold up all others."""
    handed = queries.handed_over(event.call) if event.call.escalated else {}
    try:
        return list(notices_of(event, handed=handed))
    except Exception:
        log.exception("an entry of a call's history could not be told", extra={"event": event.pk})
        return []


def _write(
    notice: Notice,
    listeners: list[Endpoint],
    tenant: Tenant,
    now: datetime,
    *,
    org_key: str | None,
    call: Call | None = None,
) -> list[Delivery]:
    """One delivery each; whoever was told of this already has its row, which is left alone."""
    wanting = [endpoint for endpoint in listeners if endpoint.wants(notice.event, org_key)]
    if not wanting:
        return []
    body = body_of(notice, tenant)
    rows = [
        Delivery(
            tenant=tenant,
            endpoint=endpoint,
            event_id=notice.event_id,
            event=notice.event,
            call=call,
            body=body,
            created_at=now,
            next_at=now if endpoint.is_enabled else None,
            given_up_at=None if endpoint.is_enabled else now,
        )
        for endpoint in wanting
    ]
    return Delivery.objects.bulk_create(rows, ignore_conflicts=True)
