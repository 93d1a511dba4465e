"""Who listens, what is due, and what was sent."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from calls.events.models import InboundEvent
from calls.hooks import health
from calls.hooks.envelope import ESCALATED, TEST
from calls.hooks.models import Delivery, Endpoint
from calls.lib import ids
from calls.lib.errors import NotFound
from calls.records.models import Call
from calls.tenants import roles, scope
from calls.tenants.models import Member, Tenant, User

LONGEST_WORD = 500
# So long what a disabled endpoint misses is kept for a replay.
KEPT_FOR_DISABLED = timedelta(days=30)


def listeners(tenants: Collection[UUID], *, now: datetime) -> list[Endpoint]:
    """The endpoints of these tenants for which events are written down.

    What a disabled one misses is kept for a while, so that it can be replayed.
    """
    lately = Q(disabled_at=None) | Q(disabled_at__gt=now - KEPT_FOR_DISABLED)
    rows = Endpoint.objects.filter(lately, tenant__in=tenants, ended_at=None)
    return list(rows.order_by("id"))


def endpoints_with_due(*, now: datetime, most: int) -> list[Endpoint]:
    """The enabled endpoints at which something is due and may be tried now, the longest waiting first."""
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), next_at__lte=now).order_by("next_at")
    leased = Delivery.objects.filter(endpoint=OuterRef("pk"), lease_until__gt=now).order_by()
    counted = leased.values("endpoint").annotate(n=Count("pk")).values("n")
    hands = settings.WEBHOOK_THREADS
    fails = When(failing_since__isnull=False, then=Value(health.most_at_once(hands, failing=True)))
    rows = Endpoint.objects.filter(Exists(due), disabled_at=None, ended_at=None).annotate(
        oldest=Subquery(due.values("next_at")[:1]),
        busy=Coalesce(Subquery(counted), 0),
        room=Case(fails, default=Value(health.most_at_once(hands))),
    )
    return list(rows.filter(busy__lt=F("room")).order_by("oldest", "id")[:most])


def due_at(endpoint: Endpoint, *, now: datetime) -> QuerySet[Delivery]:
    """What is due at an endpoint, the longest waiting first."""
    return endpoint.deliveries.filter(next_at__lte=now).order_by("next_at", "id")


def under_way(endpoint: Endpoint, *, now: datetime) -> int:
    """How many deliveries to an endpoint are being tried."""
    return endpoint.deliveries.filter(lease_until__gt=now).count()


def under_way_of(tenant: UUID, *, now: datetime) -> int:
    """How many deliveries are being tried to all endpoints of a tenant together."""
    return Delivery.objects.filter(endpoint__tenant=tenant, lease_until__gt=now).count()


def handed_over(call: Call) -> dict[str, Any]:
    """To whom a call was handed and by whom, as the carrier told it; null where it did not."""
    told = InboundEvent.objects.filter(call=call, kind=ESCALATED).order_by("received_at").first()
    said = json.loads(told.body) if told else {}
    inner = said.get("data", said.get("payload"))
    data = inner if isinstance(inner, dict) else {}
    words = {name: data.get(name) for name in ("target", "initiated_by")}
    return {n: w[:LONGEST_WORD] if isinstance(w, str) else None for n, w in words.items()}


def endpoints_of(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> list[Endpoint]:
    """The tenant's endpoints that were not deleted, newest first; those a reader limited to `orgs` may see."""
    rows = Endpoint.objects.filter(tenant=tenant, ended_at=None).order_by("-id")
    return [row for row in rows if orgs is None or (row.org_keys and orgs >= set(row.org_keys))]


def endpoint_of(tenant: Tenant, public_id: str, *, orgs: frozenset[str] | None = None) -> Endpoint:
    """One of them, also after it was deleted. Raises NotFound."""
    found = scope.one(Endpoint.objects.select_related("tenant"), tenant=tenant, public_id=public_id)
    if orgs is not None and not (found.org_keys and orgs >= set(found.org_keys)):
        raise NotFound
    return found


def tried_among(endpoints: Collection[Endpoint]) -> set[UUID]:
    """Which of these endpoints took something at least once."""
    taken = Delivery.objects.filter(endpoint=OuterRef("pk"), delivered_at__isnull=False)
    rows = Endpoint.objects.filter(Exists(taken), pk__in=[row.pk for row in endpoints])
    return set(rows.values_list("pk", flat=True))


def deliveries_of(endpoint: Endpoint, *, failed: bool = False) -> QuerySet[Delivery]:
    """Everything sent or to be sent to an endpoint, newest first; `failed`: only what was given up."""
    rows = endpoint.deliveries.order_by("-id")
    return rows.filter(given_up_at__isnull=False) if failed else rows


def test_waits(endpoint: Endpoint) -> bool:
    """Whether a test event is on its way to an endpoint."""
    return endpoint.deliveries.filter(event=TEST, next_at__isnull=False).exists()


def tests_since(endpoint: Endpoint, since: datetime) -> int:
    """How many test events were asked for since an instant."""
    # The bound by id reads the newest of the log alone.
    lately = endpoint.deliveries.filter(pk__gte=ids.floor(since), created_at__gt=since)
    return lately.filter(event=TEST).count()


def delivery_of(tenant: Tenant, public_id: str, *, orgs: frozenset[str] | None = None) -> Delivery:
    """One delivery to one of the tenant's endpoints. Raises NotFound."""
    rows = Delivery.objects.select_related("endpoint__tenant", "call")
    found = scope.one(rows, tenant=tenant, public_id=public_id)
    endpoint_of(tenant, found.endpoint.public_id, orgs=orgs)
    return found


def disabled_to_tell(*, now: datetime, most: int) -> list[Endpoint]:
    """Endpoints that were disabled and of which somebody has to hear now, the longest waiting first."""
    rows = Endpoint.objects.filter(tell_at__lte=now).select_related("tenant")
    return list(rows.order_by("tell_at")[:most])


def admins_of(tenant: Tenant) -> list[User]:
    """Who looks after a tenant's webhooks."""
    rows = Member.objects.filter(tenant=tenant, role=roles.ADMIN, ended_at=None)
    found = rows.filter(user__is_active=True).select_related("user").order_by("user__email")
    return [member.user for member in found]
