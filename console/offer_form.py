"""What the forms about one call share: choices out of an offer, and a number read as the caller ID suggests."""

from typing import Any, cast

from django import forms

from calls.lib import phone
from calls.lib.errors import BadField
from calls.placing.resolve import read_number
from console.choices import Choices, Offer, agent_choices, route_choices
from console.number_forms import home_words, region_of


class OfferForm(forms.Form):
    """Somebody chooses a caller ID and an agent for a call to one number."""

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.offer = offer
        self.offer_choices("route", route_choices(offer.routes))
        self.offer_choices("agent", agent_choices(offer.agents))

    def offer_choices(self, name: str, choices: Choices) -> None:
        """Let a field be chosen out of these."""
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def home(self) -> str | None:
        """The region whose way of writing numbers is understood: that of the caller ID."""
        return region_of(self.offer.route(str(self["route"].value())))

    @property
    def home_words(self) -> str:
        """Which spelling the number field understands."""
        return home_words(self.home)

    def read(self, text: str) -> phone.Number:
        """The number a typed text means. Raises ValidationError."""
        try:
            return read_number(text, home=self.home)
        except BadField as problem:
            raise forms.ValidationError(problem.sentence) from None
