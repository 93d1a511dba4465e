"""The tenant itself: open it, change its settings and hours, suspend and resume it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField
from calls.tenants import redials, scope
from calls.tenants.actions.columns import must_be_among
from calls.tenants.models import Tenant

SETUP = "setup:write"
# What may be changed of a tenant, most of it by its admins.
SETTINGS = frozenset(
    "name mode time_zone country_groups calling_hours outside_hours unknown_outcome"
    " unapproved_greeting spoken_name allow_toll_free"
    " redial_busy redial_no_answer redial_voicemail requests_per_minute".split()
)
# Of these, what is for whoever runs the installation to say.
HOUSES = frozenset({"mode", "requests_per_minute"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@transaction.atomic
def create_tenant(
    *,
    actor: Actor,
    now: datetime,
    slug: str,
    name: str,
    mode: str = Tenant.SANDBOX,
    time_zone: str = "UTC",
    country_groups: Iterable[str] = (),
) -> Tenant:
    """Open a tenant; with no country group chosen it can call nobody. Raises NotPermitted."""
    scope.must_belong(actor, None)
    tenant = Tenant.objects.create(
        slug=slug,
        name=name,
        mode=mode,
        time_zone=time_zone,
        country_groups=list(country_groups),
        live_since=now if mode == Tenant.LIVE else None,
        created_at=now,
    )
    after = {"slug": slug, "mode": mode, "country_groups": tenant.country_groups}
    audit.note(
        actor=actor, verb="tenant.created", target=tenant, tenant_id=tenant.id, now=now, after=after
    )
    return tenant


@transaction.atomic
def change_tenant(*, tenant: Tenant, actor: Actor, now: datetime, **changes: object) -> Tenant:
    """Change named SETTINGS of a tenant; the HOUSES among them are for whoever runs the installation.

    They hold for all its business units, so nobody changes them who acts for some. The first time it goes
    live is remembered: a new tenant's limits rise from there (R5.11).
    Raises NotPermitted, NotFound, BadField.
    """
    must_be_among(SETTINGS, changes)
    scope.must_hold(actor, tenant.pk, SETUP)
    scope.must_act_for_all(actor)
    for name, gaps in changes.items():
        if name.startswith("redial_") and (why := redials.what_is_wrong(cast("list[int]", gaps))):
            raise BadField(name, why)
    if HOUSES & changes.keys():
        scope.must_belong(actor, None)
    if changes.get("mode") == Tenant.LIVE and tenant.live_since is None:
        changes["live_since"] = now
    return _change(tenant, actor, now, **changes)


def _change(tenant: Tenant, actor: Actor, now: datetime, **changes: object) -> Tenant:
    before = {name: getattr(tenant, name) for name in changes}
    for name, value in changes.items():
        setattr(tenant, name, value)
    tenant.save(update_fields=list(changes))
    audit.note(
        actor=actor,
        verb="tenant.changed",
        target=tenant,
        tenant_id=tenant.id,
        now=now,
        before={name: str(value) for name, value in before.items()},
        after={name: str(value) for name, value in changes.items()},
    )
    return tenant


@transaction.atomic
def set_calling_hours(
    *, tenant: Tenant, hours: Mapping[str, Sequence[str]], actor: Actor, now: datetime
) -> Tenant:
    """Call only in these hours of the callee's day, where the law allows them; the law stays as it is.

    `hours` is a weekday's start and end, `{"mon": ["10:00", "18:00"]}`; days left out are closed, and
    nothing at all means no hours of one's own. Raises NotPermitted, NotFound, BadField.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    scope.must_act_for_all(actor)
    week = {day: _window(day, hours[day]) for day in WEEKDAYS if day in hours}
    if strange := sorted(hours.keys() - week.keys()):
        raise BadField(strange[0], f"Name days {', '.join(WEEKDAYS)}.")
    return change_tenant(tenant=tenant, actor=actor, now=now, calling_hours=week)


def _window(day: str, hours: Sequence[str]) -> list[str]:
    if len(hours) != 2 or not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time) for time in hours):
        raise BadField(day, "Write two times like 09:00 and 17:30.")
    if hours[0] >= hours[1]:
        raise BadField(day, "The day must end after it starts.")
    return list(hours)


@transaction.atomic
def suspend_tenant(*, tenant: Tenant, actor: Actor, now: datetime, reason: str) -> Tenant:
    """Stop every call of this tenant, accepted ones included, until it is resumed. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return _change(tenant, actor, now, suspended_at=now, suspended_reason=reason)


@transaction.atomic
def resume_tenant(*, tenant: Tenant, actor: Actor, now: datetime) -> Tenant:
    """Let a suspended tenant call again. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return _change(tenant, actor, now, suspended_at=None, suspended_reason="")
