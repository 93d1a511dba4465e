"""Keys in the admin: issued (the key is seen on the answer and nowhere else), looked at, revoked."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.records.queries import waiting_for
from calls.tenants import actions, roles
from calls.tenants.models import ApiKey, Org
from console.admin.base import HouseAdmin, confirmed
from console.admin.filters import KeyState, OfTenant
from console.admin_reach import actor, person

FORM_LIVES = 12 * 3600


class NewKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a key opens. `once` keeps a double click or a reload from issuing a second one."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        required=False,
        choices=[(scope, scope) for scope in roles.RUNTIME_SCOPES],
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
        if not self.errors and not cache.add(f"key-form:{given['once']}", 1, FORM_LIVES):
            raise forms.ValidationError(
                gettext(
                    "This form was sent already, and its key was shown once. Open the form anew."
                )
            )
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


@admin.register(ApiKey)
class ApiKeyAdmin(HouseAdmin):
    """Issue and revoke; nothing about a key can be changed."""

    list_display = ("name", "tenant", "kind", "key_id", "state", "created_at", "last_used_at")
    list_filter = (OfTenant, "kind", KeyState)
    list_select_related = ("tenant",)
    search_fields = ("name", "key_id")
    ordering = ("-id",)
    actions = ("revoke", "revoke_leaked")
    fields = (
        ("name", "key_id"),
        ("tenant", "kind"),
        ("scopes", "org_keys"),
        ("created_at", "created_by"),
        ("expires_at", "last_used_at"),
        ("state", "revoked_by"),
        "trail",
    )
    readonly_fields = ("state", "trail")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody inside, for the tenants in reach."""
        return self.admin_site.has_permission(request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may issue may revoke."""
        return self.has_add_permission(request)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of a new key."""
        if obj is None:
            everything = person(request).is_superuser
            kwargs["form"] = NewKeyForm if everything else NewRuntimeKeyForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Admin keys are issued by whoever runs the installation."""
        if obj is not None:
            return self.fields
        asked = (*NewKeyForm.Meta.fields, "once")
        return asked if person(request).is_superuser else asked[1:]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Of a key that exists, everything."""
        return () if obj is None else ("state", "trail")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Issue the key; its spelling goes to the answer and is kept nowhere."""
        given, now = form.cleaned_data, timezone.now()
        if given.get("kind") == ApiKey.ADMIN:
            who = actor(request, None)
            made, spelled = actions.issue_admin_key(actor=who, now=now, name=given["name"])
        else:
            asked = ("tenant", "name", "scopes", "org_keys", "expires_at")
            who = actor(request, given["tenant"].pk)
            made, spelled = actions.issue_runtime_key(
                actor=who, now=now, **{name: given[name] for name in asked}
            )
        obj.__dict__.update(made.__dict__)
        request.spelled_key = spelled  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """The one page that shows the key. It is not stored by the browser, and no message carries it."""
        context = self.admin_site.each_context(request) | {
            "title": gettext("Key issued"),
            "key": request.spelled_key,  # type: ignore[attr-defined]
            "row": obj,
            "opts": self.opts,
        }
        response = TemplateResponse(request, "admin/calls/apikey/issued.html", context)
        response["Cache-Control"] = "private, no-store"
        return response

    @admin.display(description=_("state"))
    def state(self, obj: ApiKey) -> str:
        """Whether it still opens anything."""
        if obj.revoked_at:
            return gettext("leaked") if obj.leaked_at else gettext("revoked")
        return gettext("usable") if obj.is_usable(timezone.now()) else gettext("expired")

    def acts_on(self, row: ApiKey) -> tuple[str, ...]:
        """What is not revoked can be; that a key leaked may be found out afterwards."""
        if row.revoked_at:
            return () if row.leaked_at else ("revoke_leaked",)
        return ("revoke", "revoke_leaked")

    @admin.action(description=_("Revoke…"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> HttpResponse | None:
        """End these keys at once."""

        def verb(row: ApiKey, reason: str) -> object:
            who = actor(request, row.tenant_id)
            return actions.revoke_key(key=row, actor=who, now=timezone.now())

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Revoke?"),
            effect=gettext(
                "The next request with one of these keys is refused. Calls already accepted go on."
            ),
            button=gettext("Revoke"),
        )

    @admin.action(description=_("Revoke as leaked…"), permissions=["revoke"])
    def revoke_leaked(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> HttpResponse | None:
        """End these keys at once, and what they asked for."""

        def verb(row: ApiKey, reason: str) -> object:
            who = actor(request, row.tenant_id)
            return actions.revoke_key(key=row, actor=who, now=timezone.now(), leaked=True)

        return confirmed(
            self,
            request,
            rows,
            verb=verb,
            question=gettext("Revoke as leaked?"),
            effect=_effect_of_leak(waiting_for(row.public_id for row in rows)),
            button=gettext("Revoke and stop the calls"),
        )


def _effect_of_leak(waiting: int) -> str:
    return ngettext(
        "The next request with one of these keys is refused, and so is every call they asked for that"
        " was not dialled yet: %(waiting)d call waits now.",
        "The next request with one of these keys is refused, and so is every call they asked for that"
        " was not dialled yet: %(waiting)d calls wait now.",
        waiting,
    ) % {"waiting": waiting}
