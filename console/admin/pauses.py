"""The installation's own kill switch in the admin, and every pause to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.limits import actions
from calls.limits.models import Pause
from calls.tenants.models import Tenant
from console.admin.base import HouseAdmin, confirmed
from console.admin.filters import OfTenant
from console.admin_reach import actor, person


class PauseForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is stopped and why; routes and agents are paused by their tenant's people."""

    tenant = forms.ModelChoiceField(
        Tenant.objects.all(),
        label=_("Tenant"),
        required=False,
        empty_label=_("Every tenant of this installation"),
        help_text=_("Nothing of it is dialled from now on. What waits stays in the queue."),
    )

    class Meta:
        model = Pause
        fields = ("tenant", "reason", "until")


@admin.register(Pause)
class PauseAdmin(HouseAdmin):
    """Whoever runs the installation stops everybody, or one tenant, and lets them go again."""

    form = PauseForm
    list_display = ("reason", "scope", "tenant", "started_at", "started_by", "until", "ended_at")
    list_filter = (OfTenant, "scope")
    list_select_related = ("tenant",)
    search_fields = ("reason", "started_by")
    ordering = ("-id",)
    actions = ("lift",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever runs the installation; a tenant's people have their own page."""
        return self.admin_site.has_permission(request) and person(request).is_superuser

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Lifting is for the same."""
        return self.has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The form when it is new, else everything there is to know."""
        if obj is None:
            return PauseForm.Meta.fields
        what = ("scope", "tenant", "route", "agent", "reason", "until")
        return (*what, "started_at", "started_by", "ended_at", "ended_by", "trail")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A pause is never edited."""
        return () if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Turn the switch."""
        given = form.cleaned_data
        found = actions.pause(
            tenant=given["tenant"],
            reason=given["reason"],
            until=given["until"],
            actor=actor(request, None),
            now=timezone.now(),
        )
        obj.__dict__.update(found.__dict__)

    def acts_on(self, row: Pause) -> tuple[str, ...]:
        """What is on can be lifted."""
        return ("lift",) if row.ended_at is None else ()

    @admin.action(description=_("Lift…"), permissions=["run"])
    def lift(self, request: HttpRequest, rows: QuerySet[Pause]) -> HttpResponse | None:
        """Let calls go again."""

        def verb(row: Pause, reason: str) -> object:
            return actions.lift_pause(pause=row, actor=actor(request, None), now=timezone.now())

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Lift the pause?"),
            effect=gettext("What waits behind it meets every gate again and goes out in order."),
            button=gettext("Lift"),
        )
