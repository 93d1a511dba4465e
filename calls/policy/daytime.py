"""The callee's clock: which zones count, and how a refusal tells what it found there. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.lib.hours import Clock, Hours, is_open
from calls.lib.phone import Number
from calls.lib.public_holidays import ClosedDays
from calls.policy.facts import ContactFacts, Facts
from calls.policy.rulebook import Bound, Law

_NAMED_ZONES = 3


def clocks(facts: Facts) -> list[Clock]:
    """Every clock the callee may live by; none when one of them is no clock anybody knows."""
    zones = [zone_named(name) for name in zones_of(facts.number, facts.contact)]
    known = [Clock(zone, facts.law.hours) for zone in zones if zone]
    return known if len(known) == len(zones) else []


def zones_of(number: Number, contact: ContactFacts | None) -> tuple[str, ...]:
    """The zone the tenant stated for the number, or all that its digits allow."""
    return (contact.time_zone,) if contact and contact.time_zone else number.zones


def callee_day(number: Number, contact: ContactFacts | None, at: datetime) -> date:
    """The day it is for the callee, by the first of their clocks; by UTC when there is none."""
    zone = next((zone_named(name) for name in zones_of(number, contact)), None)
    return at.astimezone(zone or UTC).date()


def zone_named(name: str) -> ZoneInfo | None:
    """The clock of a zone; None when the zone data of this machine knows no such zone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def seen(facts: Facts, found: list[Clock]) -> dict[str, str]:
    """What the receipt keeps: clocks, where they come from, and the law they were held against."""
    contact = facts.contact
    stated_zone = contact is not None and contact.time_zone
    stated_place = contact is not None and contact.jurisdiction
    said = {"zones": ", ".join(clock.zone.key for clock in found)}
    said["zones_from"] = f"stated: {contact.source}" if contact and stated_zone else "number"
    if contact and stated_place:
        said["stated_jurisdiction"] = f"{contact.jurisdiction} ({contact.source})"
    return said | {"window": str(facts.law.week), "rule": facts.law.citations}


def refusal(law: Law, shut: list[Clock], start: datetime, end: datetime) -> str:
    """Where it is too early or too late, what the clock shows there, and which rule says so."""
    clock = shut[0]
    local = start.astimezone(clock.zone)
    bound = _who_forbids(law, clock, start, end)
    return (
        f"Outside calling hours in {_places(shut)}: it is {local:%a %d %b %H:%M} there, and"
        f" {_allowance(bound, local.date())}."
    )


def holidays_before(law: Law, since: date, opening: date) -> tuple[str, ...]:
    """The holidays from a day on that are over when it opens, each with where it is one."""
    days = [since + timedelta(days=n) for n in range((opening - since).days)]
    named = [_holiday(bound.hours, day) for day in days for bound in law.bounds]
    return tuple(dict.fromkeys(name for name in named if name))


def opening_words(opening: datetime | None, clock: Clock) -> str:
    """The next step: the minute from which the call may ring."""
    if opening is None:
        return "These clocks have no hour in common. State the callee's own zone, with its source."
    local = opening.astimezone(clock.zone)
    return f"Choose the next allowed minute, {local:%a %d %b %H:%M} there."


def _who_forbids(law: Law, clock: Clock, start: datetime, end: datetime) -> Bound:
    """The closest to the callee that closes the whole day, or else the rule that opens latest in it."""
    day = start.astimezone(clock.zone).date()
    shut = [b for b in law.bounds if not is_open(Clock(clock.zone, (b.hours,)), start, end)]
    opens = [(window[0] if (window := b.hours.on(day)) else time.max, b) for b in shut]
    return max(opens, key=lambda opening: opening[0], default=(time.max, law.bounds[-1]))[1]


def _allowance(bound: Bound, day: date) -> str:
    window = bound.hours.on(day)
    if window is not None:
        return f"{bound.words} allows {window[0]:%H:%M}–{window[1]:%H:%M} on that day"
    return f"{bound.words} allows no calls on {_holiday(bound.hours, day) or f'{day:%A}s'}"


def _holiday(hours: Hours, day: date) -> str:
    return hours.closed.name(day) if isinstance(hours.closed, ClosedDays) else ""


def _places(clocks: list[Clock]) -> str:
    names = [clock.zone.key for clock in clocks]
    more = len(names) - _NAMED_ZONES
    return ", ".join(names[:_NAMED_ZONES]) + (f" and {more} more" if more > 0 else "")
