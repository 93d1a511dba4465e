"""Showing a page: the frame's context, and the one part of it that htmx asked for."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from calls.tenants.scope import get_memberships
from console.access import TenantRequest
from console.nav import nav


def show(
    request: TenantRequest,
    template: str,
    *,
    title: str,
    active: str = "",
    part: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a whole page, or only its named `part` when htmx asked and the view offers one.

    The view picks the part, never the client. `active` is the name of the page in the navigation.
    """
    context |= {"page_title": title, "tenant": request.tenant, "now": request.now}
    if part and request.htmx and not request.htmx.boosted:
        return render(request, f"{template}#{part}", context, status=status)
    return render(request, template, context | _frame(request, active), status=status)


def _frame(request: TenantRequest, active: str) -> dict[str, Any]:
    tenants = [
        {
            "name": member.tenant.name,
            "url": reverse("overview", args=[member.tenant.slug]),
            "active": member.tenant_id == request.tenant.pk,
        }
        for member in get_memberships(request.user)
    ]
    may_call = request.actor.can("calls:write")
    return {
        "tenants": tenants,
        "nav": nav(request, active=active),
        "new_call_url": reverse("new_call", args=[request.tenant.slug]) if may_call else "",
    }
