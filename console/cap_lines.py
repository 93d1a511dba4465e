"""Every cap on a tenant's calls as a line of a table: what, for whom, who says so, and where it stands."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext

from calls.audit.actor import Actor
from calls.limits import counting
from calls.limits.counting import Cap
from calls.limits.models import Limit
from calls.limits.queries import cap_of, caps_of, limits_in_force, may_loosen
from calls.placing import tallies
from calls.tenants.models import Tenant
from console.limit_form import subject_names
from console.places import name_of
from console.rule_lines import rules_of
from console.words import Word

NAMED = (counting.ROUTE, counting.AGENT)


@dataclass(frozen=True, slots=True)
class CapLine:
    """One cap in force; `limit` is the row it comes from, if somebody set it."""

    cap: Cap
    what: str
    whom: str
    origin: Word
    where: str = ""
    limit: Limit | None = field(default=None)
    may_end: bool = False


def cap_lines(tenant: Tenant, *, actor: Actor, now: datetime) -> list[CapLine]:
    """The tenant's own limits first, then the platform's, the law's, the ramp and the house's.

    What counts a route or agent of business units the actor does not act for is left out.
    """
    names = subject_names(tenant, actor.orgs)
    own = [
        one
        for one in limits_in_force(tenant)
        if one.scope not in NAMED or one.subject in {"", *names}
    ]
    lines = [
        replace(_line(cap_of(one), tenant, now, names), limit=one, may_end=_may_end(one, actor))
        for one in own
    ]
    unset = [cap for cap in caps_of(tenant, at=now) if cap.origin in ("house", "ramp")]
    lines += [_line(cap, tenant, now, names) for cap in unset]
    lines += _of_law(tenant, now)
    order = list(origins())
    return sorted(lines, key=lambda line: order.index(line.cap.origin))


def _may_end(limit: Limit, actor: Actor) -> bool:
    theirs = limit.tenant_id is not None and actor.can("setup:write")
    return theirs and may_loosen(limit, actor)


def _of_law(tenant: Tenant, now: datetime) -> list[CapLine]:
    """How often rules of law let one person be called, in the places the tenant opted into."""
    return [
        CapLine(cap, cap.what, name_of(rule.jurisdiction), origins()["law"])
        for rule in rules_of(tenant)
        if rule.in_force(now.date())
        for most, hours, _ in rule.caps
        for cap in [_person(most, hours, rule.citation)]
    ]


def _person(most: int, hours: int, why: str) -> Cap:
    return Cap(counting.CALLEE, most, hours * counting.HOUR, why=why, origin="law")


def origins() -> dict[str, Word]:
    """Who says so."""
    return {
        "own": Word(gettext("Yours"), "person", "info"),
        "platform": Word(gettext("Platform"), "building", "mute"),
        "law": Word(gettext("Law"), "book", "mute"),
        "ramp": Word(gettext("New tenant"), "chart", "wait"),
        "house": Word(gettext("House"), "gear", "mute"),
    }


def _line(cap: Cap, tenant: Tenant, now: datetime, names: dict[str, str]) -> CapLine:
    return CapLine(
        cap=cap,
        what=cap.what,
        whom=names.get(cap.subject, cap.subject),
        origin=origins()[cap.origin],
        where=_where(cap, tenant, now),
    )


def _where(cap: Cap, tenant: Tenant, now: datetime) -> str:
    """How much of a cap on the whole tenant is used; others differ for each they count."""
    if cap.scope == counting.SPEND:
        spending = tallies.spent_today(tenant, now, caps=[cap])
        return gettext("%s spent today") % f"{spending.spent:,.2f}" if spending else ""
    if cap.scope != counting.TENANT:
        return ""
    used = f"{tallies.used(tenant, cap, now):,}"
    if cap.origin != "ramp":
        return gettext("%s used now") % used
    day = (now - tenant.live_since).days + 1 if tenant.live_since else 1
    return gettext("day %(day)d since live, %(used)s used now") % {"day": day, "used": used}
