"""Which agents may somebody choose?"""

from calls.agents.models import Agent
from calls.tenants import scope
from calls.tenants.models import Tenant


def agents_of(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> list[Agent]:
    """Every agent of the tenant by name, with its default greeting; `orgs` is the reader's limit."""
    rows = Agent.objects.filter(tenant=tenant).select_related("default_greeting").order_by("name")
    rows = rows.filter(scope.of_orgs(orgs))
    return list(rows)
