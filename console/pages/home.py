"""Where a person lands after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from calls.tenants.scope import get_memberships


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the first tenant's overview; somebody without any is told what to do."""
    memberships = get_memberships(request.user)  # type: ignore[arg-type]
    if memberships:
        return redirect("overview", memberships[0].tenant.slug)
    return render(request, "home/no_tenant.html", {"page_title": "No tenant yet"})
