"""A refusal stands at its field, above the form, or is no matter of the form at all."""

import pytest
from django import forms

from calls.lib.errors import BadField, NotFound, NotPermitted, Refusal
from console.refusals import show_refusal


class Form(forms.Form):
    """Two fields somebody filled in."""

    until = forms.CharField()
    reason = forms.CharField()


class Closed(Refusal):
    """It speaks of no field."""

    message = "It is closed. Come back tomorrow."


def shown(refusal: Refusal, fields: dict[str, str] | None = None) -> dict[str, list[str]]:
    """The errors of a form after a refusal."""
    form = Form({"until": "1", "reason": "2"})
    show_refusal(form, refusal, fields)
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_at_the_field_it_names() -> None:
    assert shown(BadField("reason", "Say why.")) == {"reason": ["Say why."]}


def test_at_what_the_form_calls_the_field() -> None:
    assert shown(BadField("ends", "Too late."), {"ends": "until"}) == {"until": ["Too late."]}


def test_above_the_form_when_the_form_has_no_such_field() -> None:
    assert shown(BadField("agent", "Not both.")) == {"__all__": ["Not both."]}


def test_above_the_form_when_it_names_no_field() -> None:
    assert shown(Closed()) == {"__all__": [Closed.message]}


def test_where_the_form_says_a_refusal_of_no_field_stands() -> None:
    assert shown(Closed(), {"": "until"}) == {"until": [Closed.message]}


@pytest.mark.parametrize("refusal", [NotPermitted(), NotFound()])
def test_a_missing_right_or_row_goes_on(refusal: Refusal) -> None:
    with pytest.raises(type(refusal)):
        shown(refusal)
