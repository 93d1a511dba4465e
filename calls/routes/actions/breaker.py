"""An account whose carrier does not answer: asked for nothing, but one GET now and then."""

from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.routes.models import CarrierAccount
from calls.tenants import scope


@transaction.atomic
def open_breaker(
    *,
    account: CarrierAccount,
    actor: Actor,
    now: datetime,
    reason: str,
    breaks: int,
    probe_at: datetime,
) -> CarrierAccount:
    """Ask a carrier that does not answer for no more calls, until a GET at `probe_at` or later succeeds.

    `breaks` counts how often in a row that did not last. Whoever comes second changes nothing. The house
    itself does. Raises NotPermitted.
    """
    scope.must_belong(actor, None)
    opened = CarrierAccount.objects.filter(pk=account.pk, broken_at__isnull=True).update(
        broken_at=now, probe_at=probe_at, breaks=breaks
    )
    account.refresh_from_db()
    if opened:
        after = {"reason": reason, "breaks": str(breaks)}
        audit.note(
            actor=actor,
            verb="account.broken",
            target=account,
            tenant_id=account.tenant_id,
            now=now,
            after=after,
        )
    return account


@transaction.atomic
def close_breaker(*, account: CarrierAccount, actor: Actor, now: datetime) -> CarrierAccount:
    """The carrier answered a GET: waiting calls go out again; failures before `now` are forgotten.

    The house itself finds out. Raises NotPermitted.
    """
    scope.must_belong(actor, None)
    closed = CarrierAccount.objects.filter(pk=account.pk, broken_at__isnull=False).update(
        broken_at=None, probe_at=None, mended_at=now
    )
    account.refresh_from_db()
    if closed:
        audit.note(
            actor=actor, verb="account.mended", target=account, tenant_id=account.tenant_id, now=now
        )
    return account


def take_probe(*, account: CarrierAccount, now: datetime, until: datetime) -> bool:
    """Let one worker ask a broken carrier; nobody else asks before `until`."""
    due = CarrierAccount.objects.filter(
        pk=account.pk, broken_at__isnull=False, paused_at__isnull=True, probe_at__lte=now
    )
    return bool(due.update(probe_at=until))


def plan_probe(*, account: CarrierAccount, at: datetime) -> None:
    """Ask a carrier that still does not answer again, not before `at`."""
    CarrierAccount.objects.filter(pk=account.pk, broken_at__isnull=False).update(probe_at=at)
