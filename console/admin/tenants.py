"""Tenants in the admin: open one, change its settings, suspend and resume it."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.tenants import actions, scope
from calls.tenants.models import Tenant
from console.admin.base import HouseAdmin, confirmed
from console.admin.minutes import MinutesField
from console.admin.regions import RegionsField
from console.admin_reach import actor, person

# What a tenant is opened with; the other settings are changed in the same step where they differ.
OPENING = ("name", "slug", "mode", "time_zone", "country_groups")
REDIALS = ("redial_busy", "redial_no_answer", "redial_voicemail")
ZONES = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]


class TenantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tenant's settings; countries are written as two-letter regions."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[("UTC", "UTC"), *ZONES])
    country_groups = RegionsField(
        label=_("Countries it may call"),
        required=False,
        help_text=_("Two-letter regions with commas between: US, CA. Empty: nobody can be called."),
    )

    redial_busy = MinutesField(label=_("Dial again when the line was busy"))
    redial_no_answer = MinutesField(label=_("Dial again when nobody picked up"))
    redial_voicemail = MinutesField(
        label=_("Dial again after a voicemail"),
        help_text=_(
            "Minutes with commas between, each longer than the one before. Empty: not again."
        ),
    )

    class Meta:
        model = Tenant
        fields = (
            *OPENING,
            "outside_hours",
            "unknown_outcome",
            "unapproved_greeting",
            *REDIALS,
            "spoken_name",
            "allow_toll_free",
            "requests_per_minute",
        )
        labels: ClassVar = {
            "unknown_outcome": _("When nobody knows whether it was placed"),
            "unapproved_greeting": _("Calls with a greeting that waits for approval"),
            "spoken_name": _("Name as it is spoken"),
            "allow_toll_free": _("May call toll-free numbers"),
            "requests_per_minute": _("Requests of its programs in a minute"),
        }
        help_texts: ClassVar = {
            "unknown_outcome": _(
                "And the carrier's whole log does not show the call. Dialling once more may ring somebody"
                " twice, if the log was wrong."
            ),
            "unapproved_greeting": _(
                "Held, such a call waits, and goes on by itself once an owner approves exactly these"
                " words; otherwise it is refused at once."
            ),
            "spoken_name": _(
                "How the business is called aloud, such as Acme Parcels. Every greeting has to say it."
                " Empty: the name above."
            ),
            "allow_toll_free": _(
                "Off, calls to toll-free numbers are refused: whoever is called pays for them."
            ),
            "requests_per_minute": _("All its keys together. Empty: as many as any tenant's."),
        }


@admin.register(Tenant)
class TenantAdmin(HouseAdmin):
    """Whoever runs the installation opens and suspends tenants; their admins keep the settings."""

    tenant_field = "pk"
    form = TenantForm
    list_display = ("name", "slug", "mode", "time_zone", "state")
    list_filter = ("mode",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    actions = ("suspend", "resume")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever runs the installation."""
        return self.admin_site.has_permission(request) and person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every tenant within reach, by who acts for all of its business units."""
        if not self.has_view_permission(request, obj):
            return False
        return obj is None or scope.acts_for_all(actor(request, obj.pk))

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Suspending is not for the tenant's own admins: they could lift it themselves."""
        return self.has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The slug stands in addresses and stays; some things are not the tenant's to choose."""
        if obj is None:
            return ()
        fixed = ("slug",) if person(request).is_superuser else ("slug", *actions.HOUSES)
        return (*fixed, "state", "created_at", "trail")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Settings first, then what is only shown."""
        shown = () if obj is None else ("state", "created_at", "trail")
        return (*TenantForm.Meta.fields, *shown)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Open a tenant, or change what was changed."""
        given, now = form.cleaned_data, timezone.now()
        act: dict[str, Any] = {"actor": actor(request, obj.pk if change else None), "now": now}
        if not change:
            made = actions.create_tenant(**act, **{name: given[name] for name in OPENING})
            others = {name: given[name] for name in given if given[name] != getattr(made, name)}
            if others:
                actions.change_tenant(tenant=made, **act, **others)
            obj.__dict__.update(made.__dict__)
        elif changes := {name: given[name] for name in form.changed_data}:
            actions.change_tenant(
                tenant=self.get_queryset(request).get(pk=obj.pk), **act, **changes
            )

    @admin.display(description=_("state"))
    def state(self, obj: Tenant) -> str:
        """Whether it may call at all."""
        if obj.suspended_at is None:
            return gettext("open")
        return gettext("suspended: %s") % (obj.suspended_reason or "–")

    def acts_on(self, row: Tenant) -> tuple[str, ...]:
        """Suspend what is open, resume what is suspended."""
        return ("suspend",) if row.suspended_at is None else ("resume",)

    @admin.action(description=_("Suspend…"), permissions=["run"])
    def suspend(self, request: HttpRequest, rows: QuerySet[Tenant]) -> HttpResponse | None:
        """Stop every call of these tenants."""

        def verb(row: Tenant, reason: str) -> object:
            who = actor(request, row.pk)
            return actions.suspend_tenant(tenant=row, actor=who, now=timezone.now(), reason=reason)

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Suspend?"),
            effect=gettext(
                "No call of these tenants is dialled until they are resumed, accepted ones included."
            ),
            button=gettext("Suspend"),
            wants_reason=True,
        )

    @admin.action(description=_("Resume…"), permissions=["run"])
    def resume(self, request: HttpRequest, rows: QuerySet[Tenant]) -> HttpResponse | None:
        """Let these tenants call again."""

        def verb(row: Tenant, reason: str) -> object:
            who = actor(request, row.pk)
            return actions.resume_tenant(tenant=row, actor=who, now=timezone.now())

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Resume?"),
            effect=gettext("Their waiting calls meet the gates again and go out when they pass."),
            button=gettext("Resume"),
        )
