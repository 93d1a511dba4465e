"""The filters above the list of calls: what the URL says, as a form, as a CallFilter and as chips."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.records import states
from calls.records.queries import CallFilter
from console import searches
from console.access import TenantRequest
from console.choices import DOORS, Offer, agent_choices, filter_offer, route_choices
from console.words import STATES

OUTCOMES = {
    "placed": _("Placed with the carrier"),
    "reached": _("Reached a person"),
    "voicemail": _("Voicemail"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "failed": _("Failed at carrier"),
    "rejected": _("Rejected by carrier"),
    "refused": _("Refused by a gate"),
    "unknown": _("Unknown"),
    "waiting": _("Waiting"),
    "under_way": _("Under way"),
    "expired": _("Expired"),
    "canceled": _("Canceled"),
}
PRECISE = ("state", "route", "agent", "door", "reference")


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: what it is, its value in words, and the list without it."""

    label: str
    value: str
    url: str


class FilterForm(forms.Form):
    """Filters of the list; each is optional, and what cannot be read filters nothing away."""

    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    route = forms.ChoiceField(label=_("Caller ID"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    door = forms.ChoiceField(label=_("Asked through"), required=False)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=200)
    reason = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    search = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    size = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, offer: Offer, zone: str, number: str | None) -> None:
        super().__init__(data, label_suffix="")
        self.offer, self.zone, self.number = offer, ZoneInfo(zone), number
        self._offer("outcome", list(OUTCOMES.items()), _("All outcomes"))
        self._offer("state", [(s, STATES[s].text) for s in states.STATES], _("All states"))
        self._offer("route", route_choices(offer.routes), _("All caller IDs"))
        self._offer("agent", agent_choices(offer.agents), _("All agents"))
        self._offer("door", list(DOORS.items()), _("All doors"))
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    @classmethod
    def of(cls, request: TenantRequest) -> "FilterForm":
        """The filters of this request's URL."""
        number = searches.recall(request)
        form = cls(
            request.GET,
            offer=filter_offer(request),
            zone=request.tenant.time_zone,
            number=number,
        )
        form.full_clean()
        return form

    def _offer(self, name: str, choices: list[Any], everything: Any) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = [("", everything), *choices]

    def given(self, name: str) -> Any:
        """A filter's value; empty when it is not set or could not be read."""
        return self.cleaned_data.get(name) or ""

    def rows(self, sizes: tuple[int, ...]) -> int:
        """Rows on a page: one of the sizes."""
        asked = self.given("size")
        return asked if asked in sizes else sizes[0]

    def wanted(self) -> CallFilter:
        """The domain's filter; days are days on the tenant's clock."""
        route = self.offer.route(self.given("route"))
        wanted = CallFilter(
            state=self.given("state"),
            outcome=self.given("outcome"),
            reason=self.given("reason"),
            route=route.number if route else "",
            agent_key=self.given("agent"),
            door=self.given("door"),
            reference=self.given("reference"),
            since=self._midnight(self.given("since")),
            until=self._midnight(self.given("until"), days=1),
        )
        return wanted if self.number == "" else replace(wanted, number=self.number or "-")

    def _midnight(self, day: date | str, *, days: int = 0) -> datetime | None:
        if not isinstance(day, date):
            return None
        return datetime.combine(day + timedelta(days=days), time.min, self.zone)

    @property
    def main(self) -> list[forms.BoundField]:
        """The filters everybody uses."""
        return [self["outcome"], self["since"], self["until"]]

    @property
    def precise(self) -> list[forms.BoundField]:
        """The filters behind "More"."""
        return [self[name] for name in PRECISE]

    @property
    def kept(self) -> list[forms.BoundField]:
        """What travels along unseen."""
        return self.hidden_fields()


def chips_of(form: FilterForm) -> list[Chip]:
    """Every filter in force, so that each can be seen and taken away."""
    named = ("outcome", "state", "since", "until", "route", "agent", "door", "reference")
    chips = [
        Chip(str(form.fields[name].label), _in_words(form, name), _without(form, name))
        for name in named
        if form.given(name)
    ]
    if reason := form.given("reason"):
        words = str(reason).replace("_", " ").capitalize()
        chips.append(Chip(gettext("Reason"), words, _without(form, "reason")))
    if form.number != "":
        words = form.number or gettext("looked for in another session")
        chips.append(Chip(gettext("Number"), words, _without(form, "search")))
    return chips


def _without(form: FilterForm, name: str) -> str:
    query = QueryDict(mutable=True)
    for kept, value in form.data.items():
        if value and kept not in (name, "before", "after"):
            query[kept] = str(value)
    return f"?{query.urlencode()}"


def _in_words(form: FilterForm, name: str) -> str:
    field, value = form.fields[name], form.given(name)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return str(value)
