"""Carrier accounts in the admin: shown without what is sealed, paused and resumed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.tenants import scope
from console.admin.base import HouseAdmin, confirmed
from console.admin.filters import OfTenant
from console.admin_reach import actor


@admin.register(CarrierAccount)
class CarrierAccountAdmin(HouseAdmin):
    """Accounts at carriers, without what is sealed."""

    list_display = ("name", "carrier", "tenant", "cps", "concurrency", "paused_at", "broken_at")
    list_filter = (OfTenant, "carrier")
    list_select_related = ("tenant",)
    search_fields = ("name",)
    fields = (
        ("name", "carrier"),
        "tenant",
        "base_url",
        ("cps", "concurrency", "price_per_minute"),
        ("paused_at", "paused_reason"),
        ("broken_at", "probe_at", "mended_at", "breaks"),
        "created_at",
        "trail",
    )
    readonly_fields = ("trail",)
    actions = ("pause", "resume")

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Whoever gets in here may; on whose accounts, the verb says."""
        return self.admin_site.has_permission(request)

    def acts_on(self, row: CarrierAccount) -> tuple[str, ...]:
        """Pause what works, resume what is paused."""
        return ("pause",) if row.paused_at is None else ("resume",)

    def row_actions(self, request: HttpRequest, object_id: str | None) -> list[tuple[str, str]]:
        """Who acts for some business units is not offered to let go what all of them call through."""
        offered = super().row_actions(request, object_id)
        row = self.get_object(request, object_id) if object_id else None
        whole = row is None or scope.acts_for_all(actor(request, row.tenant_id))
        return [(name, words) for name, words in offered if whole or name != "resume"]

    @admin.action(description=_("Pause…"), permissions=["run"])
    def pause(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> HttpResponse | None:
        """Ask these carriers for no more calls."""

        def verb(row: CarrierAccount, reason: str) -> object:
            who = actor(request, row.tenant_id)
            return actions.pause_account(account=row, actor=who, now=timezone.now(), reason=reason)

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Pause?"),
            effect=gettext(
                "Calls over these accounts are accepted and wait until they are resumed."
            ),
            button=gettext("Pause"),
            wants_reason=True,
        )

    @admin.action(description=_("Resume…"), permissions=["run"])
    def resume(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> HttpResponse | None:
        """Ask these carriers again."""

        def verb(row: CarrierAccount, reason: str) -> object:
            who = actor(request, row.tenant_id)
            return actions.resume_account(account=row, actor=who, now=timezone.now())

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Resume?"),
            effect=gettext(
                "Waiting calls go out in their turn, each through every gate. If the log showed more calls"
                " than we asked for, find out why first."
            ),
            button=gettext("Resume"),
        )
