"""Which tenants a person administers, and as whom they act there: in the Django admin and the admin API."""

from functools import reduce
from operator import and_
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Q, QuerySet

from calls.audit.actor import Actor
from calls.tenants import roles, scope
from calls.tenants.models import Member, Tenant, User


def administered(user: User) -> QuerySet[Tenant]:
    """Every tenant for whoever runs the installation; else those in which they are an admin now."""
    if user.is_superuser:
        return Tenant.objects.order_by("name")
    own = Member.objects.filter(user=user, role=roles.ADMIN, ended_at__isnull=True)
    return Tenant.objects.filter(pk__in=own.values("tenant")).order_by("name")


def units_served(user: User) -> Q:
    """Of rows with a tenant and a business unit: those this person acts for as an admin of that tenant."""
    if user.is_superuser:
        return Q()
    own = Member.objects.filter(user=user, role=roles.ADMIN, ended_at__isnull=True)
    limits = {
        row.tenant_id: frozenset(org.key for org in row.orgs.all())
        for row in own.prefetch_related("orgs")
    }
    each = (~Q(tenant=tenant) | scope.of_orgs(orgs) for tenant, orgs in limits.items() if orgs)
    return reduce(and_, each, Q())


def administers(user: User) -> bool:
    """Whether somebody runs the installation or administers a tenant of it."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or administered(user).exists()


def lacks_second_factor(user: User) -> bool:
    """Whether the admin of a live tenant has only a password, as on the console's pages."""
    live = administered(user).filter(mode=Tenant.LIVE)
    return live.exists() and not is_mfa_enabled(user)


def user_actor(user: User, tenant_id: UUID | None, *, request_id: str = "") -> Actor:
    """As whom this person acts on a row of that tenant: the installation's, or its admin, or nobody."""
    may = frozenset({roles.PLATFORM} if user.is_superuser else ())
    house = Actor(kind="user", id=user.public_id, name=str(user), may=may, request_id=request_id)
    if user.is_superuser:
        return house
    member = Member.objects.filter(
        user=user, tenant=tenant_id, role=roles.ADMIN, ended_at__isnull=True
    ).first()
    return scope.member_actor(member, request_id=request_id) if member else house
