"""Being written."""

from django.http import HttpResponse
from django.urls import path

from console.access import TenantRequest, page
from console.screens import show


@page("calls:read")
def overview(request: TenantRequest) -> HttpResponse:
    """Soon."""
    return show(request, "layout/app.html", title="Soon", active="overview")


urlpatterns = [path("", overview, name="overview")]
