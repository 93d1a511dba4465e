"""What the verdict panel and the receipts show: a decision of the gates, put into words. No rule is here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.lib.phone import Number
from calls.placing.actions import Preview
from calls.policy import daytime
from calls.policy.facts import Facts
from calls.policy.remedies import remedy_for
from console.templatetags.greenlight import zone_word

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GATES: dict[str, "StrOrPromise"] = {
    "tenant": _("Tenant"),
    "pause": _("Pause"),
    "permission": _("Permission"),
    "number": _("Number"),
    "country": _("Country"),
    "route": _("Caller ID"),
    "agent": _("Agent"),
    "launch": _("Launch approval"),
    "greeting": _("Greeting"),
    "hours": _("Calling hours"),
    "dnc": _("Do not call"),
    "consent": _("Consent"),
    "frequency": _("Calls to this person"),
    "velocity": _("Pace and spending"),
    "duplicate": _("Duplicate"),
}
LINE_TYPES: dict[str, "StrOrPromise"] = {
    "fixed_line": _("fixed line"),
    "mobile": _("mobile"),
    "fixed_or_mobile": _("fixed line or mobile"),
    "toll_free": _("toll-free"),
    "premium_rate": _("premium rate"),
    "shared_cost": _("shared cost"),
    "voip": _("internet telephone"),
    "personal": _("personal number"),
    "pager": _("pager"),
    "uan": _("company-wide number"),
    "voicemail": _("voicemail access"),
    "satellite": _("satellite"),
    "unknown": _("line type unknown"),
}
COUNTRIES: dict[str, "StrOrPromise"] = {
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BE": _("Belgium"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "IE": _("Ireland"),
    "IN": _("India"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "MX": _("Mexico"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PL": _("Poland"),
    "PR": _("Puerto Rico"),
    "PT": _("Portugal"),
    "SE": _("Sweden"),
    "SG": _("Singapore"),
    "US": _("United States"),
    "ZA": _("South Africa"),
}


def country(number: Number) -> str:
    """The country's name, or its code where no name was written down yet."""
    return str(COUNTRIES.get(number.region, number.region or gettext("Country unknown")))


def line_type(number: Number) -> str:
    """What kind of line it is, as far as the digits tell."""
    if number.is_fictional:
        return gettext("fictional, nobody has it")
    return str(LINE_TYPES.get(number.line_type, number.line_type))


