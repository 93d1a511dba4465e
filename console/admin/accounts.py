"""Carrier accounts in the admin: opened, changed, paused and resumed; what is sealed is never shown."""

from secrets import token_urlsafe
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.lib.signing import new_secret
from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.tenants import scope
from calls.tenants.models import Tenant
from console.admin.base import confirmed
from console.admin.credentials import CredentialActs, hook_of, made
from console.admin.filters import OfTenant
from console.admin_reach import actor, person, tenants_of

LIMITS = ("name", "cps", "concurrency", "price_per_minute")
LABELS = {
    "cps": _("Calls per second"),
    "concurrency": _("Calls at the same time"),
    "price_per_minute": _("Price of a begun minute"),
}
HELP = {
    "cps": _("What the carrier allows this account; no faster is asked."),
    "price_per_minute": _("For the spend caps. 0: unknown, and no spend cap holds."),
}


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """What can be changed of an account that exists."""

    class Meta:
        model = CarrierAccount
        fields = LIMITS
        labels: ClassVar = LABELS
        help_texts: ClassVar = HELP


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an account is opened with; the credential goes in here and comes out nowhere."""

    base_url = forms.CharField(
        label=_("Address of the carrier"),
        max_length=200,
        help_text=_("https, with its public name, such as https://api.twilio.com."),
    )
    api_key = forms.CharField(
        label=_("Credential"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=_("The carrier's API key; of Twilio AC…:token. It is sealed and never shown."),
    )

    class Meta:
        model = CarrierAccount
        fields = ("carrier", "tenant", *LIMITS, "base_url")
        labels: ClassVar = LABELS
        help_texts: ClassVar = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.PRODUCTION:
            real = [c for c in CarrierAccount.carrier.field.choices or [] if c[0] not in SANDBOXES]
            self.fields["carrier"].choices = real  # type: ignore[attr-defined]


SANDBOXES = CarrierAccount.SANDBOXES


@admin.register(CarrierAccount)
class CarrierAccountAdmin(CredentialActs):
    """Accounts at carriers, without what is sealed."""

    list_display = ("name", "carrier", "tenant", "cps", "concurrency", "paused_at", "broken_at")
    list_filter = (OfTenant, "carrier")
    list_select_related = ("tenant",)
    search_fields = ("name",)
    opening = ("carrier", "tenant", "name", "base_url", "api_key", *LIMITS[1:])
    fields = (
        "name",
        ("carrier", "tenant"),
        "base_url",
        *LIMITS[1:],
        ("sealed_with", "hooks"),
        ("paused_at", "paused_reason"),
        ("broken_at", "probe_at", "mended_at", "breaks"),
        "created_at",
        "trail",
    )
    readonly_fields = (
        *("carrier", "tenant", "base_url", "sealed_with", "hooks", "paused_at", "paused_reason"),
        *("broken_at", "probe_at", "mended_at", "breaks", "created_at", "trail"),
    )
    actions = (
        *("test_credential", "change_credential", "rotate_secret", "rotate_path"),
        *("pause", "resume"),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever runs the installation, and whoever acts for a whole tenant."""
        if not self.admin_site.has_permission(request):
            return False
        everywhere = person(request).is_superuser
        return everywhere or any(self._whole(request, t.pk) for t in tenants_of(person(request)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every account within reach, by who acts for all business units."""
        if not self.has_view_permission(request, obj):
            return False
        return obj is None or self._whole(request, obj.tenant_id)

    def _whole(self, request: HttpRequest, tenant_id: Any) -> bool:
        return scope.acts_for_all(actor(request, tenant_id))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """One form to open an account, another to change it."""
        kwargs["form"] = AccountForm if obj else NewAccountForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a new account what is asked; of one that exists, what there is."""
        return self.fields if obj else self.opening

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing of a new one."""
        return self.readonly_fields if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only whoever runs the installation opens an account for every tenant."""
        if db_field.remote_field.model is Tenant:
            kwargs["required"] = not person(request).is_superuser
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Open it, with a hook of its own; or change what was changed."""
        given, now = form.cleaned_data, timezone.now()
        if change:
            changes = {name: given[name] for name in form.changed_data}
            row = self.get_queryset(request).get(pk=obj.pk)
            if changes:
                who = actor(request, row.tenant_id)
                actions.change_account(account=row, actor=who, now=now, **changes)
            return
        tenant, token = given["tenant"], token_urlsafe(32)
        signs = given["carrier"] not in CarrierAccount.LIKE_TWILIO
        secrets = [new_secret()] if signs else []
        who = actor(request, tenant.pk if tenant else None)
        opened = actions.open_account(
            actor=who, now=now, hook_token=token, hook_secrets=secrets, **given
        )
        obj.__dict__.update(opened.__dict__)
        request.hook = (token, *secrets)  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """The one page that shows the hook's address and its secret."""
        token, *secrets = request.hook  # type: ignore[attr-defined]
        shown = [(gettext("Address for its events"), hook_of(obj, token))]
        shown += [(gettext("Secret with which it signs them"), secret) for secret in secrets]
        return made(self, request, obj, title=gettext("Account opened"), shown=shown)

    @admin.display(description=_("Credential"))
    def sealed_with(self, obj: CarrierAccount) -> str:
        """Under which key of ENCRYPTION_KEYS it is sealed; nothing of it is shown."""
        return gettext("set, sealed with key %s") % obj.sealed_api_key.partition(":")[0][:8]

    @admin.display(description=_("Hook"))
    def hooks(self, obj: CarrierAccount) -> str:
        """Where its events come, and how long what was before a rotation still does."""
        words = [hook_of(obj, gettext("… (shown when it was made)"))]
        ends = (
            (obj.former_token_until, gettext("the former address until %s UTC")),
            (obj.former_secrets_until, gettext("the former secret until %s UTC")),
        )
        now = timezone.now()
        words += [text % date_format(at, "Y-m-d H:i") for at, text in ends if at and at > now]
        return " · ".join(words)

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Whoever gets in here may; on whose accounts, the verb says."""
        return self.admin_site.has_permission(request)

    def acts_on(self, row: CarrierAccount) -> tuple[str, ...]:
        """Try and change what opens it; pause what works, resume what is paused."""
        rotations = () if row.is_like_twilio else ("rotate_secret", "rotate_path")
        switch = "pause" if row.paused_at is None else "resume"
        return ("test_credential", "change_credential", *rotations, switch)

    def row_actions(self, request: HttpRequest, object_id: str | None) -> list[tuple[str, str]]:
        """Who acts for some business units may stop what all of them call through, and no more."""
        offered = super().row_actions(request, object_id)
        row = self.get_object(request, object_id) if object_id else None
        whole = row is None or self._whole(request, row.tenant_id)
        return [(name, words) for name, words in offered if whole or name == "pause"]

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
