"""Scheduled: what dials by itself later, by the callee's day."""

from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext

from calls.placing.actions import may_cancel
from calls.records.queries import scheduled_calls
from console.access import TenantRequest, page
from console.pages.calls import Line, line_of
from console.screens import show

MOST_SHOWN = 200


@page("calls:read")
def scheduled(request: TenantRequest) -> HttpResponse:
    """Calls whose minute is still to come, soonest first, under the day it will be for the callee."""
    rows = scheduled_calls(request.tenant, now=request.now, orgs=request.actor.orgs)
    viewer = request.tenant.time_zone
    lines = [line_of(call, request.now) for call in rows[:MOST_SHOWN]]
    by_day = sorted(lines, key=lambda line: (day_of(line, viewer), line.call.due_at))
    return show(
        request,
        "scheduled/list.html",
        title=gettext("Scheduled"),
        active="scheduled",
        days=[(day, list(group)) for day, group in groupby(by_day, lambda x: day_of(x, viewer))],
        shown=len(lines),
        total=rows.count() if len(lines) == MOST_SHOWN else len(lines),
        viewer_zone=viewer,
        mine={line.call.pk for line in lines if may_cancel(line.call, request.actor)},
    )


def day_of(line: Line, viewer_zone: str) -> date:
    """The callee's day; the viewer's where the number has no clock."""
    return line.call.due_at.astimezone(ZoneInfo(line.zone or viewer_zone)).date()


urlpatterns = [path("scheduled", scheduled, name="scheduled")]
