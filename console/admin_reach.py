"""Whose rows somebody may see and touch in the Django admin, and as whom they act there."""

from typing import cast
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import QuerySet
from django.http import HttpRequest

from calls.audit.actor import Actor
from calls.tenants import roles, scope
from calls.tenants.models import Member, Tenant, User


def person(request: HttpRequest) -> User:
    """Who asks; the site's door has let nobody else in."""
    return cast("User", request.user)


def tenants_of(user: User) -> QuerySet[Tenant]:
    """Every tenant for whoever runs the installation; else those in which they are an admin now."""
    if user.is_superuser:
        return Tenant.objects.order_by("name")
    administered = Member.objects.filter(user=user, role=roles.ADMIN, ended_at__isnull=True)
    return Tenant.objects.filter(pk__in=administered.values("tenant")).order_by("name")


def lacks_second_factor(user: User) -> bool:
    """Whether the admin of a live tenant has only a password, as on the console's pages."""
    live = tenants_of(user).filter(mode=Tenant.LIVE)
    return live.exists() and not is_mfa_enabled(user)


def actor(request: HttpRequest, tenant_id: UUID | None) -> Actor:
    """As whom this person acts on a row of that tenant: the installation's, or its admin, or nobody."""
    user, request_id = person(request), str(getattr(request, "request_id", ""))
    may = frozenset({roles.PLATFORM} if user.is_superuser else ())
    house = Actor(kind="user", id=user.public_id, name=str(user), may=may, request_id=request_id)
    if user.is_superuser:
        return house
    member = Member.objects.filter(
        user=user, tenant=tenant_id, role=roles.ADMIN, ended_at__isnull=True
    ).first()
    return scope.member_actor(member, request_id=request_id) if member else house
