"""Caller IDs in the admin: all about them is shown, and the countries they may call are chosen."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.routes import actions
from calls.routes.models import PhoneRoute
from console.admin.base import HouseAdmin
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
