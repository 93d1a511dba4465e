"""Being written."""

from django.http import HttpResponse
from django.urls import path

from console.access import TenantRequest, page
from console.screens import show


@page("calls:read")
def approvals(request: TenantRequest) -> HttpResponse:
    """Soon."""
    return show(request, "layout/app.html", title="Soon", active="approvals")


@page("calls:read")
def approval(request: TenantRequest, review_id: str) -> HttpResponse:
    """Soon."""
    return show(request, "layout/app.html", title="Soon", active="approvals")


urlpatterns = [
    path("approvals", approvals, name="approvals"),
    path("approvals/<str:review_id>", approval, name="approval"),
    path("approvals/<str:review_id>/decision", approval, name="decision"),
    path("approvals/<str:review_id>/withdrawal", approval, name="withdrawal"),
]
