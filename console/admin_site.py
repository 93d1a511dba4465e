"""The admin site: who gets in, and under whose name it stands."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.tenants.models import User
from calls.tenants.reach import administers, lacks_second_factor


class Site(admin.AdminSite):
    """Open to whoever runs the installation and to admins of tenants; signing in is the console's."""

    site_header = _("Greenlight administration")
    site_title = _("Greenlight administration")
    index_title = _("Tenants, people and keys")
    site_url = "/"

    def register(self, model_or_iterable: Any, *args: Any, **kwargs: Any) -> None:
        """Only our own tables: what libraries would add could be changed behind the verbs' backs."""
        given: Any = model_or_iterable
        models: list[Any] = [given] if isinstance(given, type) else list(given)
        ours = [model for model in models if model._meta.app_label == "calls"]
        super().register(ours, *args, **kwargs)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without "view on site": no row has a page of its own there, and any id in it is an error."""
        found: list[URLPattern | URLResolver] = super().get_urls()
        return [one for one in found if getattr(one, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff that runs everything or administers a tenant, with a second factor where calls are real."""
        return self._belongs(request) and not lacks_second_factor(cast("User", request.user))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in where everybody does; whoever is signed in and has no place here is told so."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.path))
        if self.has_permission(request):
            return redirect("admin:index")
        if not self._belongs(request):
            raise PermissionDenied
        messages.warning(request, gettext("Admins of live tenants need a second factor."))
        return redirect("mfa_index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The console's way out."""
        return redirect("account_logout")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The console's form, which tells the person by e-mail."""
        return redirect("account_change_password")

    def _belongs(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and administers(request.user)
