"""The two forms by which a person decides about a call nobody could see, and the evidence beside them."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from calls.dispatch import queries
from calls.dispatch.actions import ENDINGS, may_decide
from calls.records import states
from calls.records.models import Call
from console.access import TenantRequest
from console.words import STATES

PLACED, NOT_PLACED = "placed", "not_placed"


class _KnownForm(forms.Form):
    """Whatever is decided, how it is known is kept with the call."""

    how_known = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Kept with the call for good: whom you asked, and what they saw."),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PlacedForm(_KnownForm):
    """The carrier did place it."""

    ended_as = forms.ChoiceField(
        label=_("How it ended"),
        choices=[("", "–"), *((state, STATES[state].text) for state in ENDINGS)],
    )
    carrier_call_id = forms.CharField(
        label=_("The carrier's id of the call"),
        help_text=_("With it, the carrier's log is asked for its length."),
        max_length=128,
        required=False,
    )


class NotPlacedForm(_KnownForm):
    """The carrier never placed it."""

    again = forms.BooleanField(
        label=_("Dial it now"),
        help_text=_("Every gate is asked again before it dials."),
        required=False,
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What the page of a call needs to let a person decide about it."""

    placed: PlacedForm
    not_placed: NotPlacedForm
    asked_at: datetime
    answer: str
    missed_at: datetime | None
    stray_at: datetime | None
    was_taken: bool
    too_late: bool


def decision_on(
    request: TenantRequest, call: Call, bound: PlacedForm | NotPlacedForm | None = None
) -> Decision | None:
    """The decision this member may take on this call, with a form that was sent; None when none is due."""
    attempt = queries.live_attempt(call)
    due = may_decide(call, request.actor) and queries.needs_people(call, now=request.now)
    if attempt is None or not due:
        return None
    return Decision(
        placed=bound if isinstance(bound, PlacedForm) else PlacedForm(prefix=PLACED),
        not_placed=bound if isinstance(bound, NotPlacedForm) else NotPlacedForm(prefix=NOT_PLACED),
        asked_at=attempt.intent_at,
        answer=attempt.reason or str(_UNSAID),
        missed_at=attempt.missed_at,
        stray_at=attempt.stray_at,
        was_taken=call.state != states.NEEDS_HUMAN,
        too_late=call.expires_at <= request.now,
    )


def form_sent(data: QueryDict) -> PlacedForm | NotPlacedForm:
    """The form behind the button that was pressed."""
    if data.get("decision") == PLACED:
        return PlacedForm(data, prefix=PLACED)
    return NotPlacedForm(data, prefix=NOT_PLACED)


_UNSAID = _("None that says whether it was placed.")
