"""Being written."""

from django.http import HttpResponse
from django.urls import path

from console.access import TenantRequest, page
from console.screens import show


@page("calls:read")
def greetings(request: TenantRequest) -> HttpResponse:
    """Soon."""
    return show(request, "layout/app.html", title="Soon", active="greetings")


@page("calls:read")
def greeting(request: TenantRequest, greeting_id: str = "") -> HttpResponse:
    """Soon."""
    return show(request, "layout/app.html", title="Soon", active="greetings")


urlpatterns = [
    path("greetings", greetings, name="greetings"),
    path("greetings/new", greeting, name="new_greeting"),
    path("greetings/<str:greeting_id>", greeting, name="greeting"),
    path("greetings/<str:greeting_id>/revisions/new", greeting, name="new_revision"),
]
