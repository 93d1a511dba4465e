"""Whose turn is it? The next call an account may place: fair between tenants, within its retry budget.

Tenants take turns: one with a hundred thousand due calls and one with a single call are served
alternately (R2.12). Each question is one probe of an index per tenant, however many calls wait.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from calls.dispatch import retry
from calls.dispatch.models import Attempt
from calls.lib.rows import spelled
from calls.limits.queries import held_by
from calls.records import states
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from calls.tenants.models import Tenant


def next_call(account: CarrierAccount, *, now: datetime) -> UUID | None:
    """The due call whose turn it is: of the tenant after the one that was served last, longest waiting first.

    A call that is tried again goes before its tenant's others, as far as the budget allows. Left out are
    calls that a pause holds, and those that wait for another one between the same two numbers.
    """
    due, again = _due(account, now), retries_left(account, now=now) > 0
    tenant_id = next(_tenants_in_turn(account, due, again), None)
    # One after the other, each from its place in the index: together they would have to be sorted.
    for retrying in (True, False) if again else (False,):
        for found in _first(due, tenant_id, retrying):
            return cast(UUID, found)
    return None


def others_wait(account: CarrierAccount, *, tenant_id: UUID, now: datetime) -> bool:
    """Whether a call of another tenant waits for its turn at this account."""
    again = retries_left(account, now=now) > 0
    return _with(_due(account, now), again).exclude(pk=tenant_id).exists()


def retries_left(account: CarrierAccount, *, now: datetime) -> int:
    """How many calls may be tried again at this moment (RELIABILITY 1.4)."""
    again = Attempt.objects.filter(account=account, number__gt=1, intent_at__gt=now - retry.MINUTE)
    return max(0, retry.most_retries(account.cps) - again.count())


def _tenants_in_turn(account: CarrierAccount, due: QuerySet[Call], again: bool) -> Iterator[UUID]:
    """Tenants with something due, first those after the one served last."""
    if account.tenant_id is not None:
        yield account.tenant_id
        return
    tenants = _with(due, again).order_by("pk").values_list("pk", flat=True)
    if account.served_tenant_id:
        yield from tenants.filter(pk__gt=account.served_tenant_id)[:1]
    yield from tenants[:1]


def _with(due: QuerySet[Call], again: bool) -> QuerySet[Tenant]:
    # The first row of each, in the order of the index: for EXISTS, PostgreSQL would read whatever is due.
    new, old = (Subquery(_first(due, OuterRef("pk"), retrying)) for retrying in (False, True))
    if not again:
        return Tenant.objects.alias(new=new).filter(new__isnull=False)
    either = Q(new__isnull=False) | Q(old__isnull=False)
    return Tenant.objects.alias(new=new, old=old).filter(either)


def _first(due: QuerySet[Call], tenant: OuterRef | UUID | None, retrying: bool) -> QuerySet[Any]:
    """The longest-waiting call of a tenant; as a list, for no index answers the NOT of a bare boolean."""
    rows = due.filter(tenant=tenant, retrying__in=[retrying]).order_by("due_at")
    return rows.values_list("pk", flat=True)[:1]


def _due(account: CarrierAccount, now: datetime) -> QuerySet[Call]:
    """What may be claimed at an account, whoever's turn it is."""
    pair = {name: OuterRef(name) for name in ("tenant_id", "caller_id", "to")}
    unconfirmed = Attempt.objects.filter(**pair, outcome__in=spelled(Attempt.OPEN))
    claimed = Call.objects.filter(**pair, state=states.DISPATCHING)
    rows = Call.objects.filter(
        ~Exists(unconfirmed),
        ~Exists(claimed),
        account=account,
        state=states.QUEUED,
        due_at__lte=now,
        expires_at__gt=now,
    )
    return rows.exclude(held) if (held := held_by(now)) else rows
