"""The form behind "why not, and when?": one number, and the call somebody would place to it."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.greetings.wording import DEFAULT_LENGTHS, Placeholder, read_placeholders
from calls.lib import phone
from calls.placing.ask import Ask
from console import searches
from console.access import TenantRequest
from console.choices import Offer, greeting_choices, offer_to
from console.offer_form import OfferForm

CHOSEN = ("route", "agent", "greeting")
OWN = "own"  # the greeting the agent opens with by itself
# Stands in for what will be filled in later: a look-up is about the number, not about the values.
STAND_INS = {"name": "Maria", "text": "order", "date": "1 May", "time": "9", "amount": "9"}


class LookupForm(OfferForm):
    """A number in any spelling; the number is sent by POST, the rest may stand in the URL."""

    number = forms.CharField(
        label=_("Telephone number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "aria-keyshortcuts": "/"}
        ),
    )
    route = forms.ChoiceField(label=_("Caller ID they see"))
    agent = forms.ChoiceField(label=_("Agent"))
    greeting = forms.ChoiceField(label=_("Greeting"))

    def __init__(self, chosen: QueryDict, *, offer: Offer, number: str | None) -> None:
        chosen_data = _data(chosen, offer) | {"number": number or ""}
        super().__init__(chosen_data if number else None, offer=offer, initial=chosen_data)
        # A number is answered for even where nothing can call it yet.
        self.fields["route"].required = bool(offer.routes)
        self.fields["agent"].required = bool(offer.agents)
        own = (OWN, gettext("The agent's own greeting"))
        self.offer_choices("greeting", [own, *greeting_choices(offer.greetings)])
        self.fields["number"].help_text = self.home_words

    @classmethod
    def of(cls, request: TenantRequest) -> "LookupForm":
        """What this URL asks about."""
        return cls(request.GET, offer=offer_to(request), number=searches.recall(request))

    def clean_number(self) -> phone.Number:
        """The number the typed text means."""
        return self.read(self.cleaned_data["number"])

    @property
    def found(self) -> phone.Number | None:
        """The number, when one was typed that can be read."""
        return self.cleaned_data["number"] if self.is_bound and self.is_valid() else None

    def ask(self) -> Ask:
        """The call somebody would place now; gaps of its greeting hold stand-ins."""
        given = self.cleaned_data
        route = self.offer.route(given["route"])
        return Ask(
            to=given["number"].e164,
            caller_id=route.number if route else "",
            agent_key=given["agent"],
            greeting_id=self._greeting_id(),
            variables={gap.name: _stand_in(gap) for gap in self._gaps()},
            door="form",
        )

    def _greeting_id(self) -> str:
        if self.cleaned_data["greeting"] != OWN:
            return str(self.cleaned_data["greeting"])
        own = (
            a.default_greeting for a in self.offer.agents if a.agent_key == self["agent"].value()
        )
        greeting = next(own, None)
        return greeting.public_id if greeting else ""

    def _gaps(self) -> list[Placeholder]:
        chosen = self.offer.greeting(self._greeting_id())
        revision = chosen.live_revision if chosen else None
        return read_placeholders(revision.placeholders) if revision else []


def _data(chosen: QueryDict, offer: Offer) -> dict[str, Any]:
    """What was chosen where it is on offer, and the first of its kind otherwise."""
    wished = {name: chosen.get(name, "") for name in CHOSEN}
    route = offer.route(wished["route"]) or next(iter(offer.routes), None)
    keys = [agent.agent_key for agent in offer.agents]
    usual = offer.usual_agent.agent_key if offer.usual_agent else ""
    agent = wished["agent"] if wished["agent"] in keys else usual
    greeting = wished["greeting"] if offer.greeting(wished["greeting"]) else OWN
    return {"route": route.public_id if route else "", "agent": agent, "greeting": greeting}


def _stand_in(gap: Placeholder) -> str:
    return STAND_INS.get(gap.type, STAND_INS["text"])[
        : min(gap.max_length, DEFAULT_LENGTHS["text"])
    ]
