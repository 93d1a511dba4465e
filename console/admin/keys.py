"""Keys in the admin: issued and rotated (the key is seen on the answer and nowhere else), changed, revoked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.lib.errors import Refusal
from calls.records.queries import waiting_for
from calls.tenants import actions
from calls.tenants.models import ApiKey
from console.admin.base import HouseAdmin, asked, confirmed
from console.admin.filters import KeyAttention, KeyState, OfTenant
from console.admin.key_forms import NewKeyForm, NewRuntimeKeyForm, RotationForm, ScopesForm
from console.admin.once import once
from console.admin.what_breaks import lines_about
from console.admin_reach import actor, person


@admin.register(ApiKey)
class ApiKeyAdmin(HouseAdmin):
    """Issue, rotate and revoke; of a key that lives, the scopes can be changed."""

    list_display = ("name", "tenant", "kind", "key_id", "state", "created_at", "last_used_at")
    list_filter = (OfTenant, "kind", KeyState, KeyAttention)
    list_select_related = ("tenant",)
    search_fields = ("name", "key_id")
    ordering = ("-id",)
    actions = ("rotate", "revoke", "revoke_leaked")
    fields = (
        ("name", "key_id"),
        ("tenant", "kind"),
        ("scopes", "org_keys"),
        ("created_at", "created_by"),
        ("expires_at", "replaces"),
        ("last_used_at", "last_used_from"),
        ("state", "revoked_by"),
        "breaks",
        "trail",
    )
    readonly_fields = ("state", "breaks", "trail")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody inside, for the tenants in reach."""
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A runtime key within reach that still opens something: its scopes."""
        if obj is None:
            return self.has_view_permission(request)
        lives = obj.kind == ApiKey.RUNTIME and obj.is_usable(timezone.now())
        return lives and self.has_view_permission(request, obj)

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
        elif self.has_change_permission(request, obj):
            kwargs["form"] = ScopesForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Admin keys are issued by whoever runs the installation."""
        if obj is not None:
            return self.fields
        asked = (*NewKeyForm.Meta.fields, "once")
        return asked if person(request).is_superuser else asked[1:]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Of a key that exists, everything but its scopes."""
        if obj is None:
            return ()
        rows = [row if isinstance(row, tuple) else (row,) for row in self.fields]
        return tuple(name for row in rows for name in row if name != "scopes")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Issue the key, whose spelling goes to the answer and is kept nowhere; or change its scopes."""
        given = form.cleaned_data
        if change:
            row = ApiKey.objects.get(pk=obj.pk)
            by: dict[str, Any] = {"actor": actor(request, row.tenant_id), "now": timezone.now()}
            actions.change_key_scopes(key=row, scopes=given["scopes"], **by)
            return
        said = gettext(
            "This form was sent already, and its key was shown once. Open the form anew."
        )
        with once(f"key:{given['once']}", sent_already=said):
            made, spelled = self._issued(request, given)
        obj.__dict__.update(made.__dict__)
        request.spelled_key = spelled  # type: ignore[attr-defined]

    def _issued(self, request: HttpRequest, given: dict[str, Any]) -> tuple[ApiKey, str]:
        now = timezone.now()
        if given.get("kind") == ApiKey.ADMIN:
            who = actor(request, None)
            return actions.issue_admin_key(actor=who, now=now, name=given["name"])
        wanted = ("tenant", "name", "scopes", "org_keys", "expires_at")
        who = actor(request, given["tenant"].pk)
        return actions.issue_runtime_key(
            actor=who, now=now, **{name: given[name] for name in wanted}
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Show the key."""
        return self._shown(request, obj, request.spelled_key)  # type: ignore[attr-defined]

    def _shown(self, request: HttpRequest, row: ApiKey, spelled: str) -> HttpResponse:
        """The one page that shows a key. It is not stored by the browser, and no message carries it."""
        context = self.admin_site.each_context(request) | {
            "title": gettext("Key issued"),
            "key": spelled,
            "row": row,
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

    @admin.display(description=_("What would break without it"))
    def breaks(self, obj: ApiKey) -> SafeString:
        """What it was used for lately."""
        lines = ((line,) for line in lines_about(obj, now=timezone.now()))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    def acts_on(self, row: ApiKey) -> tuple[str, ...]:
        """What is not revoked can be; that a key leaked may be found out afterwards."""
        if row.revoked_at:
            return () if row.leaked_at else ("revoke_leaked",)
        usable = row.is_usable(timezone.now())
        return ("rotate", "revoke", "revoke_leaked") if usable else ("revoke", "revoke_leaked")

    @admin.action(description=_("Rotate…"), permissions=["revoke"])
    def rotate(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> HttpResponse | None:
        """Issue a key in place of this one, which goes on for a while."""
        row = rows[0] if len(rows) == 1 else None
        if row is None:
            messages.error(request, gettext("Rotate keys one by one: a new key is shown once."))
            return None
        form = RotationForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask_rotation(request, row, form)
        try:
            who: dict[str, Any] = {"actor": actor(request, row.tenant_id), "now": timezone.now()}
            made, spelled = actions.rotate_key(key=row, overlap=form.overlap(), **who)
        except Refusal as refusal:
            messages.error(request, f"{row}: {refusal.sentence}")
            return None
        return self._shown(request, made, spelled)

    def _ask_rotation(self, request: HttpRequest, row: ApiKey, form: RotationForm) -> HttpResponse:
        words = {
            "title": gettext("Rotate?"),
            "effect": gettext(
                "A new key with the same name, scopes, business units and end is issued and shown once."
                " Calls that either of them asked for go on."
            ),
            "button": gettext("Rotate"),
            "form": form,
        }
        lines = lines_about(row, now=timezone.now())
        return asked(self, request, [(row, lines)], **words)

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
            told=_breaks,
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
            told=_breaks,
        )


def _breaks(row: ApiKey) -> list[str]:
    return lines_about(row, now=timezone.now())


def _effect_of_leak(waiting: int) -> str:
    return ngettext(
        "The next request with one of these keys is refused, and so is every call they asked for that"
        " was not dialled yet: %(waiting)d call waits now.",
        "The next request with one of these keys is refused, and so is every call they asked for that"
        " was not dialled yet: %(waiting)d calls wait now.",
        waiting,
    ) % {"waiting": waiting}
