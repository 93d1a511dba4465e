"""The only way to a page: signed in, member of the tenant in the URL, with the right it needs.

Another tenant's address answers 404, exactly like one that does not exist.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django_htmx.middleware import HtmxDetails

from calls.audit.actor import Actor
from calls.lib.errors import NotFound, NotPermitted
from calls.tenants import actions as tenants
from calls.tenants import roles, scope
from calls.tenants.models import Member, Tenant, User

P = ParamSpec("P")


class TenantRequest(HttpRequest):
    """A request on its way into a page: who, where and when are settled."""

    htmx: HtmxDetails
    user: User
    member: Member
    tenant: Tenant
    actor: Actor
    now: datetime


View = Callable[Concatenate[TenantRequest, P], HttpResponse]


def page(
    permission: str,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, str, P], HttpResponse]]:
    """Open a view to members of the tenant whose role includes `permission`."""

    def protect(view: View[P]) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> Any:
            entered = _enter(request, slug)
            if _must_add_second_factor(entered.member):
                warning = gettext("Owners and admins of live tenants need a second factor.")
                messages.warning(request, warning)
                return redirect("mfa_index")
            if not entered.actor.can(permission):
                raise PermissionDenied(NotPermitted.message)
            try:
                return view(entered, *args, **kwargs)
            except NotFound as refusal:
                _look_into(refusal, entered)
                raise Http404 from None
            except NotPermitted as refusal:
                raise PermissionDenied(refusal.sentence) from None

        return cast(
            "Callable[Concatenate[HttpRequest, str, P], HttpResponse]",
            gzip_page(login_required(guarded)),
        )

    return protect


def _enter(request: HttpRequest, slug: str) -> TenantRequest:
    entered = cast("TenantRequest", request)
    try:
        entered.member = scope.get_membership(user=entered.user, slug=slug)
    except NotFound:
        raise Http404 from None
    entered.tenant = entered.member.tenant
    request_id = getattr(request, "request_id", "")
    entered.actor = scope.member_actor(entered.member, request_id=request_id)
    entered.now = timezone.now()
    return entered


def _look_into(refusal: NotFound, entered: TenantRequest) -> None:
    """Somebody who asks for another tenant's is told nothing; the own tenant's log remembers it."""
    if refusal.named:
        by: dict[str, Any] = {"actor": entered.actor, "now": entered.now}
        tenants.note_foreign_id(named=refusal.named, tenant=entered.tenant, **by)


def _must_add_second_factor(member: Member) -> bool:
    """Who can approve words or change the set-up of a live tenant proves it with two factors."""
    powerful = member.role in (roles.OWNER, roles.ADMIN)
    return powerful and not member.tenant.is_sandbox and not is_mfa_enabled(member.user)
