"""Which route does a request mean, and how is its carrier reached?"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from calls.agents.models import Agent
from calls.agents.queries import DEFAULT_WORDS
from calls.carriers.base import AccountAccess
from calls.lib import ids, secrets
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import roles, scope
from calls.tenants.models import Tenant, User


@dataclass(frozen=True, slots=True)
class Meant:
    """The route a request means, if there is one, and whether it would ring a route of the tenant's."""

    route: PhoneRoute | None
    rings_own: bool


def route_for(*, tenant: Tenant, number: str, org_key: str, callee: str) -> Meant:
    """The named route, or the default one of the org, or of the tenant."""
    wanted = Q(number=number) if number else Q(is_default=True)
    rows = PhoneRoute.objects.filter(wanted | Q(number=callee), tenant=tenant)
    words = (f"default_agent__{path}" for path in DEFAULT_WORDS)
    found = list(rows.select_related("account", "org", "default_agent", *words))
    route = _named(found, number) if number else _default(found, org_key)
    return Meant(route, rings_own=_named(found, callee) is not None)


def route_again(*, tenant_id: UUID, route_id: UUID, callee: str) -> Meant:
    """A route that was chosen before, as it is now."""
    rows = PhoneRoute.objects.filter(Q(pk=route_id) | Q(number=callee), tenant_id=tenant_id)
    found = list(rows.select_related("account", "org"))
    route = next((route for route in found if route.pk == route_id), None)
    return Meant(route, rings_own=_named(found, callee) is not None)


def _named(routes: list[PhoneRoute], number: str) -> PhoneRoute | None:
    return next((route for route in routes if route.number == number), None)


def _default(routes: list[PhoneRoute], org_key: str) -> PhoneRoute | None:
    defaults = [route for route in routes if route.is_default]
    for route in defaults:
        if org_key and route.org and route.org.key == org_key:
            return route
    return next((route for route in defaults if route.org_id is None), None)


def default_agent_of(tenant: Tenant) -> Agent | None:
    """Who speaks for the tenant unless somebody else is named: the agent of its default route."""
    rows = PhoneRoute.objects.filter(tenant=tenant, org=None, is_default=True)
    route = rows.select_related("default_agent__org").first()
    return route.default_agent if route else None


def access_to(account: CarrierAccount) -> AccountAccess:
    """Everything a carrier client needs, with the credentials opened. Raises Undecryptable."""
    return AccountAccess(
        account_id=account.public_id,
        carrier=account.carrier,
        base_url=account.base_url,
        api_key=secrets.unseal(account.sealed_api_key),
        signing_secrets=tuple(map(secrets.unseal, account.sealed_hook_secrets)),
        former_secrets=tuple(map(secrets.unseal, account.sealed_former_secrets)),
        former_until=account.former_secrets_until,
        hook_url=f"{settings.PUBLIC_URL}/hooks/twilio/{account.public_id}",
    )


def our_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of these numbers are caller IDs of this installation, whoever's and on or off."""
    found = PhoneRoute.objects.filter(number__in=set(numbers))
    return set(found.values_list("number", flat=True))


def callers_with(number: str, *, account: CarrierAccount) -> list[Tenant]:
    """Every tenant that may have called from `number` over an account, by the narrowest evidence there is.

    First those that ride on the account with this number; then those it may have been moved from, within
    the account's tenant where it has one; then whoever rides on the account or owns it.
    """
    in_reach = PhoneRoute.objects.filter(Q(tenant=account.tenant) if account.tenant else Q())
    for routes in (
        PhoneRoute.objects.filter(account=account, number=number),
        in_reach.filter(number=number),
    ):
        if found := list(Tenant.objects.filter(pk__in=routes.values("tenant")).order_by("pk")):
            return found
    riding = Q(pk__in=PhoneRoute.objects.filter(account=account).values("tenant"))
    return list(Tenant.objects.filter(riding | Q(pk=account.tenant_id)).order_by("pk"))


def account_at(token: str, *, now: datetime) -> CarrierAccount | None:
    """The account a hook's path means: by its secret token, or by its id where every event is signed.

    The token before a rotation leads there until its time is over. An id is no secret, so it opens only
    the hooks of carriers that sign whatever they send.
    """
    digest = hash_hook_token(token)
    meant = Q(hook_token_sha256=digest) | Q(former_token_sha256=digest, former_token_until__gt=now)
    if key := ids.parse(CarrierAccount.PREFIX, token):
        meant |= Q(pk=key, carrier__in=CarrierAccount.LIKE_TWILIO)
    return CarrierAccount.objects.filter(meant).first()


def hash_hook_token(token: str) -> str:
    """How an account's hook path token is stored and looked up: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def routes_of(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> list[PhoneRoute]:
    """Every route of the tenant, the default first, then by number; `orgs` is the reader's limit."""
    rows = PhoneRoute.objects.filter(tenant=tenant).order_by("-is_default", "number")
    rows = rows.filter(scope.of_orgs(orgs))
    return list(rows)


def waiting_accounts(tenant: Tenant) -> list[CarrierAccount]:
    """Carrier accounts the tenant's routes ride on that send nothing: paused, or without an answer."""
    used = CarrierAccount.objects.filter(routes__tenant=tenant)
    silent = used.filter(Q(paused_at__isnull=False) | Q(broken_at__isnull=False))
    return list(silent.distinct().order_by("name"))


def accounts_to_tell(*, now: datetime, most: int) -> list[UUID]:
    """Accounts that paused by themselves of which people have to be told now, the longest waiting first."""
    due = CarrierAccount.objects.filter(tell_at__lte=now).order_by("tell_at")
    return list(due.values_list("pk", flat=True)[:most])


def who_resumes(account: CarrierAccount) -> list[User]:
    """The admins who may resume an account, for all business units; of a shared one, whoever runs the house.

    Where every admin acts for some units only, all of them: somebody has to know.
    """
    if account.tenant is None:
        return list(User.objects.filter(is_superuser=True, is_active=True).order_by("email"))
    admins = scope.members_of(account.tenant).filter(role=roles.ADMIN, user__is_active=True)
    found = [member.user for member in admins.filter(orgs=None).order_by("user__email")]
    return found or [member.user for member in admins.order_by("user__email")]


def accounts_of(tenant: Tenant) -> list[CarrierAccount]:
    """Every account that a number of the tenant's rides on."""
    return list(CarrierAccount.objects.filter(routes__tenant=tenant).distinct().order_by("name"))
