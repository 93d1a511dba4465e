"""The overview: what needs somebody now, then how the calls went."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from calls.dispatch.queries import open_findings
from calls.greetings.queries import open_reviews
from calls.limits.models import Pause
from calls.limits.queries import pauses_of
from calls.records import states
from calls.records.queries import CallFilter, calls_of, trouble_of
from calls.rollups.queries import slot_counts
from calls.routes.models import CarrierAccount
from calls.routes.queries import waiting_accounts
from console.access import TenantRequest, page
from console.periods import SHAPES, Period, period
from console.screens import show
from console.tallies import Tallies

CALLS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be, in a sentence, and where to go on."""

    tone: str
    title: str
    text: str
    href: str = ""
    action: str = ""


@require_GET
@page("calls:read")
def overview(request: TenantRequest) -> HttpResponse:
    """Problems first, then tiles, chart and outcomes of the chosen period; htmx asks for all of it again."""
    chosen = period(
        request.GET.get("period", ""), zone=ZoneInfo(request.tenant.time_zone), now=request.now
    )
    tallies = _tallies(request, chosen)
    return show(
        request,
        "overview/show.html",
        title=gettext("Overview"),
        active="overview",
        part="live",
        tabs=_tabs(request, chosen),
        chosen=chosen,
        problems=_problems(request),
        tiles=[*tallies.tiles(), _approvals_tile(request)],
        lines=tallies.lines(),
        total=sum(tallies.now.values()),
        may_call=request.actor.can("calls:write"),
        chart=tallies.chart(),
    )


def _tallies(request: TenantRequest, chosen: Period) -> Tallies:
    orgs = request.actor.orgs
    counted = partial(slot_counts, request.tenant, zone=chosen.zone, orgs=orgs)
    return Tallies(
        chosen=chosen,
        slots=counted(edges=chosen.edges),
        before=counted(edges=chosen.before)[0],
        list_url=reverse("calls", args=[request.tenant.slug]),
    )


def _tabs(request: TenantRequest, chosen: Period) -> list[dict[str, Any]]:
    return [
        {
            "label": shape.label,
            "url": f"{request.path}?period={name}",
            "active": name == chosen.name,
        }
        for name, shape in SHAPES.items()
    ]


def _approvals_tile(request: TenantRequest) -> dict[str, Any]:
    waiting = open_reviews(request.tenant, orgs=request.actor.orgs)
    oldest = waiting.first()
    return {
        "key": "approvals",
        "label": gettext("Waiting for approval"),
        "icon": "clock",
        "value": waiting.count(),
        "tone": "wait" if oldest else "",
        "href": reverse("approvals", args=[request.tenant.slug]),
        "note": gettext("oldest: %s") % oldest.greeting.name if oldest else gettext("now"),
    }


def _problems(request: TenantRequest) -> dict[str, Any]:
    """What is wrong right now, whatever the period; the first calls that need a person by name."""
    slug, orgs = request.tenant.slug, request.actor.orgs
    trouble = trouble_of(request.tenant, now=request.now, orgs=orgs)
    people = calls_of(request.tenant, CallFilter(state=states.NEEDS_HUMAN), orgs=orgs)
    list_url = reverse("calls", args=[slug])
    found = [*_standing_still(request), *_disputed(request)]
    if trouble.late:
        found.append(_late(trouble.late, f"{list_url}?state={states.QUEUED}"))
    if trouble.unknown:
        found.append(_looked_up(trouble.unknown, f"{list_url}?state={states.UNKNOWN}"))
    return {
        "notices": found,
        "needs_human": trouble.needs_human,
        "needs_human_url": reverse("unsettled", args=[request.tenant.slug]),
        "calls": list(people[:CALLS_SHOWN]) if trouble.needs_human else [],
    }


def _standing_still(request: TenantRequest) -> list[Problem]:
    tenant = request.tenant
    stopped = []
    if tenant.suspended_at is not None:
        why = tenant.suspended_reason or gettext("No reason was given.")
        stopped.append(Problem("stop", gettext("This tenant is suspended; nothing is called"), why))
    stopped += [_silent(account, request.user.is_staff) for account in waiting_accounts(tenant)]
    href = reverse("rules_limits", args=[tenant.slug])
    paused = pauses_of(tenant, now=request.now)
    return [*stopped, *(_paused(pause, href) for pause in paused)]


def _disputed(request: TenantRequest) -> list[Problem]:
    """What the carrier's log disputes is the whole tenant's business, not one unit's."""
    count = open_findings(request.tenant).count() if request.actor.orgs is None else 0
    if not count:
        return []
    title = ngettext(
        "%d dispute with the carrier's log", "%d disputes with the carrier's log", count
    )
    text = gettext("Our attempts, the log and its events do not agree. Somebody has to look.")
    href = reverse("unsettled", args=[request.tenant.slug])
    return [Problem("stop", title % count, text, href, gettext("Show"))]


def _silent(account: CarrierAccount, is_staff: bool) -> Problem:
    if account.paused_at is not None:
        title = gettext("%s is paused; its calls wait") % account.name
        resume = gettext("An admin resumes it in the administration, under Carrier accounts.")
        href = reverse("admin:calls_carrieraccount_change", args=[account.pk]) if is_staff else ""
        return Problem("stop", title, f"{account.paused_reason} {resume}", href, gettext("Open"))
    title = gettext("%s does not answer; its calls wait") % account.name
    text = gettext(
        "Too many requests had no answer. Every few seconds it is asked whether it is well again;"
        " then the calls go out by themselves."
    )
    return Problem("stop", title, text)


def _paused(pause: Pause, href: str) -> Problem:
    what = {
        Pause.PLATFORM: gettext("All calls of this installation are paused"),
        Pause.OF_TENANT: gettext("All calls are paused"),
        Pause.OF_ROUTE: gettext("Calls over %s are paused") % pause.route,
        Pause.OF_AGENT: gettext("Calls by %s are paused") % pause.agent,
    }
    return Problem("stop", what[pause.scope], pause.reason, href, gettext("Show"))


def _late(count: int, href: str) -> Problem:
    title = ngettext("%d call is late", "%d calls are late", count) % count
    text = gettext("Due for more than two minutes and not dialled yet.")
    return Problem("wait", title, text, href, gettext("Show"))


def _looked_up(count: int, href: str) -> Problem:
    title = ngettext("%d outcome is not known yet", "%d outcomes are not known yet", count) % count
    text = gettext("We are asking the carrier. Nothing is redialled on a guess.")
    return Problem("odd", title, text, href, gettext("Show"))


urlpatterns = [path("", overview, name="overview")]
