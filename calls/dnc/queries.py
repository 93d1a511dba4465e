"""Is this number on a do-not-call list, and are the lists fresh enough to say so?"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from calls.audit.actor import Actor
from calls.dnc import age
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.policy.facts import RegistryFacts
from calls.tenants import scope
from calls.tenants.models import Tenant


def entries_against(*, tenant: Tenant, number: str, now: datetime) -> QuerySet[DncEntry]:
    """Every entry in force that forbids `number`: platform's, tenant's or a registry's, exact or by prefix."""
    beginnings = [number[:length] for length in range(2, len(number) + 1)]
    return (
        DncEntry.objects.filter(Q(tenant=tenant) | Q(tenant__isnull=True))
        .filter(Q(number=number) | Q(is_prefix=True), number__in=beginnings)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), lifted_at__isnull=True)
    )


def entries_since(at: datetime) -> QuerySet[DncEntry]:
    """Every entry added at or after an instant that stands; they may forbid calls that wait."""
    return DncEntry.objects.filter(added_at__gte=at, lifted_at__isnull=True)


def own_entries(tenant: Tenant | None, *, now: datetime) -> QuerySet[DncEntry]:
    """The tenant's own list as it stands, or without one the installation's, newest first.

    What came with registries is left out.
    """
    rows = DncEntry.objects.filter(tenant=tenant, lifted_at__isnull=True, registry__isnull=True)
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).order_by("-id")


def own_entry(tenant: Tenant | None, public_id: str) -> DncEntry:
    """An entry of the tenant's own list, or the installation's, lifted or not. Raises NotFound."""
    rows = DncEntry.objects.filter(tenant=tenant, registry__isnull=True)
    return scope.one_of(rows, public_id)


def may_lift(actor: Actor) -> bool:
    """Whether this actor may allow numbers again that are forbidden to the whole tenant."""
    return actor.can("dnc:lift") and scope.acts_for_all(actor)


def entries_of(source: DncSource) -> QuerySet[DncEntry]:
    """What our copy of a registry lists today."""
    return DncEntry.objects.filter(registry=source, lifted_at=None)


def visible_source(tenant: Tenant, public_id: str) -> DncSource:
    """A registry that counts for the tenant. Raises NotFound."""
    return scope.one_of(visible_sources(tenant), public_id)


def visible_sources(tenant: Tenant) -> QuerySet[DncSource]:
    """Every registry that counts for the tenant: the installation's and its own."""
    rows = DncSource.objects.filter(Q(tenant=tenant) | Q(tenant__isnull=True))
    return rows.order_by("name", "id")


def stale_registries(
    *, tenant: Tenant, wanted: Sequence[tuple[str, int]], now: datetime
) -> list[RegistryFacts]:
    """The registries that a rule asks for and that are missing or too old to prove anything.

    `wanted` names each with the days the rule allows; the copy's own limit counts where it is stricter.
    The installation's copy decides; a tenant's own beside it only adds numbers, and decides where there is
    no other. A copy that lists nobody proves nothing, however young it is.
    """
    deciding = _deciding_copies(tenant, [name for name, _ in wanted]) if wanted else {}
    stale = []
    for name, allowed in wanted:
        own_limit, fetched_at = deciding.get(name, (allowed, None))
        days = min(allowed, own_limit)
        if not age.is_fresh(fetched_at, days, now):
            stale.append(RegistryFacts(name=name, max_age_days=days, fetched_at=fetched_at))
    return stale


def is_beside_another(source: DncSource) -> bool:
    """Whether a tenant's copy only adds numbers to the one the installation keeps."""
    house = DncSource.objects.filter(tenant__isnull=True, name=source.name)
    return source.tenant_id is not None and house.exists()


def last_imports(sources: Collection[DncSource], *, now: datetime) -> QuerySet[DncImport]:
    """What was imported into these registries in the last year, newest first, without the numbers."""
    rows = DncImport.objects.filter(source__in=sources, created_at__gt=now - timedelta(days=366))
    return rows.defer("content").order_by("-id")


def _deciding_copies(
    tenant: Tenant, names: Collection[str]
) -> dict[str, tuple[int, datetime | None]]:
    """Of each registry's copies the one that decides: how old it may be, and of when it is."""
    listed = DncEntry.objects.filter(registry=OuterRef("pk"), lifted_at=None)
    copies = visible_sources(tenant).filter(name__in=names)
    rows = copies.annotate(proves_since=Case(When(Exists(listed), then=F("fetched_at"))))
    # The installation's come last and take the place of a tenant's own.
    found = rows.order_by(F("tenant_id").asc(nulls_last=True))
    return {
        name: (days, since)
        for name, days, since in found.values_list("name", "max_age_days", "proves_since")
    }
