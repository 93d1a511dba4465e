"""Country groups in forms of the admin, written as two-letter regions with commas between."""

from typing import Any

from django import forms

from calls.lib import phone
from calls.lib.errors import BadField


class RegionsField(forms.Field):
    """`us, CA` is CA and US; shown as it is stored."""

    def prepare_value(self, value: Any) -> Any:
        """A list as people write it; what was typed as it was."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """The regions, each once; the error names what is none."""
        if isinstance(value, list):
            return sorted(value)
        try:
            return phone.must_read_groups("country_groups", (value or "").replace(",", " ").split())
        except BadField as problem:
            raise forms.ValidationError(problem.sentence) from None
