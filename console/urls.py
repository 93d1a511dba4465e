"""Every address of the web application."""

from importlib import import_module

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from console import health

# The admin has no sign-in of its own: throttling and second factors are allauth's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]


def built(room: str) -> bool:
    """Whether a room under construction can be entered; goes away with the scaffolding."""
    try:
        import_module(room)
    except ImportError:
        return False
    return True


ROOMS = {"api/v1/": "calls.api.urls", "hooks/": "calls.hooks_in", "": "console.pages.urls"}
urlpatterns += [path(prefix, include(room)) for prefix, room in ROOMS.items() if built(room)]
