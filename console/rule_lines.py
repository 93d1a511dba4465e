"""The law as a screen shows it: the week of each place with its clocks now, and every row behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext

from calls.lib.hours import ALL_DAY, Clock, Week, Window, is_open, next_opening
from calls.lib.phone import jurisdictions_in
from calls.limits import counting
from calls.placing.callee import own_hours
from calls.policy.daytime import holidays_before
from calls.policy.facts import BEGINS_WITHIN, RINGS_FOR
from calls.policy.rulebook import Law, all_rules, law_for
from calls.policy.rulefile import EVERYWHERE, PURPOSES, Rule
from calls.tenants.models import Tenant
from console.places import clocks_of, name_of

RING = timedelta(seconds=RINGS_FOR + BEGINS_WITHIN)
UPCOMING, IN_FORCE, OVER = "upcoming", "in_force", "over"


@dataclass(frozen=True, slots=True)
class ClockNow:
    """A clock of a place at this moment; `opens` is when the next call may ring there, if it may not now.

    `holidays` are those that are over by then: one of any part closes a country of which no part is named.
    """

    zone: str
    is_open: bool
    opens: datetime | None
    holidays: str = ""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place's week as (day, hours), Monday first, for calls of one purpose (empty: of any)."""

    place: str
    name: str
    purpose: str
    days: list[tuple[Any, str]]
    clocks: list[ClockNow]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One row of law, what it asks for in words, and whether its time has come."""

    rule: Rule
    place: str
    asks: list[str]
    standing: str


def places_of(tenant: Tenant) -> list[str]:
    """The countries a tenant opted into, each with those of its parts that have rules of their own."""
    found = []
    for country in sorted(tenant.country_groups):
        parts = {r.jurisdiction for r in all_rules() if r.jurisdiction.startswith(f"{country}-")}
        found += [country, *sorted(parts)]
    return found


def place_lines(tenant: Tenant, now: datetime) -> list[PlaceLine]:
    """The week of every place of a tenant, its own hours included; two lines where purposes differ."""
    own = own_hours(tenant)
    return [line for place in places_of(tenant) for line in _lines_of(place, own, now)]


def rule_lines(tenant: Tenant, today: date) -> list[RuleLine]:
    """Every row of law that can meet a tenant's calls: what comes first, then what holds, then what held."""
    order = [UPCOMING, IN_FORCE, OVER]
    lines = [_rule_line(rule, today) for rule in rules_of(tenant)]
    return sorted(lines, key=lambda line: order.index(line.standing))


def rules_of(tenant: Tenant) -> list[Rule]:
    """The rows of every place of a tenant, the default for everywhere last."""
    places = {EVERYWHERE: None} | dict.fromkeys(
        wider for place in places_of(tenant) for wider in jurisdictions_in(place)
    )
    found = [rule for rule in all_rules() if rule.jurisdiction in places]
    return sorted(found, key=lambda rule: (not rule.is_local, rule.jurisdiction, rule.id))


def _week(week: Week) -> list[tuple[Any, str]]:
    """Seven days from Monday: their hours, or that they are closed."""
    return [(name, _spelled(week.days.get(day))) for day, name in WEEKDAYS_ABBR.items()]


def _lines_of(place: str, own: Week | None, now: datetime) -> Iterator[PlaceLine]:
    today, asked = now.date(), jurisdictions_in(place)
    laws = {p: law_for(jurisdictions=asked, purpose=p, on=today, own=own) for p in PURPOSES}
    same = len({str(law.week) for law in laws.values()}) == 1
    for purpose, law in laws.items():
        clocks = [_now(zone, law, now) for zone in clocks_of(place, now)]
        line = "" if same else purpose
        yield PlaceLine(place, name_of(place), line, _week(law.week), clocks)
        if same:
            return


def _now(zone: ZoneInfo, law: Law, now: datetime) -> ClockNow:
    clock = Clock(zone, law.hours)
    if is_open(clock, now, now + RING):
        return ClockNow(zone.key, True, None)
    opens = next_opening([clock], now, RING)
    days = [moment.astimezone(zone).date() for moment in (now, opens or now)]
    return ClockNow(zone.key, False, opens, ", ".join(holidays_before(law, *days)))


def _spelled(window: Window | None) -> str:
    if window is None:
        return gettext("closed")
    return gettext("any hour") if window == ALL_DAY else f"{window[0]:%H:%M}–{window[1]:%H:%M}"


def _rule_line(rule: Rule, today: date) -> RuleLine:
    standing = IN_FORCE
    if rule.effective_from and rule.effective_from > today:
        standing = UPCOMING
    elif not rule.in_force(today):
        standing = OVER
    return RuleLine(rule, name_of(rule.jurisdiction), list(_asks(rule)), standing)


def _asks(rule: Rule) -> Iterable[str]:
    """What a row asks for, one thing after the other."""
    if rule.week:
        yield gettext("Calls only %s") % rule.week
    if rule.holidays:
        yield gettext("No calls on public holidays")
    for cap in rule.caps:
        yield gettext("At most %s") % counting.Cap(counting.CALLEE, cap.most, cap.hours * 3600).what
    if rule.consent:
        kinds = {"express": gettext("Express consent"), "written": gettext("Written consent")}
        yield kinds[rule.consent]
    for registry in rule.registries:
        days = ngettext("%d day", "%d days", registry.max_age_days) % registry.max_age_days
        yield gettext("Registry %(name)s, at most %(days)s old") % {
            "name": registry.name,
            "days": days,
        }
    yield from _of_greeting(rule)


def _of_greeting(rule: Rule) -> Iterable[str]:
    if rule.names_business:
        yield gettext("The greeting names the business")
    if rule.opt_out:
        yield gettext("The greeting offers a way out")
    if rule.discloses_ai:
        yield gettext("The greeting says that a machine speaks")
