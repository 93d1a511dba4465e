"""Do not call: is a number listed, list it, lift it, and the registries others keep."""

import re

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from calls.dnc import actions, queries
from calls.dnc.models import DncEntry
from calls.lib.errors import Refusal
from calls.placing.reach import Reach, reach_of
from console.access import TenantRequest, page
from console.number_forms import NumberForm, address_of, looked_for, page_of
from console.refusals import show_refusal
from console.registry_words import lines_of
from console.screens import show
from console.time_fields import DayField


class EntryForm(NumberForm):
    """A number, or the beginning of many, that nobody may call."""

    is_prefix = forms.BooleanField(
        label=_("Every number that begins with these digits"), required=False
    )
    reason = forms.CharField(
        label=_("Why"), help_text=_("Shown with every refusal."), max_length=200
    )
    until = DayField(
        label=_("Through"), help_text=_("The last day. Empty: until it is lifted."), required=False
    )

    def clean_number(self) -> str:
        """The number in E.164; of a beginning, its digits after the +."""
        typed = self.cleaned_data["number"]
        if "is_prefix" not in self.data:
            return super().clean_number()
        compact = re.sub(r"[ ().\-/]", "", typed)
        if not re.fullmatch(r"\+[1-9][0-9]{0,14}", compact, re.ASCII):
            raise forms.ValidationError(gettext("Begin with + and the country code, like +1 900."))
        return compact


class LiftForm(forms.Form):
    """Why a number may be called again."""

    reason = forms.CharField(
        label=_("Why it may be called again"),
        help_text=_("Kept in the audit log, such as: asked us by e-mail on 3 May."),
        max_length=200,
    )


@require_GET
@page("calls:read")
def dnc(request: TenantRequest) -> HttpResponse:
    """What forbids the number looked for, the registries with their age, and the tenant's own list."""
    found = looked_for(request)
    number = found.number if found else ""
    entries, pages = page_of(queries.own_entries(request.tenant, now=request.now), request)
    against = queries.entries_against(tenant=request.tenant, number=number, now=request.now)
    return show(
        request,
        "rules/dnc.html",
        title=gettext("Do not call"),
        active="rules",
        tab="dnc",
        found=found,
        against=list(against.select_related("registry")) if number else [],
        entries=entries,
        pages=pages,
        registries=lines_of(request),
        may_add=request.actor.can("dnc:write"),
        may_lift=queries.may_lift(request.actor),
    )


@require_POST
@page("calls:read")
def dnc_search(request: TenantRequest) -> HttpResponse:
    """Keep the number in the session and show what forbids it."""
    return redirect(address_of(request, "rules_dnc", request.POST.get("number", "")))


@page("dnc:write")
def dnc_new(request: TenantRequest) -> HttpResponse:
    """Forbid a number; a beginning of numbers after a second press, which knows what it hits."""
    form = EntryForm(request)
    if not form.is_bound or not form.is_valid():
        return _show_form(request, form)
    number, is_prefix = form.cleaned_data["number"], form.cleaned_data["is_prefix"]
    try:
        if is_prefix and request.POST.get("confirmed") != number:
            actions.must_be_narrow(number, actor=request.actor)
            return _show_form(request, form, reach_of(request.tenant, number, now=request.now))
        entry = _add(request, form)
    except Refusal as refusal:
        show_refusal(form, refusal, {"expires_at": "until"})
        return _show_form(request, form)
    return _added(request, entry)


@page("calls:read")
def dnc_entry(request: TenantRequest, entry_id: str) -> HttpResponse:
    """One entry of the tenant's own list, and the way to lift it."""
    entry = queries.own_entry(request.tenant, entry_id)
    form = LiftForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and form.is_valid():
        actions.lift_number(
            entry=entry,
            actor=request.actor,
            now=request.now,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, gettext("Lifted. The number may be called again."))
        return redirect("rules_dnc", request.tenant.slug)
    return _show_entry(request, entry, form)


def _add(request: TenantRequest, form: EntryForm) -> DncEntry:
    return actions.add_number(
        tenant=request.tenant,
        number=form.cleaned_data["number"],
        is_prefix=form.cleaned_data["is_prefix"],
        reason=form.cleaned_data["reason"],
        expires_at=form.end_of("until"),
        source="console",
        actor=request.actor,
        now=request.now,
    )


def _added(request: TenantRequest, entry: DncEntry) -> HttpResponse:
    messages.success(
        request, gettext("On the list. Nobody calls it any more; calls that wait are stopped now.")
    )
    return redirect(address_of(request, "rules_dnc", "" if entry.is_prefix else entry.number))


def _show_form(request: TenantRequest, form: EntryForm, reach: Reach | None = None) -> HttpResponse:
    return show(
        request,
        "rules/dnc_new.html",
        title=gettext("Add to do-not-call"),
        active="rules",
        status=422 if form.is_bound else 200,
        form=form,
        reach=reach,
    )


def _show_entry(request: TenantRequest, entry: DncEntry, form: LiftForm) -> HttpResponse:
    return show(
        request,
        "rules/dnc_entry.html",
        title=gettext("Do-not-call entry"),
        active="rules",
        status=422 if form.is_bound else 200,
        entry=entry,
        form=form,
        may_lift=queries.may_lift(request.actor) and entry.lifted_at is None,
    )


urlpatterns = [
    path("rules/dnc", dnc, name="rules_dnc"),
    path("rules/dnc/search", dnc_search, name="dnc_search"),
    path("rules/dnc/new", dnc_new, name="dnc_new"),
    path("rules/dnc/<str:entry_id>", dnc_entry, name="dnc_entry"),
]
