"""What the forms about one number share: reading it, its lists' pages, and where a refusal stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.lib import ids, phone
from calls.lib.rows import Row
from calls.routes.models import PhoneRoute
from calls.routes.queries import routes_of
from console import searches
from console.access import TenantRequest
from console.time_fields import DayField, WallClockField, end_of, name_clock

R = TypeVar("R", bound=Row)
SIZE = 50
SHORTEST = len("+1234567")


class NumberForm(forms.Form):
    """A form about one number, typed in any spelling that the tenant's own caller IDs make clear."""

    number = forms.CharField(
        label=_("Telephone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, request: TenantRequest) -> None:
        data = request.POST if request.method == "POST" else None
        initial = {"number": searches.recall(request) or ""}
        super().__init__(data, initial=initial, label_suffix="")
        self.home, self.zone = home_of(request), ZoneInfo(request.tenant.time_zone)
        self.fields["number"].help_text = home_words(self.home)
        for field in self.fields.values():
            if isinstance(field, WallClockField | DayField):
                name_clock(field, self.zone.key)

    def clean_number(self) -> str:
        """The number in E.164."""
        try:
            return read_typed(self.cleaned_data["number"], self.home)
        except phone.UnreadableNumber as problem:
            raise forms.ValidationError(str(problem)) from None

    def end_of(self, name: str) -> datetime | None:
        """The instant at which a day that was chosen is over on the tenant's clock."""
        return end_of(self.cleaned_data[name], self.zone.key)


@dataclass(frozen=True, slots=True)
class Found:
    """What is looked for: the typed text, the number it means, or why it means none."""

    typed: str
    number: str
    problem: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The ways through a list: query strings, empty where there is nothing."""

    newer: str
    older: str


def read_typed(text: str, home: str | None) -> str:
    """The number in E.164 that somebody typed. Raises phone.UnreadableNumber."""
    found = phone.read(text, home=home).e164
    if len(found) < SHORTEST:
        raise phone.UnreadableNumber(gettext("This is not a telephone number: digits are missing."))
    return found


def home_of(request: TenantRequest) -> str | None:
    """The region whose way of writing numbers is understood: that of the first caller ID."""
    return region_of(next(iter(routes_of(request.tenant, orgs=request.actor.orgs)), None))


def region_of(route: PhoneRoute | None) -> str | None:
    """The region of a caller ID; None where there is no route, or its number belongs to no region."""
    return (phone.read(route.number).region or None) if route else None


def home_words(home: str | None) -> str:
    """Which spelling a number field understands."""
    if home is None:
        return gettext("With its country code, like +1 415 555 0100.")
    return gettext("Any spelling. Without a country code it is read as %s.") % home


def looked_for(request: TenantRequest) -> Found | None:
    """The number this session looks for under this URL; None when it looks for none."""
    typed = searches.recall(request)
    if typed == "":
        return None
    if typed is None:
        return Found("", "", gettext("This was looked for in another session. Type it again."))
    try:
        return Found(typed, read_typed(typed, home_of(request)), "")
    except phone.UnreadableNumber as problem:
        return Found(typed, "", str(problem))


def address_of(request: TenantRequest, page: str, number: str) -> str:
    """The address of a page about a number, which it does not name; without a number, the page's own."""
    address = reverse(page, args=[request.tenant.slug])
    if not number.strip():
        return address
    return f"{address}?search={searches.keep_number(request, number)}"


def page_of(rows: QuerySet[R], request: TenantRequest) -> tuple[list[R], Pages]:
    """One page of rows that stand newest first, by key, so that it does not shift under new ones."""
    prefix = rows.model.PREFIX
    before = ids.parse(prefix, request.GET.get("before", ""))
    after = ids.parse(prefix, request.GET.get("after", ""))
    if after:
        found = list(rows.filter(pk__gt=after).order_by("id")[: SIZE + 1])
        more, shown = len(found) > SIZE, found[:SIZE][::-1]
        return shown, _pages(shown, newer=more, older=True)
    found = list((rows.filter(pk__lt=before) if before else rows)[: SIZE + 1])
    return found[:SIZE], _pages(found[:SIZE], newer=bool(before), older=len(found) > SIZE)


def _pages(shown: list[Any], *, newer: bool, older: bool) -> Pages:
    if not shown:
        return Pages("", "")
    return Pages(
        f"?after={shown[0].public_id}" if newer else "",
        f"?before={shown[-1].public_id}" if older else "",
    )
