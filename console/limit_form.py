"""The forms of limits and pauses, and the words for what a limit counts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.agents.queries import agents_of
from calls.lib import hours
from calls.limits import counting
from calls.limits.counting import Cap
from calls.routes.queries import routes_of
from calls.tenants.models import Tenant
from console.choices import Choices, route_name
from console.time_fields import WallClockField, name_clock

UNITS: Choices = [
    (str(counting.MINUTE), _("minutes")),
    (str(counting.HOUR), _("hours")),
    (str(counting.DAY), _("days")),
]


def measures(tenant: Tenant, orgs: frozenset[str] | None) -> list[tuple[str, Any]]:
    """What a limit can count, as `scope:subject`, in groups."""
    each: Choices = [
        (f"{counting.CALLEE}:", _("Calls to one person, each for themselves")),
        (f"{counting.TENANT}:", _("All calls together")),
        (f"{counting.REQUESTER}:", _("Calls asked for by one member or key, each")),
        (f"{counting.ROUTE}:", _("Calls over one route, each")),
        (f"{counting.AGENT}:", _("Calls by one agent, each")),
        (f"{counting.COUNTRY}:", _("Calls to one country, each")),
        (
            f"{counting.PREFIX}:",
            _("Calls to one block of numbers (without the last four digits), each"),
        ),
        (f"{counting.SPEND}:", _("Money spent in a day")),
    ]
    routes, agents = routes_of(tenant, orgs=orgs), agents_of(tenant, orgs=orgs)
    one_route = [(f"{counting.ROUTE}:{r.public_id}", route_name(r)) for r in routes]
    one_agent = [(f"{counting.AGENT}:{a.public_id}", a.name) for a in agents]
    countries = [(f"{counting.COUNTRY}:{c}", c) for c in tenant.country_groups]
    groups: list[tuple[str, Any]] = [
        (gettext("One route"), one_route),
        (gettext("One agent"), one_agent),
        (gettext("One country"), countries),
    ]
    return [*each, *(group for group in groups if group[1])]


def subject_names(tenant: Tenant, orgs: frozenset[str] | None) -> dict[str, str]:
    """The routes and agents of these business units that a limit may name, for people."""
    routes = {route.public_id: route_name(route) for route in routes_of(tenant, orgs=orgs)}
    return routes | {agent.public_id: agent.name for agent in agents_of(tenant, orgs=orgs)}


class LimitForm(forms.Form):
    """A cap as people think of it: so many of these in so long a time."""

    measure = forms.ChoiceField(label=_("What is counted"))
    most = forms.IntegerField(
        label=_("At most"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("Calls; for money, whole units of your carrier's currency."),
    )
    length = forms.IntegerField(label=_("In any"), min_value=1, max_value=44_640, initial=24)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, initial=str(counting.HOUR))
    gap = forms.IntegerField(
        label=_("Minutes between two calls"),
        min_value=0,
        max_value=44_640,
        required=False,
        help_text=_("Empty: none needed."),
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Shown where it refuses.")
    )

    def __init__(
        self, *args: Any, tenant: Tenant, orgs: frozenset[str] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = measures(tenant, orgs)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the verb takes."""
        cleaned = self.cleaned_data
        scope, _colon, subject = cleaned["measure"].partition(":")
        spend = scope == counting.SPEND
        return {
            "scope": scope,
            "subject": subject,
            "most": cleaned["most"],
            "window_seconds": counting.DAY if spend else cleaned["length"] * int(cleaned["unit"]),
            "min_gap_seconds": 0 if spend else (cleaned["gap"] or 0) * counting.MINUTE,
        }

    def cap(self) -> Cap:
        """The same as a cap, for trying it out."""
        return Cap(**self.given())


# Where a refused field of the verb stands in the form.
FIELDS = {
    "scope": "measure",
    "subject": "measure",
    "window_seconds": "length",
    "min_gap_seconds": "gap",
}


class PauseForm(forms.Form):
    """Why calling stops, and when it goes on by itself."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Everybody who wonders reads it.")
    )
    until = WallClockField(
        label=_("Until"), help_text=_("Empty: until somebody lifts it."), required=False
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        name_clock(self.fields["until"], zone)

    def clean_until(self) -> datetime | None:
        """The instant a wall-clock time means in the tenant's zone."""
        local: datetime | None = self.cleaned_data["until"]
        return hours.first_instant(local, ZoneInfo(self.zone)) if local else None
