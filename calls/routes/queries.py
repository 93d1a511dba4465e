"""Which route does a request mean, and how is its carrier reached?"""

from calls.carriers.base import AccountAccess
from calls.lib import secrets
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import scope
from calls.tenants.models import Tenant


def route_for(*, tenant: Tenant, number: str, org_key: str) -> PhoneRoute | None:
    """The named route, or the default one of the org, or of the tenant; None when there is none."""
    routes = PhoneRoute.objects.filter(tenant=tenant).select_related(
        "account", "org", "default_agent", "default_agent__default_greeting"
    )
    if number:
        return routes.filter(number=number).first()
    defaults = list(routes.filter(is_default=True))
    for route in defaults:
        if org_key and route.org and route.org.key == org_key:
            return route
    return next((route for route in defaults if route.org_id is None), None)


def access_to(account: CarrierAccount) -> AccountAccess:
    """Everything a carrier client needs, with the credentials opened. Raises Undecryptable."""
    return AccountAccess(
        account_id=account.public_id,
        carrier=account.carrier,
        base_url=account.base_url,
        api_key=secrets.unseal(account.sealed_api_key),
        signing_secrets=tuple(secrets.unseal(sealed) for sealed in account.sealed_hook_secrets),
    )


def routes_of(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> list[PhoneRoute]:
    """Every route of the tenant, the default first, then by number; `orgs` is the reader's limit."""
    rows = PhoneRoute.objects.filter(tenant=tenant).order_by("-is_default", "number")
    rows = rows.filter(scope.of_orgs(orgs))
    return list(rows)


def paused_accounts(tenant: Tenant) -> list[CarrierAccount]:
    """Carrier accounts the tenant's routes ride on that send nothing at the moment."""
    used = CarrierAccount.objects.filter(routes__tenant=tenant, paused_at__isnull=False)
    return list(used.distinct().order_by("name"))
