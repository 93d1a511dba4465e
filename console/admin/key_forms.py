"""What the pages of keys ask: for a new key, for other scopes, for a rotation."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.tenants import roles
from calls.tenants.models import ApiKey, Org

SCOPES = [(scope, scope) for scope in roles.RUNTIME_SCOPES]


class NewKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a key opens. `once` keeps a double click or a reload from issuing a second one."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        required=False,
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        initial=["calls:write", "calls:read"],
        help_text=_("Of runtime keys. Give a program no more than it needs."),
    )
    org_keys = forms.CharField(
        label=_("Business units"),
        required=False,
        help_text=_("The org_id of each, with commas between. Empty: all."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ApiKey.kind.field.choices or [],
        initial=ApiKey.RUNTIME,
        help_text=_(
            "Runtime keys place and read a tenant's calls; admin keys open the admin surface."
        ),
    )
    once = forms.CharField(widget=forms.HiddenInput, initial=lambda: uuid4().hex)

    class Meta:
        model = ApiKey
        fields = ("kind", "tenant", "name", "scopes", "org_keys", "expires_at")

    def clean(self) -> dict[str, Any]:
        """A runtime key belongs to a tenant and can do something; an admin key belongs to none."""
        given = super().clean() or {}
        runtime = given.get("kind", ApiKey.RUNTIME) == ApiKey.RUNTIME
        if runtime and not given.get("tenant"):
            self.add_error("tenant", gettext("Choose the tenant whose calls this key places."))
        if runtime and not given.get("scopes"):
            self.add_error("scopes", gettext("Choose at least one scope."))
        if not runtime and given.get("tenant"):
            self.add_error(
                "tenant", gettext("An admin key belongs to no tenant. Leave this empty.")
            )
        given["org_keys"] = self._org_keys(given)
        return given

    def _org_keys(self, given: dict[str, Any]) -> list[str]:
        words = sorted(set(given.get("org_keys", "").replace(",", " ").split()))
        known = Org.objects.filter(tenant=given.get("tenant"), key__in=words)
        if unknown := set(words) - set(known.values_list("key", flat=True)):
            text = gettext("This tenant has no business unit %s.") % ", ".join(sorted(unknown))
            self.add_error("org_keys", text)
        return words


class NewRuntimeKeyForm(NewKeyForm):
    """The same for admins of tenants: their keys are runtime keys."""

    kind = None  # type: ignore[assignment]


class ScopesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a key may do from its next request on."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They hold from the next request on. Accepted calls go on."),
    )

    class Meta:
        model = ApiKey
        fields = ("scopes",)


class RotationForm(forms.Form):
    """How long the old key goes on."""

    overlap_hours = forms.IntegerField(
        label=_("Hours the old key goes on"),
        min_value=0,
        max_value=720,
        initial=24,
        help_text=_("Put the new key into the program meanwhile. 0: the old one ends at once."),
    )

    def overlap(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(hours=self.cleaned_data["overlap_hours"])
