"""The tenant's own calling hours: for each weekday a start and an end, or neither."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS as NAMES
from django.utils.translation import gettext_lazy as _

from calls.tenants.actions import WEEKDAYS


class HoursForm(forms.Form):
    """Two times for each weekday; a day without any is closed, a week without any says nothing."""

    def __init__(self, data: QueryDict | None = None, *, hours: dict[str, list[str]]) -> None:
        initial = {
            f"{day}_{edge}": text
            for day, window in hours.items()
            for edge, text in zip(("from", "to"), window, strict=True)
        }
        super().__init__(data, initial=initial)
        for day in WEEKDAYS:
            self.fields[f"{day}_from"] = _clock(_("From"))
            self.fields[f"{day}_to"] = _clock(_("To"))

    def days(self) -> Iterator[tuple[Any, forms.BoundField, forms.BoundField]]:
        """The name of each weekday with its two fields."""
        for number, day in enumerate(WEEKDAYS):
            yield NAMES[number], self[f"{day}_from"], self[f"{day}_to"]

    def given(self) -> dict[str, list[str]]:
        """What the verb takes: the days for which something was typed."""
        edges = {day: [self.cleaned_data[f"{day}_{e}"] for e in ("from", "to")] for day in WEEKDAYS}
        return {day: [_spelled(at) for at in found] for day, found in edges.items() if any(found)}


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def _spelled(at: time | None) -> str:
    return f"{at:%H:%M}" if at is not None else ""
