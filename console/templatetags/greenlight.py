"""What templates may say: icons, clocks, numbers, chips. Tags translate; none of them decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from console import places
from console.words import Word, word_for, word_for_call, word_for_verdict

register = template.Library()

NOTHING = "–"
PREFERENCES = {"theme": ("light", "dark"), "keys": ("on", "off")}
FLIPPED = frozenset({"arrow", "back", "exit"})
PAGER_KEYS = ("after", "before", "page")
LEVELS = {"debug": "mute", "success": "go", "warning": "wait", "error": "stop"}
NOTICE_ICONS = {"go": "check", "wait": "warning", "stop": "warning", "odd": "question"}
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of the sprite, silent to screen readers: the word beside it speaks. `size` is "" or "lg"."""
    classes = " ".join(
        [
            "icon",
            *(["icon-lg"] if size == "lg" else []),
            *(["icon-flip"] if name in FLIPPED else []),
        ]
    )
    pixels = 20 if size == "lg" else 16
    return format_html(
        '<svg class="{}" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        classes,
        pixels,
        pixels,
        static("icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("parts/clock.html")
def clock(
    at: datetime | None,
    zone: str | ZoneInfo | None = "UTC",
    label: str = "",
    now: datetime | None = None,
    brief: bool = False,
    seconds: bool = False,
) -> dict[str, Any]:
    """Show an instant on the clock of `zone` (IANA name), the zone always named, relative time on hover.

    `brief` leaves the day out: for a second clock beside one that names the same day.
    """
    if at is None:
        return {"at": None, "nothing": NOTHING}
    there, current = at.astimezone(_zone(zone)), now or timezone.now()
    pattern = ("" if brief else _day_pattern(there, current)) + ("H:i:s" if seconds else "H:i")
    return {
        "at": at,
        "iso": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "text": date_format(there, pattern, use_l10n=False),
        "zone": zone_word(there),
        "place": str(there.tzinfo).replace("_", " "),
        "relative": relative(at, current),
        "label": label,
    }


@register.inclusion_tag("parts/clocks.html")
def clocks(
    at: datetime | None, callee_zone: str | None, viewer_zone: str | None, labels: bool = True
) -> dict[str, Any]:
    """Show the callee's clock first, then the viewer's; the day is said once where both have the same."""
    same_day = at is not None and _day(at, callee_zone) == _day(at, viewer_zone)
    return {
        "at": at,
        "callee_zone": callee_zone,
        "viewer_zone": viewer_zone,
        "brief": bool(callee_zone) and same_day,
        "there": gettext("there") if labels else "",
        "here": gettext("here") if labels else "",
    }


@register.filter
def phone(value: str | None) -> str:
    """Write an E.164 number the way people read it: "+1 555-555-5678". What cannot be read stays as it is."""
    try:
        number = phonenumbers.parse(value or "", None)
    except phonenumbers.NumberParseException:
        return value or NOTHING
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def masked(value: str | None) -> str:
    """Show a number to those who must not read it whole: the country and the last four digits."""
    try:
        number = phonenumbers.parse(value or "", None)
    except phonenumbers.NumberParseException:
        return "•••" if value else NOTHING
    return f"+{number.country_code} ••• {str(number.national_number)[-4:]}"


@register.inclusion_tag("parts/chip.html")
def chip(state: str) -> dict[str, Any]:
    """Show a call state as word, icon and tone."""
    return _chip(word_for(state))


@register.inclusion_tag("parts/chip.html")
def call_chip(call: Any, now: datetime | None = None) -> dict[str, Any]:
    """Show where a call stands; reads `state`, `due_at` and `disposition`."""
    return _chip(
        word_for_call(
            state=call.state,
            now=now or timezone.now(),
            due_at=getattr(call, "due_at", None),
            disposition=getattr(call, "disposition", ""),
        )
    )


@register.filter
def verdict_word(verdict: str) -> Word:
    """Return word, icon and tone of a gate's verdict: pass, wait or block."""
    return word_for_verdict(verdict)


@register.filter
def notice_tone(level: str) -> str:
    """Return the tone of a message level; a tone stays what it is."""
    return LEVELS.get(level, level or "info")


@register.filter
def notice_icon(tone: str) -> str:
    """Return the icon that stands before a notice of this tone."""
    return NOTICE_ICONS.get(tone, "info")


@register.filter
def place(zone: str) -> str:
    """Return a zone's IANA name as people read it: "America/New_York" is "New York"."""
    return str(zone).rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def spelled(jurisdiction: str) -> str:
    """Return the code of a country or state with its name: "CA, Canada"."""
    return places.spelled(jurisdiction)


@register.filter
def day_in(at: datetime | None, zone: str | None) -> date | None:
    """Return the day it is in `zone` at this instant."""
    return None if at is None else _day(at, zone)


@register.filter
def duration(seconds: int | float | None) -> str:
    """Write seconds as people say them: "5 s", "1 min 04 s", "1 h 02 min"."""
    if seconds is None:
        return NOTHING
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return gettext("%(h)d h %(m)02d min") % {"h": hours, "m": minutes_left}
    if minutes:
        return gettext("%(m)d min %(s)02d s") % {"m": minutes, "s": rest}
    return gettext("%(s)d s") % {"s": whole}


@register.filter
def ago(at: datetime | None) -> str:
    """Say how far an instant is from now: "3 minutes ago", "in 2 hours"."""
    return NOTHING if at is None else relative(at, timezone.now())


@register.filter
def percent(share: float | None) -> str:
    """Write a share between 0 and 1 as per cent; small shares keep a digit after the point."""
    if share is None:
        return NOTHING
    value = share * 100
    return f"{value:.1f}%" if 0 < value < 10 else f"{value:.0f}%"


@register.simple_tag(takes_context=True)
def filter_url(context: RequestContext, **changes: Any) -> str:
    """Return this page's query with `changes` made, back on the first page. None takes a filter away."""
    query = context["request"].GET.copy()
    for key, value in {**dict.fromkeys(PAGER_KEYS), **changes}.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def preference(context: template.Context, name: str) -> str:
    """Return what this browser chose for `name` (theme, keys), or nothing."""
    request = context.get("request")
    value = request.COOKIES.get(name, "") if request is not None else ""
    return value if value in PREFERENCES[name] else ""


def relative(at: datetime, now: datetime) -> str:
    """Say the distance between two instants in its largest unit."""
    gap = at - now
    size, unit = next(((s, u) for s, u in UNITS if abs(gap) >= timedelta(seconds=s)), (1, "second"))
    amount = _amount(round(abs(gap).total_seconds() / size), unit)
    return (gettext("in %s") if gap > timedelta(0) else gettext("%s ago")) % amount


def zone_word(there: datetime) -> str:
    """Return the zone's short name, or its distance from UTC where the zone has only digits for a name."""
    name = there.tzname() or "UTC"
    if name[:1] not in "+-":
        return name
    sign, digits = name[0].replace("-", "−"), name[1:]
    return f"UTC{sign}{digits[:2]}:{digits[2:] or '00'}"


def _zone(zone: str | ZoneInfo | None) -> ZoneInfo:
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or "UTC")


def _day(at: datetime, zone: str | None) -> date:
    return at.astimezone(_zone(zone)).date()


def _day_pattern(there: datetime, current: datetime) -> str:
    return "D j M, " if there.year == current.astimezone(there.tzinfo).year else "D j M Y, "


def _amount(count: int, unit: str) -> str:
    words = {
        "day": ngettext("%d day", "%d days", count),
        "hour": ngettext("%d hour", "%d hours", count),
        "minute": ngettext("%d minute", "%d minutes", count),
        "second": ngettext("%d second", "%d seconds", count),
    }
    return words[unit] % count


def _chip(word: Word) -> dict[str, Any]:
    return {
        "word": word.text,
        "icon": word.icon,
        "tone": word.tone,
        "meaning": word.meaning,
        "live": word.live,
    }
