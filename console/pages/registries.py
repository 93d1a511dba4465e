"""Registries of numbers nobody may call: name one, import its file, watch it being read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.dnc import actions, age, queries
from calls.dnc.models import DncSource
from calls.lib.errors import NotPermitted, Refusal
from calls.tenants.scope import must_act_for_all
from console.access import TenantRequest, page
from console.refusals import show_refusal
from console.registry_words import imports_of, line_of
from console.screens import show
from console.time_fields import DayField

COUNTED = 100_000
SHOWN = 20


class RegistryForm(forms.Form):
    """What a registry is called by rules and by people."""

    title = forms.CharField(label=_("What people call it"), max_length=100)
    name = forms.CharField(
        label=_("What rules call it"),
        help_text=_("Small letters, digits and hyphens, such as us-national."),
        max_length=40,
    )
    max_age_days = forms.IntegerField(
        label=_("Days a copy may be old"), min_value=1, max_value=366, initial=31
    )


class FileForm(forms.Form):
    """A whole file of a registry, chosen or pasted."""

    file = forms.FileField(label=_("File"), required=False)
    pasted = forms.CharField(
        label=_("Or paste it"),
        help_text=_("One number on each line with its country code, or in the first column."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    accepts_shrink = forms.BooleanField(
        label=_("This is the whole file: the numbers it no longer holds may be called again"),
        help_text=_("A chosen file has to be chosen once more."),
        required=False,
    )
    day = DayField(
        label=_("As of"),
        help_text=_("The day the registry gave this file out. From then on our copy ages."),
    )

    # Offered only where a file was refused for being so short.
    asks_shrink = False

    def content(self) -> str:
        """The text of the file; empty when there is none, or when it is too large to be read here."""
        sent = self.cleaned_data["file"]
        if sent is None:
            return str(self.cleaned_data["pasted"])
        return str(sent.read(actions.MOST_BYTES + 1).decode("utf-8-sig", errors="replace"))


@page("dnc:lift")
def registry_new(request: TenantRequest) -> HttpResponse:
    """Name a registry of the tenant's own."""
    must_act_for_all(request.actor)
    form = RegistryForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and form.is_valid():
        try:
            source = actions.add_source(
                tenant=request.tenant, actor=request.actor, now=request.now, **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("registry", request.tenant.slug, source.public_id)
    return show(
        request,
        "rules/registry_new.html",
        title=gettext("New registry"),
        active="rules",
        status=422 if form.is_bound else 200,
        form=form,
    )


@page("calls:read")
def registry(request: TenantRequest, source_id: str) -> HttpResponse:
    """One registry: its age, its files with their progress, and the form for the next one."""
    source = queries.visible_source(request.tenant, source_id)
    if request.method != "POST":
        return _show(request, source, FileForm(label_suffix=""))
    form = FileForm(request.POST, request.FILES, label_suffix="")
    if not queries.may_lift(request.actor):
        raise NotPermitted
    if form.is_valid() and _started(request, source, form):
        messages.success(request, gettext("The file is being read. This page shows how far it is."))
        return redirect("registry", request.tenant.slug, source.public_id)
    return _show(request, source, form)


def _started(request: TenantRequest, source: DncSource, form: FileForm) -> bool:
    try:
        actions.start_import(
            source=source,
            content=form.content(),
            accepts_shrink=form.cleaned_data["accepts_shrink"],
            fetched_at=age.born(form.cleaned_data["day"], request.tenant.time_zone),
            actor=request.actor,
            now=request.now,
        )
    except Refusal as refusal:
        where = "file" if form.cleaned_data["file"] else "pasted"
        form.asks_shrink = isinstance(refusal, actions.RegistryShrunk)
        show_refusal(form, refusal, {"content": where, "fetched_at": "day"})
        return False
    return True


def _show(request: TenantRequest, source: DncSource, form: FileForm) -> HttpResponse:
    about = _about(request, source)
    last = next(iter(about["imports"]), None)
    form.asks_shrink |= bool(form["accepts_shrink"].value()) or bool(last and last.was_too_short)
    return show(
        request,
        "rules/registry.html",
        title=source.title,
        active="rules",
        part="files",
        status=422 if form.is_bound else 200,
        form=form if _is_own(request, source) and queries.may_lift(request.actor) else None,
        **about,
    )


def _about(request: TenantRequest, source: DncSource) -> dict[str, Any]:
    """Our copy, and the last files that went into it."""
    lines = imports_of(source, request, most=SHOWN)
    return {
        "line": line_of(source, request),
        "source": source,
        "is_own": _is_own(request, source),
        "imports": lines,
        "moving": any(each.is_moving for each in lines),
        "listed": queries.entries_of(source)[: COUNTED + 1].count(),
        "counted": COUNTED,
    }


def _is_own(request: TenantRequest, source: DncSource) -> bool:
    return source.tenant_id == request.tenant.pk


urlpatterns = [
    path("rules/registries/new", registry_new, name="registry_new"),
    path("rules/registries/<str:source_id>", registry, name="registry"),
]
