"""Calls: the list that can be searched and followed, and everything about one call."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from calls.events.queries import Story, story_of
from calls.lib import phone
from calls.lib.errors import Refusal
from calls.placing.actions import cancel_call, may_cancel
from calls.records import states
from calls.records.models import Call, Receipt
from calls.records.queries import Slice, calls_of, newer_than, series_of, slice_of
from calls.tenants import scope
from console import searches
from console.access import TenantRequest, page
from console.callview import about, explanation, is_live, moves_soon, raw
from console.decide_forms import decision_on
from console.filters import FilterForm, chips_of
from console.screens import show
from console.timeline import steps_of
from console.verdict import gate_rows, next_of

COUNTED = 10_000
SIZES = (25, 50, 100)
MOST_NEWS = 99


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: the call, the callee's clock, and whether it may still change."""

    call: Call
    zone: str
    live: bool


def line_of(call: Call, now: datetime) -> Line:
    """A call as lists show it; a number without a clock of its own is shown without one."""
    zones = phone.read(call.to).zones
    return Line(call, zones[0] if zones else "", moves_soon(call, now))


@page("calls:read")
def calls(request: TenantRequest) -> HttpResponse:
    """The list as the URL describes it; numbers looked for stay in the session."""
    form = FilterForm.of(request)
    rows = calls_of(request.tenant, form.wanted(), orgs=request.actor.orgs)
    before, after = (request.GET.get(name, "") for name in ("before", "after"))
    found = slice_of(rows, size=form.rows(SIZES), before=before, after=after)
    response = show(
        request,
        "calls/list.html",
        title=gettext("Calls"),
        active="calls",
        part="results",
        form=form,
        lines=[line_of(call, request.now) for call in found.calls],
        total=rows[: COUNTED + 1].count(),
        **_around(request, form, found),
    )
    response["HX-Push-Url"] = _address(request)
    return response


def _around(request: TenantRequest, form: FilterForm, found: Slice) -> dict[str, Any]:
    """What stands around the rows."""
    return {
        "chips": chips_of(form),
        "pages": _pages(request, found),
        "counted": COUNTED,
        "size": form.rows(SIZES),
        "sizes": SIZES,
        "viewer_zone": request.tenant.time_zone,
    }


@page("calls:read")
def calls_news(request: TenantRequest) -> HttpResponse:
    """How many calls came since the list was drawn, and where its moving rows stand now."""
    form = FilterForm.of(request)
    rows = calls_of(request.tenant, form.wanted(), orgs=request.actor.orgs)
    moving = calls_of(request.tenant, orgs=request.actor.orgs).filter(
        pk__in=searches.ids_of(Call.PREFIX, request.GET.getlist("sid"))
    )
    return show(
        request,
        "calls/news.html",
        title="",
        href=_address(request),
        count=newer_than(rows, request.GET.get("first", ""), most=MOST_NEWS),
        lines=[line_of(call, request.now) for call in moving],
    )


@require_POST
@page("calls:read")
def calls_search(request: TenantRequest) -> HttpResponse:
    """Keep the number looked for in the session and show the list; no number ever stands in a URL."""
    query = searches.keep(request, request.POST.get("number", ""))
    return redirect(f"{request.path.removesuffix('/search')}?{query}")


@page("calls:read")
def call(request: TenantRequest, sid: str) -> HttpResponse:
    """Everything about one call; htmx asks for the live part until the call is over."""
    rows = calls_of(request.tenant, orgs=request.actor.orgs)
    found = scope.one(rows, tenant=request.tenant, public_id=sid)
    story = story_of(found)
    if not request.htmx:
        return _show_call(request, found, story)
    # Only the part has a tag: a browser that kept the page under it would take the page for the part.
    tag = _tag(found, story, request.now)
    if unchanged := get_conditional_response(request, etag=tag):
        return unchanged
    response = _show_call(request, found, story)
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response


def _show_call(request: TenantRequest, found: Call, story: Story) -> HttpResponse:
    return show(
        request,
        "calls/show.html",
        title=gettext("Call"),
        active="calls",
        part="live",
        **about_call(request, found, story),
    )


