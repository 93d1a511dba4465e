"""Every address of the web application."""

from importlib.util import find_spec

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
ROOMS = {"api/v1/": "calls.api.urls", "hooks/": "calls.hooks_in", "": "console.pages.urls"}
urlpatterns += [
    path(prefix, include(room))
    for prefix, room in ROOMS.items()
    if find_spec(room.partition(".")[0]) and find_spec(room.rpartition(".")[0]) and find_spec(room)
]

handler400 = "console.failures.bad_request"
handler403 = "console.failures.forbidden"
handler404 = "console.failures.not_found"
handler500 = "console.failures.server_error"
