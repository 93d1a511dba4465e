"""Whose turn is it? The next call an account may place: fair between tenants, within its retry budget.

Tenants take turns: one with a hundred thousand due calls and one with a single call are served
alternately (R2.12). Each question is one probe of an index per tenant, however many calls wait.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

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
        rows = due.filter(tenant=tenant_id, retrying__in=[retrying]).order_by("due_at")
        if found := rows.values_list("pk", flat=True).first():
            return found
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
    # Written as a list: no index answers NOT retrying, as a bare boolean is spelled.
    turns = due.filter(retrying__in=[False, True] if again else [False])
    return Tenant.objects.filter(Exists(turns.filter(tenant=OuterRef("pk"))))


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
