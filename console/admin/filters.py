"""Filters beside the lists; none of them names a tenant out of reach."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.admin_reach import person, tenants_of


class OfTenant(admin.SimpleListFilter):
    """The tenant, of those in reach."""

    title = _("tenant")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Tenants by name."""
        return [(tenant.slug, tenant.name) for tenant in tenants_of(person(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the tenant chosen."""
        if not self.value():
            return queryset
        chosen = tenants_of(person(request)).filter(slug=self.value())
        return queryset.filter(tenant_id__in=chosen.values("pk"))


class KeyState(admin.SimpleListFilter):
    """Whether a key still opens anything."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Usable, revoked, expired."""
        return [("usable", _("Usable")), ("revoked", _("Revoked")), ("expired", _("Expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keys in the state chosen."""
        expired = Q(revoked_at__isnull=True, expires_at__lte=timezone.now())
        revoked = Q(revoked_at__isnull=False)
        wanted = {"usable": ~expired & ~revoked, "revoked": revoked, "expired": expired}
        return queryset.filter(wanted.get(self.value() or "", Q()))


class KeyAttention(admin.SimpleListFilter):
    """Usable keys that somebody should look at."""

    title = _("worth a look")
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Unused, and about to end."""
        return [("unused", _("Unused for 30 days")), ("ending", _("Ends within 14 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keys that still open something and are like that."""
        now, value = timezone.now(), self.value() or ""
        since, until = now - timedelta(days=30), now + timedelta(days=14)
        unused = Q(last_used_at__lt=since) | Q(last_used_at=None, created_at__lt=since)
        wanted = {"unused": unused, "ending": Q(expires_at__lte=until)}
        if value not in wanted:
            return queryset
        in_force = Q(expires_at=None) | Q(expires_at__gt=now)
        return queryset.filter(wanted[value], in_force, revoked_at=None)


class Standing(admin.SimpleListFilter):
    """Whether a membership still holds."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Current, ended."""
        return [("current", _("Current")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Memberships with the standing chosen."""
        if self.value() not in ("current", "ended"):
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "current")
