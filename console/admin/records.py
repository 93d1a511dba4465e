"""What the admin only shows: the audit log."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from calls.audit.models import AuditEntry
from calls.tenants.models import Tenant
from console.admin.base import HouseAdmin
from console.admin.filters import OfTenant


@admin.register(AuditEntry)
class AuditEntryAdmin(HouseAdmin):
    """Who did what, newest first."""

    list_display = ("at", "actor_name", "verb", "target_label", "tenant_name", "request_id")
    list_filter = (OfTenant, "actor_kind")
    search_fields = ("actor_name", "verb", "target_id", "target_label", "request_id")
    ordering = ("-id",)
    fields = (
        "at",
        ("actor_name", "actor_kind", "actor_id"),
        "verb",
        ("target_label", "target_type", "target_id"),
        "tenant_name",
        "was",
        "became",
        "request_id",
    )
    readonly_fields = ("tenant_name", "was", "became")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Entries within reach, with the tenant's name as it is now."""
        named = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("name")
        rows: QuerySet[Any] = super().get_queryset(request)
        named_rows: QuerySet[Any] = rows.annotate(named=Subquery(named[:1]))
        return named_rows

    @admin.display(description=_("tenant"), ordering=F("named"))
    def tenant_name(self, obj: Any) -> str:
        """The tenant's name; entries of the installation have none."""
        return obj.named or "–"

    @admin.display(description=_("before"))
    def was(self, obj: AuditEntry) -> SafeString:
        """What it was."""
        return _written(obj.before)

    @admin.display(description=_("after"))
    def became(self, obj: AuditEntry) -> SafeString:
        """What it became."""
        return _written(obj.after)


def _written(data: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(data, indent=2, ensure_ascii=False))
