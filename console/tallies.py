"""From counts to what the overview shows: tiles, the outcomes beside the chart, and the chart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.records import states
from calls.rollups.queries import Slot
from console import charts
from console.filters import OUTCOMES
from console.periods import Period, slot_names
from console.words import OUTCOMES as SERIES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REASONS: dict[str, "StrOrPromise"] = {
    "tenant_suspended": _("Tenant suspended"),
    "paused": _("Paused"),
    "not_permitted": _("Not permitted"),
    "invalid_number": _("Not a number to call"),
    "number_type_blocked": _("Type of number not allowed"),
    "country_blocked": _("Country not allowed"),
    "route_unavailable": _("Caller ID not available"),
    "agent_unavailable": _("Agent not available"),
    "launch_not_approved": _("Agent not approved for launch"),
    "greeting_not_approved": _("Words not approved"),
    "outside_hours": _("Outside calling hours"),
    "timezone_unknown": _("Clock of the callee unknown"),
    "dnc_listed": _("Do-not-call list"),
    "dnc_stale": _("Do-not-call list out of date"),
    "consent_missing": _("Consent missing"),
    "frequency_cap": _("Called too often"),
    "velocity_cap": _("Too many calls at once"),
    "possible_duplicate": _("Possible duplicate"),
    "gate_error": _("A gate could not decide"),
}
TILES = (
    ("placed", _("Placed"), "phone", ""),
    ("reached", _("Reached a person"), "person", "go"),
    ("no_answer", _("No answer"), "missed", ""),
    ("busy", _("Busy"), "minus", ""),
    ("failed", _("Failed at carrier"), "cross", "stop"),
    ("refused", _("Refused by a gate"), "shield", "stop"),
    ("unknown", _("Outcome unknown"), "question", "odd"),
)
DRAWN = ("reached", "voicemail", "no_answer", "busy", "failed", "refused", "unknown")


@dataclass(frozen=True, slots=True)
class Line:
    """One count with the list it opens and its share of all calls; `reasons` split refused ones."""

    key: str
    label: "StrOrPromise"
    count: int
    before: int
    share: float
    href: str
    reasons: list["Line"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tallies:
    """The counts of a period and of the one before, per bar and in sum."""

    chosen: Period
    slots: Sequence[Slot]
    before: Slot
    list_url: str

    @property
    def now(self) -> Slot:
        """All bars together."""
        return sum(self.slots, Counter())

    def href(self, **wanted: str) -> str:
        """The list of exactly these calls."""
        days = {"since": f"{self.chosen.first}", "until": f"{self.chosen.last}"}
        return f"{self.list_url}?{urlencode({**wanted, **days})}"

    def tiles(self) -> list[dict[str, Any]]:
        """One number each, compared with the same weekdays earlier; a tone only where there is something."""
        now, before = self.now, self.before
        return [
            {
                "key": key,
                "label": label,
                "icon": icon,
                "value": intcomma(_count(now, key)),
                "tone": tone if _count(now, key) else "",
                "href": self.href(outcome=key),
                "note": f"{intcomma(_count(before, key))} {self.chosen.before_words}",
            }
            for key, label, icon, tone in TILES
        ]

    def lines(self) -> list[Line]:
        """Every outcome that occurs, now or before; their sum is all calls asked for."""
        present = {outcome for outcome, _reason in [*self.now, *self.before]}
        return [self._line(o) for o in outcomes_in_order() if o in present]

    def _line(self, outcome: str) -> Line:
        codes = {r for o, r in [*self.now, *self.before] if o == outcome and r}
        reasons = [self._reason(code) for code in codes]
        return Line(
            key=outcome,
            label=OUTCOMES.get(outcome, outcome),
            count=_count(self.now, outcome),
            before=_count(self.before, outcome),
            share=_share(_count(self.now, outcome), self.now),
            href=self.href(outcome=outcome),
            reasons=sorted(reasons, key=lambda line: -line.count),
        )

    def _reason(self, code: str) -> Line:
        count = self.now[states.REFUSED, code]
        return Line(
            key=code,
            label=REASONS.get(code, code.replace("_", " ").capitalize()),
            count=count,
            before=self.before[states.REFUSED, code],
            share=_share(count, self.now),
            href=self.href(outcome=states.REFUSED, reason=code),
        )

    def chart(self) -> charts.Chart:
        """Stacked bars: an hour or a day each."""
        named = zip(slot_names(self.chosen), self.slots, self._days(), strict=True)
        buckets = [
            charts.Bucket(label=label, name=name, counts=_series(slot), href=href)
            for (label, name), slot, href in named
        ]
        title = gettext("Calls by hour") if self.chosen.by_hour else gettext("Calls by day")
        series = [(name, str(SERIES[name])) for name in (*DRAWN, "other")]
        return charts.stacked_bars(title=title, buckets=buckets, series=series, height=200)

    def _days(self) -> list[str]:
        """The list of each bar's day; the list knows days only, so an hour has none."""
        if self.chosen.by_hour:
            return [""] * len(self.slots)
        starts = [edge.astimezone(self.chosen.zone).date() for edge in self.chosen.edges[:-1]]
        return [f"{self.list_url}?{urlencode({'since': d, 'until': d})}" for d in starts]


def outcomes_in_order() -> Iterable[str]:
    """Outcomes as the table lists them: how calls went, then what is under way, then what never was."""
    last = (states.WAITING_OUTCOME, states.UNDER_WAY, states.EXPIRED, states.CANCELED)
    return (*(o for o in OUTCOMES if o not in last and o != "placed"), *last)


def _count(slot: Slot, outcome: str) -> int:
    wanted = states.PLACED_OUTCOMES if outcome == "placed" else (outcome,)
    return sum(count for (name, _reason), count in slot.items() if name in wanted)


def _share(count: int, all_of: Slot) -> float:
    return count / (sum(all_of.values()) or 1)


def _series(slot: Slot) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for (outcome, _reason), count in slot.items():
        counts[outcome if outcome in DRAWN else "other"] += count
    return dict(counts)
