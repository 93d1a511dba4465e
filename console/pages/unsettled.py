"""Unsettled: calls whose outcome a person must find out, and what our records and the carrier's log dispute."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from calls.dispatch import actions, queries
from calls.dispatch.models import Finding
from calls.events.queries import story_of
from calls.lib.errors import BadField, Refusal
from calls.records.models import Call
from calls.records.queries import calls_of
from calls.routes.queries import accounts_of
from calls.tenants import scope
from console.access import TenantRequest, page
from console.decide_forms import NotPlacedForm, PlacedForm, decision_on, form_sent
from console.pages.calls import about_call, line_of
from console.refusals import show_refusal
from console.screens import show
from console.words import FINDINGS, Word

MOST_SHOWN = 100


@require_GET
@page("calls:read")
def unsettled(request: TenantRequest) -> HttpResponse:
    """The calls that wait for a person, oldest first, then the open findings."""
    reachable = calls_of(request.tenant, orgs=request.actor.orgs)
    rows = queries.calls_for_people(reachable, now=request.now).order_by("created_at")
    return show(
        request,
        "calls/unsettled.html",
        title=gettext("Unsettled"),
        active="calls",
        lines=[line_of(call, request.now) for call in rows[:MOST_SHOWN]],
        total=rows.count(),
        findings=_findings(request),
        logs=accounts_of(request.tenant) if request.actor.orgs is None else [],
        may_settle=request.actor.can("calls:cancel") and request.actor.orgs is None,
    )


def _findings(request: TenantRequest) -> list[tuple[Finding, Word]]:
    """What the hourly match found and nobody has settled; it is the whole tenant's business."""
    if request.actor.orgs is not None:
        return []
    found = queries.open_findings(request.tenant)[:MOST_SHOWN]
    return [(finding, FINDINGS[finding.kind]) for finding in found]


@require_POST
@page("calls:write")
def call_decide(request: TenantRequest, sid: str) -> HttpResponse:
    """Say what became of a call nobody could see; the page again with the reason where it is refused."""
    rows = calls_of(request.tenant, orgs=request.actor.orgs)
    call = scope.one(rows, tenant=request.tenant, public_id=sid)
    form = form_sent(request.POST)
    if not form.is_valid():
        return _show_again(request, call, form)
    try:
        said = _decide(request, call, form)
    except BadField as refusal:
        show_refusal(form, refusal)
        return _show_again(request, call, form)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, said)
    return redirect("call", request.tenant.slug, sid)


def _decide(request: TenantRequest, call: Call, form: PlacedForm | NotPlacedForm) -> str:
    """Call the verb; what is said afterwards."""
    given: dict[str, Any] = {"call": call, "actor": request.actor, "now": request.now}
    if isinstance(form, PlacedForm):
        actions.decide_placed(**given, **form.cleaned_data)
        return gettext("Kept: the call was placed. Nothing more is sent for it.")
    actions.decide_not_placed(**given, **form.cleaned_data)
    if form.cleaned_data["again"]:
        return gettext("Kept: it was never placed. It is in the queue and meets every gate again.")
    return gettext("Kept: it was never placed. Nobody is called.")


def _show_again(
    request: TenantRequest, call: Call, form: PlacedForm | NotPlacedForm
) -> HttpResponse:
    context = about_call(request, call, story_of(call))
    context["decision"] = decision_on(request, call, form)
    return show(
        request, "calls/show.html", title=gettext("Call"), active="calls", status=422, **context
    )


@require_POST
@page("calls:cancel")
def finding_settle(request: TenantRequest, finding_id: str) -> HttpResponse:
    """Say what a finding was; it leaves the list and stays on record."""
    rows = queries.open_findings(request.tenant)
    finding = scope.one_of(rows, finding_id)
    try:
        actions.settle_finding(
            finding=finding,
            actor=request.actor,
            comment=request.POST.get("comment", ""),
            now=request.now,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, gettext("Settled. It stays on record with what you said."))
    return redirect("unsettled", request.tenant.slug)


urlpatterns = [
    path("unsettled", unsettled, name="unsettled"),
    path("unsettled/<str:finding_id>/settle", finding_settle, name="finding_settle"),
    path("calls/<str:sid>/decide", call_decide, name="call_decide"),
]
