"""Where a verb's refusal stands on the form it was asked through."""

from collections.abc import Mapping

from django import forms

from calls.lib.errors import BadField, NotFound, NotPermitted, Refusal


def show_refusal(
    form: forms.Form, refusal: Refusal, fields: Mapping[str, str] | None = None
) -> None:
    """Put the sentence at the field it speaks of, or above the form.

    `fields` says what the form calls a field of the verb; under "" it says where a refusal of no field
    stands. A missing right or row is no matter of the form and is raised again.
    """
    if isinstance(refusal, NotPermitted | NotFound):
        raise refusal
    named = refusal.field if isinstance(refusal, BadField) else ""
    named = (fields or {}).get(named, named)
    form.add_error(named if named in form.fields else None, refusal.sentence)