def _brief(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """While one types, a gate that passes needs no sentence; the hours do, as they pass in their time."""
    plain = [row["verdict"] == "pass" and not row["rule"] for row in rows]
    return [row | {"saw": ""} if short else row for row, short in zip(rows, plain, strict=True)]


def read_as(number: Number) -> str:
    """What a typed number was taken for."""
    return gettext("Read as %(e164)s, %(country)s.") % {
        "e164": number.e164,
        "country": country(number),
    }


def gate_rows(verdicts: Iterable[dict[str, Any]], *, version: str) -> list[dict[str, Any]]:
    """Verdicts (as receipts keep them) as parts/gates.html shows them; `version` of the rules at the hours."""
    return [
        {
            "name": GATES.get(verdict["gate"], verdict["gate"]),
            "verdict": verdict["outcome"],
            "saw": verdict["message"],
            "rule": _rule_words(verdict["saw"], version),
            "retry_at": parse_datetime(verdict["retry_at"]) if verdict["retry_at"] else None,
            "change": remedy_for(verdict["code"]),
        }
        for verdict in verdicts
    ]


def _rule_words(saw: dict[str, str], version: str) -> str:
    if "window" not in saw:
        return ""
    citations = (
        [saw["rule"]] if "rule" in saw else []
    )  # receipts from before law was data have none
    return f"{saw['window']} · {', '.join([*citations, version])}"


def unasked(
    *, headline: str, detail: str = "", number: Number | None = None, now: datetime
) -> dict[str, Any]:
    """The panel before the gates can be asked: what is known of the number, and what is missing."""
    return {"outcome": "", "headline": headline, "detail": detail} | _known(number, now)


def next_of(rows: Iterable[dict[str, Any]]) -> datetime | None:
    """When everything that refused will have cleared; None when nothing did, or something never will."""
    instants = [row["retry_at"] for row in rows if row["verdict"] != "pass"]
    return max(instants) if instants and all(instants) else None


def clocks_of(facts: Facts) -> tuple[str, ...]:
    """The clocks a call is judged on: the one the tenant stated for the number, or those of its digits."""
    return tuple(clock.zone.key for clock in daytime.clocks(facts))


def panel(preview: Preview, *, viewer_zone: str, whole: bool = False) -> dict[str, Any]:
    """The panel for one judged call; `whole` also says why the gates that pass do."""
    decision, facts = preview.decision, preview.facts
    greeting, version = facts.greeting, facts.law.version
    waits = decision.only_waiting or preview.held
    outcome = "pass" if decision.allowed else "wait" if waits else "block"
    gates = gate_rows((v.as_json() for v in decision.verdicts), version=version)
    return {
        "outcome": outcome,
        "headline": _headline(preview, outcome),
        "detail": _detail(preview, viewer_zone),
        "gates": gates if whole else _brief(gates),
        "next_at": decision.next_allowed_at,
        "words": greeting.text,
        "words_by": greeting.approved_by,
        "words_at": greeting.approved_at,
        "caller_id": facts.route.number,
    } | (_known(facts.number, preview.due_at) | {"callee_zones": clocks_of(facts)})


def _known(number: Number | None, at: datetime) -> dict[str, Any]:
    if number is None:
        return {}
    return {
        "number": number.e164,
        "country": country(number),
        "line_type": line_type(number),
        "callee_zones": number.zones,
        "at": at,
    }


def _headline(preview: Preview, outcome: str) -> str:
    if preview.held:
        return gettext("Waits for the approval of its words")
    if outcome == "wait":
        return gettext("Not at this time")
    if outcome == "block":
        count = len(preview.decision.refusals)
        return ngettext("One gate blocks this call", "%(n)d gates block this call", count) % {
            "n": count
        }
    if preview.deferred:
        return gettext("May be placed at the next allowed minute")
    if preview.due_at > preview.facts.now:
        return gettext("May be placed at that time")
    if _stands_still(preview):
        return gettext("May be placed, and waits: the carrier sends nothing now")
    return gettext("May be placed now")


def _stands_still(preview: Preview) -> bool:
    """Whether an allowed call waits in the queue until somebody lets its carrier account go on."""
    return preview.facts.route.account_paused_reason is not None


def _detail(preview: Preview, viewer_zone: str) -> str:
    if preview.held:
        return gettext(
            "Every other gate passes. It is held, and goes on by itself once an owner approves %(words)s."
        ) % {"words": preview.resolved.revision}
    if preview.decision.refusals:
        return preview.decision.refusals[0].message
    if preview.due_at > preview.facts.now:
        return clock_words(preview.due_at, clocks_of(preview.facts), viewer_zone)
    return gettext("All %(n)d gates pass. They are asked again before it dials.") % {
        "n": len(preview.decision.verdicts)
    }


def clock_words(at: datetime, callee_zones: Sequence[str], viewer_zone: str) -> str:
    """An instant in words: "Tue 09:00 EST there · 15:00 CET here", or only here without a callee's clock."""
    here = at.astimezone(ZoneInfo(viewer_zone))
    if not callee_zones:
        return f"{_words(here)} {zone_word(here)}"
    there = at.astimezone(ZoneInfo(callee_zones[0]))
    if there.utcoffset() == here.utcoffset():
        return f"{_words(there)} {zone_word(there)}"
    near = date_format(here, "H:i", use_l10n=False) if here.date() == there.date() else _words(here)
    return gettext("%(there)s there · %(here)s here") % {
        "there": f"{_words(there)} {zone_word(there)}",
        "here": f"{near} {zone_word(here)}",
    }


def _words(at: datetime) -> str:
    return date_format(at, "D j M H:i", use_l10n=False)


def submit_words(preview: Preview | None, *, when: str, viewer_zone: str) -> tuple[str, str]:
    """What pressing the button does, and why it cannot be pressed (empty when it can)."""
    label = _submit_label(preview, when, viewer_zone)
    if preview is None or preview.decision.allowed or preview.held:
        return label, ""
    return label, preview.decision.refusals[0].message


def _submit_label(preview: Preview | None, when: str, viewer_zone: str) -> str:
    if preview is None:
        return gettext("Place the call")
    if preview.held:
        return gettext("Ask for it: it waits for the approval of its words")
    words = clock_words(preview.due_at, clocks_of(preview.facts), viewer_zone)
    if preview.deferred:
        return gettext("Call at the next allowed minute: %s") % words
    if when == "at":
        return gettext("Schedule for %s") % words
    if _stands_still(preview):
        return gettext("Queue it: it dials once the carrier goes on")
    return gettext("Call now")
