"""Carrier accounts: open one, change its limits, pause and resume it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib import secrets
from calls.lib.errors import BadField
from calls.routes import terms
from calls.routes.actions.credentials import CREDENTIALS, must_be_there, must_fit
from calls.routes.models import CarrierAccount
from calls.routes.queries import hash_hook_token
from calls.tenants import scope
from calls.tenants.actions.columns import must_be_among
from calls.tenants.models import Tenant

SETUP, SWITCH = "setup:write", "pause:write"


CHANGEABLE = frozenset({"name", "cps", "concurrency", "price_per_minute"})


@transaction.atomic
def open_account(
    *,
    tenant: Tenant | None,
    actor: Actor,
    now: datetime,
    carrier: str,
    name: str,
    base_url: str,
    api_key: str,
    hook_token: str,
    hook_secrets: Iterable[str] = (),
    cps: float = 1.0,
    concurrency: int = 10,
    price_per_minute: Decimal = Decimal(0),
) -> CarrierAccount:
    """Register an account at a carrier; the API key and hook secrets are sealed before they are stored.

    Twilio's key is `AC…:token`. `price_per_minute` is what a begun minute costs; 0 means unknown, and then
    no spend cap holds. An account without a tenant is everybody's, and the house's to open; a tenant's
    serves all its business units. Raises NotPermitted, NotFound, BadField (WrongCredential,
    SandboxInProduction).
    """
    scope.must_hold(actor, tenant.pk if tenant else None, CREDENTIALS)
    scope.must_act_for_all(actor)
    must_be_there(carrier=carrier, base_url=base_url)
    must_fit(carrier=carrier, api_key=api_key)
    given = {"name": name, "cps": cps, "concurrency": concurrency}
    _must_fit_terms(given | {"price_per_minute": price_per_minute})
    account = CarrierAccount.objects.create(
        tenant=tenant,
        carrier=carrier,
        name=name,
        base_url=base_url,
        sealed_api_key=secrets.seal(api_key),
        hook_token_sha256=hash_hook_token(hook_token),
        sealed_hook_secrets=[secrets.seal(secret) for secret in hook_secrets],
        cps=cps,
        concurrency=concurrency,
        price_per_minute=price_per_minute,
        created_at=now,
    )
    _note(account, "account.opened", actor=actor, now=now, after={"carrier": carrier})
    return account


@transaction.atomic
def change_account(
    *, account: CarrierAccount, actor: Actor, now: datetime, **changes: object
) -> CarrierAccount:
    """Change an account's name, how fast and how often it is asked, or what a minute costs.

    It holds from the next call on. Raises NotPermitted, NotFound, BadField.
    """
    must_be_among(CHANGEABLE, changes)
    scope.must_hold(actor, account.tenant_id, SETUP)
    scope.must_act_for_all(actor)
    _must_fit_terms(changes)
    before = {name: str(getattr(account, name)) for name in changes}
    for name, value in changes.items():
        setattr(account, name, value)
    account.save(update_fields=list(changes))
    after = {name: str(value) for name, value in changes.items()}
    _note(account, "account.changed", actor=actor, now=now, before=before, after=after)
    return account


@transaction.atomic
def pause_account(
    *, account: CarrierAccount, actor: Actor, now: datetime, reason: str, over: bool = False
) -> CarrierAccount:
    """Stop asking this carrier; accepted calls wait in the queue. Where the house itself stops it, people hear.

    The first reason is kept, unless the new one weighs more: `over`. Raises NotPermitted, NotFound.
    """
    scope.must_hold(actor, account.tenant_id, SWITCH)
    rows = CarrierAccount.objects.filter(pk=account.pk)
    free = rows.exclude(paused_reason=reason[:200]) if over else rows.filter(paused_at__isnull=True)
    tell_at = now if actor.kind == "system" else None
    paused = free.update(paused_at=now, paused_reason=reason[:200], tell_at=tell_at)
    account.refresh_from_db()
    if paused:
        _note(account, "account.paused", actor=actor, now=now, after={"reason": reason})
    return account


@transaction.atomic
def resume_account(*, account: CarrierAccount, actor: Actor, now: datetime) -> CarrierAccount:
    """Ask this carrier again; waiting calls go out in order.

    Support may stop it. It may have stopped for calls nobody asked for, so letting it go is for whoever
    sets it up, for all business units. Raises NotPermitted, NotFound.
    """
    scope.must_hold(actor, account.tenant_id, SETUP)
    scope.must_act_for_all(actor)
    account.paused_at, account.paused_reason, account.tell_at = None, "", None
    account.save(update_fields=["paused_at", "paused_reason", "tell_at"])
    _note(account, "account.resumed", actor=actor, now=now)
    return account


def _must_fit_terms(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if why := terms.wrong_term(name, value):
            raise BadField(name, why)


def _note(
    account: CarrierAccount,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=account,
        tenant_id=account.tenant_id,
        now=now,
        before=before,
        after=after,
    )
