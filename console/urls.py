"""Every address of the web application."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from console import health

# The admin has no sign-in of its own: throttling and second factors are allauth's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("api/v1/", include("calls.api.urls")),
    path("api-docs/", include("calls.api.described")),
    path("hooks/", include("calls.hooks_in")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("console.pages.urls")),
]

handler400 = "console.failures.bad_request"
handler403 = "console.failures.forbidden"
handler404 = "console.failures.not_found"
handler500 = "console.failures.server_error"
