"""The form behind a new call: from what was typed to one Ask, and from a refusal back to its field."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.greetings.wording import Placeholder, read_placeholders
from calls.lib import phone
from calls.lib.errors import BadField
from calls.placing.ask import NEXT_ALLOWED, NOW, Ask
from console.choices import Offer, greeting_choices
from console.offer_form import OfferForm
from console.time_fields import WallClockField

AT = "at"
# Where a refused field of the Ask stands on the form.
FIELDS = {
    "to": "to",
    "from": "route",
    "agent_key": "agent",
    "greeting": "greeting",
    "greeting_id": "greeting",
    "scheduled_at": "at",
    "expires_at": "at",
    "reference": "reference",
}
EXAMPLES = {
    "name": _("A name, such as Maria."),
    "text": _("A few words, no sentence marks."),
    "date": _("As it is spoken, such as Friday, 27 November."),
    "time": _("As it is spoken, such as 2:30 pm."),
    "amount": _("Such as $49.90."),
}


class GapField(forms.CharField):
    """One placeholder of the chosen greeting; what may stand there is the greeting's own rule."""

    def __init__(self, placeholder: Placeholder, **kwargs: Any) -> None:
        label = placeholder.name.replace("_", " ").capitalize()
        self.placeholder = replace(placeholder, name=label)
        attrs = {"autocomplete": "off"}
        help_text = EXAMPLES.get(placeholder.type, "")
        widget = forms.TextInput(attrs=attrs)
        super().__init__(label=label, help_text=help_text, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The value as typed. Raises ValidationError with the greeting's own sentence."""
        text = str(self.to_python(value))
        if problem := self.placeholder.problem(text):
            raise forms.ValidationError(problem)
        return text


class CallForm(OfferForm):
    """One call as support asks for it."""

    to = forms.CharField(
        label=_("Who is called"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    route = forms.ChoiceField(label=_("Caller ID they see"))
    agent = forms.ChoiceField(label=_("Agent"))
    greeting = forms.ChoiceField(label=_("Approved greeting"))
    when = forms.ChoiceField(
        label=_("When"),
        widget=forms.RadioSelect,
        choices=[
            (NOW, _("Now")),
            (NEXT_ALLOWED, _("Next allowed minute")),
            (AT, _("At a time")),
        ],
    )
    at = WallClockField(label=_("Date and time, on their clock"), required=False)
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=200,
        help_text=_("Your order or case number; the call is found by it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    twice = forms.BooleanField(label=_("Yes, call a second time"), required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offer: Offer,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, offer=offer, initial=initial)
        self.offer_choices("greeting", greeting_choices(offer.greetings))
        self._ask_for_words()
        self.fields["to"].help_text = self.home_words
        chosen = offer.greeting(str(self["greeting"].value()))
        revision = chosen.live_revision if chosen else None
        for placeholder in read_placeholders(revision.placeholders if revision else []):
            self.fields[f"gap_{placeholder.name}"] = GapField(placeholder)

    def _ask_for_words(self) -> None:
        """Words that are not on offer are chosen anew: a list falls back on its first line unsaid."""
        wished = str(self.initial.get("greeting") or "")
        if self.is_bound or not wished or self.offer.greeting(wished):
            return
        field = cast("forms.ChoiceField", self.fields["greeting"])
        field.choices = [("", gettext("Choose approved words")), *cast("list[Any]", field.choices)]
        field.help_text = gettext(
            "The words of that call may not be spoken any more. Choose others."
        )
        self.initial["greeting"] = ""

    @property
    def gaps(self) -> list[forms.BoundField]:
        """The fields of the chosen greeting's placeholders."""
        return [self[name] for name in self.fields if name.startswith("gap_")]

    @property
    def number(self) -> phone.Number | None:
        """The number typed, when it can be read, whatever else is missing."""
        return self.cleaned_data.get("to") if self.is_bound and self.errors is not None else None

    def clean_to(self) -> phone.Number:
        """The number the typed text means."""
        return self.read(self.cleaned_data["to"])

    def clean(self) -> dict[str, Any]:
        """A call at a time needs the time."""
        timed = self.cleaned_data.get("when") == AT
        if timed and not self.cleaned_data.get("at") and "at" not in self.errors:
            self.add_error("at", gettext("Choose the date and time of the call."))
        return self.cleaned_data

    def ask(self) -> Ask:
        """What a valid form asks for; its token makes sending it twice the same call."""
        given = self.cleaned_data
        route = self.offer.route(given["route"])
        scheduled = given["when"] == AT
        return Ask(
            to=given["to"].e164,
            caller_id=route.number if route else "",
            agent_key=given["agent"],
            greeting_id=given["greeting"],
            variables={name[4:]: given[name] for name in self.fields if name.startswith("gap_")},
            when=NOW if scheduled else given["when"],
            scheduled_at=given["at"] if scheduled else None,
            reference=given["reference"],
            allow_duplicate=given["twice"],
            idempotency_key=f"form-{given['token']}",
            door="form",
        )

    def point_at(self, problem: BadField) -> None:
        """Show a refused field where it stands."""
        self.add_error(FIELDS.get(problem.field), problem.sentence)

    def first_problem(self) -> str:
        """The first sentence that says what is missing."""
        return next((str(errors[0]) for errors in self.errors.values()), "")

    def renew(self) -> None:
        """Give the form a fresh token: what is sent next is another call."""
        data = cast("QueryDict", self.data).copy()
        data["token"] = str(new_token())
        self.data = data


def new_token() -> UUID:
    """A name for one intended call."""
    return uuid4()
