"""Limits and pauses: how often and how fast may be called, and the switches that stop calling."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from calls.lib.errors import BadField, Refusal
from calls.limits import actions, queries
from calls.limits.queries import pauses_of
from calls.placing.replay import Replay, last_week_under
from calls.routes.queries import waiting_accounts
from console.access import TenantRequest, page
from console.cap_lines import cap_lines
from console.limit_form import FIELDS, LimitForm, PauseForm
from console.refusals import show_refusal
from console.screens import show
from console.switches import Switch, switch_for, switches_of


@require_GET
@page("calls:read")
def limits(request: TenantRequest) -> HttpResponse:
    """Every switch and whether it is on, then every cap with who says so."""
    found = pauses_of(request.tenant, now=request.now)
    return show(
        request,
        "rules/limits.html",
        title=gettext("Limits and pauses"),
        active="rules",
        tab="limits",
        platform=[pause for pause in found if pause.tenant_id is None],
        switches=switches_of(request),
        accounts=[one for one in waiting_accounts(request.tenant) if one.paused_at is not None],
        lines=cap_lines(request.tenant, actor=request.actor, now=request.now),
        may_pause=request.actor.can("pause:write"),
        may_set=request.actor.can("setup:write"),
    )


@page("setup:write")
def new_limit(request: TenantRequest) -> HttpResponse:
    """Try a limit on last week's calls, then set it."""
    sent = request.POST if request.method == "POST" else None
    form = LimitForm(sent, tenant=request.tenant, orgs=request.actor.orgs)
    if not form.is_valid():
        return _show_form(request, form, status=422 if form.is_bound else 200)
    if request.POST.get("act") != "set":
        replay = last_week_under(form.cap(), tenant=request.tenant, now=request.now)
        return _show_form(request, form, replay=replay)
    try:
        limit = actions.set_limit(
            tenant=request.tenant,
            actor=request.actor,
            now=request.now,
            reason=form.cleaned_data["reason"],
            **form.given(),
        )
    except BadField as refusal:
        show_refusal(form, refusal, FIELDS)
        return _show_form(request, form, status=422)
    messages.success(request, gettext("In force from now on: %s.") % queries.cap_of(limit).what)
    return redirect("rules_limits", request.tenant.slug)


@require_POST
@page("setup:write")
def end_limit(request: TenantRequest, limit_id: str) -> HttpResponse:
    """Stop capping; the row stays on record."""
    limit = queries.get_limit_for(request.tenant, limit_id)
    try:
        actions.end_limit(limit=limit, actor=request.actor, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, gettext("The limit is ended. It stays on record."))
    return redirect("rules_limits", request.tenant.slug)


@page("pause:write")
def new_pause(request: TenantRequest, what: str) -> HttpResponse:
    """Say what a switch would hold; turn it when a reason was given."""
    switch = switch_for(request, what)
    form = PauseForm(
        request.POST if request.method == "POST" else None, zone=request.tenant.time_zone
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.pause(
                tenant=request.tenant,
                route=switch.route,
                agent=switch.agent,
                actor=request.actor,
                now=request.now,
                **form.cleaned_data,
            )
        except BadField as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, gettext("Paused. Nothing of it is dialled from now on."))
            return redirect("rules_limits", request.tenant.slug)
    return _show_pause(request, switch, form)


@require_POST
@page("pause:write")
def end_pause(request: TenantRequest, pause_id: str) -> HttpResponse:
    """Let calls go again."""
    pause = queries.get_pause_for(request.tenant, pause_id)
    try:
        actions.lift_pause(pause=pause, actor=request.actor, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, gettext("Calling goes on. What waited goes out in order."))
    return redirect("rules_limits", request.tenant.slug)


def _show_form(
    request: TenantRequest, form: LimitForm, replay: Replay | None = None, status: int = 200
) -> HttpResponse:
    tried: dict[str, Any] = {"replay": replay, "what": form.cap().what} if replay else {}
    return show(
        request,
        "rules/new_limit.html",
        title=gettext("New limit"),
        active="rules",
        status=status,
        form=form,
        **tried,
    )


def _show_pause(request: TenantRequest, switch: Switch, form: PauseForm) -> HttpResponse:
    return show(
        request,
        "rules/pause.html",
        title=gettext("Pause %s") % switch.kind.lower(),
        active="rules",
        status=422 if form.is_bound else 200,
        switch=switch,
        form=form,
    )


urlpatterns = [
    path("rules/limits", limits, name="rules_limits"),
    path("rules/limits/new", new_limit, name="new_limit"),
    path("rules/limits/<str:limit_id>/end", end_limit, name="end_limit"),
    path("rules/pauses/new/<str:what>", new_pause, name="new_pause"),
    path("rules/pauses/<str:pause_id>/end", end_pause, name="end_pause"),
]
