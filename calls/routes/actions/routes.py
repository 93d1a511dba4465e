"""Phone routes: the caller IDs of a tenant, where each may call, and whether it may."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from calls.agents.models import Agent
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib import phone
from calls.lib.errors import NotFound
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import scope
from calls.tenants.models import Org, Tenant

SETUP = "setup:write"


@transaction.atomic
def add_route(
    *,
    tenant: Tenant,
    actor: Actor,
    now: datetime,
    number: str,
    account: CarrierAccount,
    label: str = "",
    default_agent: Agent | None = None,
    org: Org | None = None,
    is_default: bool = False,
) -> PhoneRoute:
    """Let a tenant show `number` (E.164) as caller ID, through its own or a shared account.

    Whom a tenant shows is for all its business units. Raises NotPermitted, and NotFound where tenant,
    account, agent or org are another's.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    scope.must_act_for_all(actor)
    scope.must_own(tenant, default_agent, org)
    if account.tenant_id not in (None, tenant.pk):
        raise NotFound
    route = PhoneRoute.objects.create(
        tenant=tenant,
        number=number,
        account=account,
        label=label,
        default_agent=default_agent,
        org=org,
        is_default=is_default,
        created_at=now,
    )
    audit.note(
        actor=actor,
        verb="route.added",
        target=route,
        tenant_id=tenant.id,
        now=now,
        after={"number": number, "account": str(account)},
    )
    return route


@transaction.atomic
def switch_route(*, route: PhoneRoute, enabled: bool, actor: Actor, now: datetime) -> PhoneRoute:
    """Enable or disable a route; queued calls of a disabled one are refused when their turn comes.

    Raises NotPermitted, NotFound.
    """
    scope.must_hold(actor, route.tenant_id, SETUP)
    scope.must_serve(actor, route.org)
    route.enabled = enabled
    route.save(update_fields=["enabled"])
    audit.note(
        actor=actor,
        verb="route.enabled" if enabled else "route.disabled",
        target=route,
        tenant_id=route.tenant_id,
        now=now,
    )
    return route


@transaction.atomic
def narrow_route(
    *, route: PhoneRoute, country_groups: Iterable[str] | None, actor: Actor, now: datetime
) -> PhoneRoute:
    """Let a caller ID call only these of the tenant's country groups; None: all of them, empty: none.

    Queued calls to another country are refused when their turn comes. Raises NotPermitted, NotFound,
    BadField.
    """
    scope.must_hold(actor, route.tenant_id, SETUP)
    scope.must_serve(actor, route.org)
    before, after = route.country_groups, country_groups
    if after is not None:
        after = phone.must_read_groups("country_groups", after)
    route.country_groups = after
    route.save(update_fields=["country_groups"])
    audit.note(
        actor=actor,
        verb="route.narrowed",
        target=route,
        tenant_id=route.tenant_id,
        now=now,
        before={"country_groups": before},
        after={"country_groups": after},
    )
    return route
