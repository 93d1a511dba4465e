"""Caller IDs in the admin: all is shown, countries are chosen, and each is switched on and off."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.routes import actions
from calls.routes.models import PhoneRoute
from console.admin.base import HouseAdmin, Verb, confirmed
from console.admin.filters import OfTenant
from console.admin.regions import RegionsField
from console.admin_reach import actor

SHOWN = ("number", "label", "tenant", "org", "account", "default_agent", "is_default", "enabled")


class RouteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where calls may go from one caller ID: wherever the tenant may call, or only to some of it."""

    is_narrowed = forms.BooleanField(
        label=_("Only to some countries"),
        required=False,
        help_text=_("Off, this caller ID calls every country the tenant may call."),
    )
    country_groups = RegionsField(
        label=_("Countries"),
        required=False,
        help_text=_(
            "Two-letter regions with commas between: US, CA. Only those the tenant may call count."
            " Empty: nobody can be called from this caller ID."
        ),
    )

    class Meta:
        model = PhoneRoute
        fields: ClassVar = ("is_narrowed", "country_groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_narrowed"] = self.instance.country_groups is not None
        self.initial["country_groups"] = self.instance.country_groups or []

    def clean(self) -> dict[str, Any]:
        """Countries without the tick would be lost in silence."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("country_groups") and not given["is_narrowed"]:
            sentence = gettext("Tick “Only to some countries”, or leave this empty.")
            self.add_error("country_groups", sentence)
        return given


@admin.register(PhoneRoute)
class PhoneRouteAdmin(HouseAdmin):
    """Numbers that calls can show."""

    form = RouteForm
    list_display = ("number", "label", "tenant", "account", "is_default", "enabled")
    list_filter = (OfTenant, "enabled")
    list_select_related = ("tenant", "account")
    search_fields = ("number", "label")
    fields = (
        ("number", "label"),
        ("tenant", "org"),
        ("account", "default_agent"),
        ("is_default", "enabled"),
        ("is_narrowed", "country_groups"),
        "created_at",
        "trail",
    )
    readonly_fields = (*SHOWN, "created_at", "trail")
    actions = ("switch_on", "switch_off")

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Whoever gets in here may; on whose caller IDs, the verb says."""
        return self.admin_site.has_permission(request)

    def acts_on(self, row: PhoneRoute) -> tuple[str, ...]:
        """Switch off what is on, and on what is off."""
        return ("switch_off",) if row.enabled else ("switch_on",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every route within reach."""
        return self.has_view_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Change where calls may go, if that was changed."""
        if not form.changed_data:
            return
        given = form.cleaned_data
        actions.narrow_route(
            route=self.get_queryset(request).get(pk=obj.pk),
            country_groups=given["country_groups"] if given["is_narrowed"] else None,
            actor=actor(request, obj.tenant_id),
            now=timezone.now(),
        )

    @admin.action(description=_("Switch on…"), permissions=["run"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[PhoneRoute]) -> HttpResponse | None:
        """Let calls show these caller IDs again."""
        return confirmed(
            self,
            request,
            rows,
            verb=_switch(request, enabled=True),
            question=gettext("Switch on?"),
            effect=gettext("Calls may show these caller IDs again, each through every gate."),
            button=gettext("Switch on"),
        )

    @admin.action(description=_("Switch off…"), permissions=["run"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[PhoneRoute]) -> HttpResponse | None:
        """Let no call show these caller IDs."""
        return confirmed(
            self,
            request,
            rows,
            verb=_switch(request, enabled=False),
            question=gettext("Switch off?"),
            effect=gettext(
                "New calls from these caller IDs are refused, and calls that wait for their turn are"
                " refused when it comes. To make them wait instead, pause the caller ID under Rules."
            ),
            button=gettext("Switch off"),
        )


def _switch(request: HttpRequest, *, enabled: bool) -> Verb:
    def verb(row: PhoneRoute, reason: str) -> object:
        who = actor(request, row.tenant_id)
        return actions.switch_route(route=row, enabled=enabled, actor=who, now=timezone.now())

    return verb