@require_POST
@page("calls:write")
def call_cancel(request: TenantRequest, sid: str) -> HttpResponse:
    """Take back a waiting call."""
    rows = calls_of(request.tenant, orgs=request.actor.orgs)
    found = scope.one(rows, tenant=request.tenant, public_id=sid)
    try:
        cancel_call(call=found, actor=request.actor, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, gettext("Canceled. Nobody is called."))
    if request.POST.get("back") == "scheduled":
        return redirect("scheduled", request.tenant.slug)
    return redirect("call", request.tenant.slug, sid)


def about_call(request: TenantRequest, found: Call, story: Story) -> dict[str, Any]:
    """Everything the page of one call shows."""
    zones, viewer = phone.read(found.to).zones, request.tenant.time_zone
    may_write = request.actor.can("calls:write")
    return {
        "call": found,
        "zone": zones[0] if zones else "",
        "viewer_zone": viewer,
        "live": is_live(found, request.now),
        "pace": 2 if moves_soon(found, request.now) else 15,
        "facts": about(found),
        "explained": explanation(found, story, request.now),
        "steps": steps_of(story),
        "receipts": _receipts(story),
        "approval": _approval(story),
        "series": series_of(found),
        "raw": raw(found, story),
        "may_cancel": found.can_be_canceled and may_cancel(found, request.actor),
        "decision": decision_on(request, found),
        "may_repeat": may_write and found.state in states.TERMINAL,
    }


def _receipts(story: Story) -> list[tuple[Receipt, list[dict[str, Any]], datetime | None]]:
    """Each receipt with its gates, and when they would all have passed."""
    judged = [(r, gate_rows(r.verdicts, version=r.rules_version)) for r in story.receipts]
    return [(receipt, rows, next_of(rows)) for receipt, rows in judged]


def _approval(story: Story) -> dict[str, Any]:
    """Who approved the words and when, as the receipt saw it."""
    seen = [v["saw"] for r in story.receipts[:1] for v in r.verdicts if v["gate"] == "greeting"]
    saw = seen[0] if seen else {}
    at = saw.get("approved_at")
    return {
        "by": saw.get("approved_by", ""),
        "at": datetime.fromisoformat(at) if at else None,
        "name": saw.get("greeting", ""),
    }


def _address(request: TenantRequest) -> str:
    """The list's URL with the filters that are set, and no others."""
    query = QueryDict(mutable=True)
    for name, value in request.GET.items():
        if value and name not in ("first", "sid"):
            query[name] = str(value)
    address = reverse("calls", args=[request.tenant.slug])
    return f"{address}?{query.urlencode()}" if query else address


def _pages(request: TenantRequest, found: Slice) -> dict[str, str]:
    query = request.GET.copy()
    for key in ("before", "after"):
        query.pop(key, None)
    pages = {"first": query.urlencode(), "newer": "", "older": ""}
    if found.calls and found.has_newer:
        query["after"] = found.calls[0].sid
        pages["newer"] = f"?{query.urlencode()}"
        del query["after"]
    if found.calls and found.has_older:
        query["before"] = found.calls[-1].sid
        pages["older"] = f"?{query.urlencode()}"
    return pages


def _tag(found: Call, story: Story, now: datetime) -> str:
    """Changes whenever the page of the call would look different."""
    seen = [found.state, found.checks, is_live(found, now), moves_soon(found, now)]
    seen += [found.is_scheduled(now)]
    seen += [[row.pk for row in rows] for rows in (story.events, story.receipts, story.audit)]
    seen += [[(row.pk, row.outcome) for row in story.attempts]]
    seen += [[(row.pk, row.effect, row.deliveries) for row in story.inbound]]
    return f'"{sha256(repr(seen).encode()).hexdigest()[:32]}"'


urlpatterns = [
    path("calls", calls, name="calls"),
    path("calls/news", calls_news, name="calls_news"),
    path("calls/search", calls_search, name="calls_search"),
    path("calls/<str:sid>", call, name="call"),
    path("calls/<str:sid>/cancel", call_cancel, name="call_cancel"),
]
