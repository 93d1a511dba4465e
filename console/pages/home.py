"""Where a person lands after signing in."""

from django.contrib.admin import site
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from calls.tenants.scope import get_memberships


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the first tenant's overview; somebody without any is told what to do."""
    memberships = get_memberships(request.user)  # type: ignore[arg-type]
    if memberships:
        return redirect("overview", memberships[0].tenant.slug)
    context = {"page_title": gettext("No tenant yet"), "admin_url": _admin_url(request)}
    return render(request, "home/no_tenant.html", context)


def _admin_url(request: HttpRequest) -> str:
    """Where who runs the installation goes on; empty for everybody else."""
    return reverse("admin:index") if site.has_permission(request) else ""
