"""Form fields for a time or a day that name no zone: whose clock is meant, the form says."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from calls.lib import hours
from console.templatetags.greenlight import place


class WallClockField(forms.CharField):
    """A date and time on somebody's own clock: it names no zone, so it stays naive."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> datetime | None:
        """The naive wall-clock time, or None when nothing was typed."""
        text = super().clean(value)
        try:
            found = parse_datetime(text) if text else None
        except ValueError:
            found = None
        if text and (found is None or found.tzinfo):
            raise forms.ValidationError(gettext("Write date and time like 2026-11-24 09:00."))
        return found


class DayField(forms.DateField):
    """A day, chosen from a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def name_clock(field: forms.Field, zone: str) -> None:
    """Say whose clock a time or a day is on, before what the field's help says already."""
    named = gettext("%s time.") % place(zone)
    field.help_text = f"{named} {field.help_text}".strip()


def end_of(day: date | None, zone: str) -> datetime | None:
    """The instant at which a day that was chosen is over in a zone; None when none was."""
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time.min)
    return hours.first_instant(midnight, ZoneInfo(zone))
