"""Gaps between redials in forms of the admin, written as minutes with commas between."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from calls.tenants import redials


class MinutesField(forms.Field):
    """`5, 30, 120` is five minutes, half an hour and two hours; empty is never."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        """A list as people write it; what was typed as it was."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:
        """The minutes; the error says what is wrong with them."""
        if isinstance(value, list):
            return value
        words = (value or "").replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 6 for word in words):
            raise forms.ValidationError(gettext("Write minutes with commas between: 5, 30, 120."))
        gaps = [int(word) for word in words]
        if why := redials.what_is_wrong(gaps):
            raise forms.ValidationError(why)
        return gaps

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Spaces and commas are no change."""
        try:
            return bool(self.to_python(data) != (initial or []))
        except forms.ValidationError:
            return True
