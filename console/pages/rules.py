"""Rules: when may be called where, which law says so, and the tenant's own hours."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from calls.lib.errors import BadField
from calls.tenants.actions import set_calling_hours
from calls.tenants.scope import acts_for_all, must_act_for_all
from console.access import TenantRequest, page
from console.hours_form import HoursForm
from console.rule_lines import place_lines, rule_lines
from console.screens import show


@require_GET
@page("calls:read")
def rules(request: TenantRequest) -> HttpResponse:
    """The week on the callee's clock, and every rule behind it."""
    return show(
        request,
        "rules/overview.html",
        title=gettext("Rules"),
        active="rules",
        tab="hours",
        own=HoursForm(hours=request.tenant.calling_hours),
        weekdays=list(WEEKDAYS_ABBR.values()),
        today=request.now.astimezone(ZoneInfo(request.tenant.time_zone)).weekday(),
        places=place_lines(request.tenant, request.now),
        rules=rule_lines(request.tenant, request.now.date()),
        may_set=request.actor.can("setup:write") and acts_for_all(request.actor),
    )


@page("setup:write")
def own_hours(request: TenantRequest) -> HttpResponse:
    """Keep narrower hours than the law's."""
    must_act_for_all(request.actor)
    form = HoursForm(
        request.POST if request.method == "POST" else None, hours=request.tenant.calling_hours
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_calling_hours(
                tenant=request.tenant, hours=form.given(), actor=request.actor, now=request.now
            )
        except BadField as refusal:
            form.add_error(f"{refusal.field}_from", refusal.sentence)
        else:
            messages.success(
                request, gettext("Your hours hold from now on, also for calls that wait.")
            )
            return redirect("rules", request.tenant.slug)
    return _show_form(request, form)


def _show_form(request: TenantRequest, form: HoursForm) -> HttpResponse:
    return show(
        request,
        "rules/own_hours.html",
        title=gettext("Your calling hours"),
        active="rules",
        status=422 if form.errors else 200,
        form=form,
    )


urlpatterns = [
    path("rules", rules, name="rules"),
    path("rules/hours", own_hours, name="rules_hours"),
]
