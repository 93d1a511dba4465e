"""What every page of the admin has in common: rows within reach, verbs instead of saves, the audit trail."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, Refusal
from calls.lib.rows import Row
from console.admin_reach import person, tenants_of

TRAIL = 20
Verb = Callable[[Any, str], object]


class HouseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows of the tenants in reach. Looking is allowed to all who get in; the rest is said by each page."""

    # The look-up from a row to its tenant's id; empty for the tenant itself.
    tenant_field: ClassVar[str] = "tenant_id"
    list_per_page = 50
    show_full_result_count = False
    save_as = False
    save_on_top = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what this person may know of: a foreign row is as good as none."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if person(request).is_superuser:
            return rows
        within = {f"{self.tenant_field}__in": tenants_of(person(request)).values("pk")}
        return rows.filter(**within)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever is inside sees every heading."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A row within reach may be looked at."""
        if not self.admin_site.has_permission(request):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No, unless the page says so."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No, unless the page says so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is ever deleted here: it is ended, revoked or suspended."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of tenants, only those in reach can be chosen."""
        if db_field.name == "tenant":
            kwargs["queryset"] = tenants_of(person(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A choice is only a choice: its rows have pages of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for link in ("can_add_related", "can_change_related", "can_view_related"):
            if field is not None and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; where a verb refuses, the form again with its sentence and all that was typed."""
        context = (extra_context or {}) | {
            "row_actions": self.row_actions(request, object_id),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except Refusal as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form class; after a refusal, one that says why."""
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return _refused(form, refusal) if refusal else form

    def row_actions(self, request: HttpRequest, object_id: str | None) -> list[tuple[str, str]]:
        """The acts (name, words) offered on the page of one row; each asks before it is done."""
        row = self.get_object(request, object_id) if object_id else None
        if row is None:
            return []
        offered = self.get_actions(request)
        return [(name, str(act[2])) for name in self.acts_on(row) if (act := offered.get(name))]

    def acts_on(self, row: Any) -> Iterable[str]:
        """Names of the acts that make sense for a row as it stands."""
        return ()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """The verb has written everything."""

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """The audit log is ours."""

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """The audit log is ours."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """The history stands on the page of the row."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(name, object_id)

    @admin.display(description=_("What happened"))
    def trail(self, obj: Row) -> SafeString:
        """The newest audit entries about this row."""
        entries = AuditEntry.objects.filter(target_id=obj.public_id)
        tenant = getattr(obj, "tenant_id", None)
        if tenant is not None:
            entries = entries.filter(Q(tenant_id=tenant) | Q(tenant_id=None))
        return render_to_string("admin/trail.html", {"entries": entries.order_by("-id")[:TRAIL]})


def confirmed(
    page: HouseAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    verb: Verb,
    question: str,
    effect: str,
    button: str,
    wants_reason: bool = False,
    told: Callable[[Any], Iterable[str]] = lambda row: (),
) -> HttpResponse | None:
    """Do `verb(row, reason)` to each row once it was confirmed on a page that states the effect.

    `told` are lines to be read about each row before.
    """
    if "confirmed" in request.POST:
        _each(request, rows, verb, request.POST.get("reason", "").strip()[:200])
        return None
    words = {"title": question, "effect": effect, "button": button, "wants_reason": wants_reason}
    return asked(page, request, [(row, list(told(row))) for row in rows], **words)


def asked(
    page: HouseAdmin, request: HttpRequest, rows: list[tuple[Any, list[str]]], **words: Any
) -> HttpResponse:
    """The page that states what an act would do to these rows, each with lines about it."""
    context = page.admin_site.each_context(request) | {
        "rows": rows,
        "action": request.POST.get("action", ""),
        "checkbox": ACTION_CHECKBOX_NAME,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/confirm.html", context | words)


def _each(request: HttpRequest, rows: QuerySet[Any], verb: Verb, reason: str) -> None:
    for row in rows:
        try:
            verb(row, reason)
        except Refusal as refusal:
            messages.error(request, f"{row}: {refusal.sentence}")
        else:
            messages.success(request, f"{row}: done.")


def _refused(form: Any, refusal: Refusal) -> Any:
    """A form class of which every clean ends in the sentence of `refusal`."""

    class Refused(form):  # type: ignore[misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            field = refusal.field if isinstance(refusal, BadField) else None
            self.add_error(field if field in self.fields else None, refusal.sentence)
            return cleaned

    return Refused
