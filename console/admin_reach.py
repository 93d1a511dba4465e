"""Whose rows somebody may see and touch in the Django admin, and as whom they act there."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from calls.audit.actor import Actor
from calls.tenants.models import User
from calls.tenants.reach import administered, user_actor

tenants_of = administered


def person(request: HttpRequest) -> User:
    """Who asks; the site's door has let nobody else in."""
    return cast("User", request.user)


def actor(request: HttpRequest, tenant_id: UUID | None) -> Actor:
    """As whom this person acts on a row of that tenant: the installation's, or its admin, or nobody."""
    request_id = str(getattr(request, "request_id", ""))
    return user_actor(person(request), tenant_id, request_id=request_id)
