"""The forms of agents: the agent, a version's configuration, a share, a reason, evidence."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from calls.agents.actions.launch import LONGEST_EVIDENCE
from calls.agents.configuration import LONGEST
from calls.agents.models import Agent, AgentVersion
from calls.greetings.models import Greeting
from calls.tenants.models import Member, User
from console.agent_words import SETTINGS
from console.greeting_form import LANGUAGES


class AgentForm(forms.Form):
    """What an agent is called and what it calls about."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("How colleagues find it."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        help_text=_(
            "The rules of the callee's place say which consent a call needs: the US, the UK and the "
            "EU ask for express consent to every call, the US for written consent to sell. Approvals "
            "of words are bound to the purpose."
        ),
        choices=Agent.purpose.field.choices or [],
    )


class NewAgentForm(AgentForm):
    """A new agent, with the key that programs name it by."""

    agent_key = forms.SlugField(
        label=_("Key"),
        help_text=_(
            "Programs name the agent by it, for example support_primary. It never changes."
        ),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    field_order = ("name", "agent_key", "purpose")


class OpeningForm(forms.Form):
    """The greeting an agent opens with when a request names none."""

    greeting = forms.ChoiceField(
        label=_("Default greeting"),
        help_text=_("What it opens with when a call names no greeting."),
        required=False,
    )

    def __init__(
        self, data: QueryDict | None = None, *, agent: Agent, greetings: Iterable[Greeting]
    ) -> None:
        chosen = agent.default_greeting
        super().__init__(data, initial={"greeting": chosen.public_id if chosen else ""})
        offered = [
            g
            for g in greetings
            if g.agent_id in (None, agent.pk) and g.org_id in (None, agent.org_id)
        ]
        self.greetings = {g.public_id: g for g in [*([chosen] if chosen else []), *offered]}
        choices = [(key, greeting.name) for key, greeting in self.greetings.items()]
        self.fields["greeting"] = forms.ChoiceField(
            label=self.fields["greeting"].label,
            help_text=self.fields["greeting"].help_text,
            required=False,
            choices=[("", _("None: every call names one")), *choices],
        )

    def greeting_chosen(self) -> Greeting | None:
        """The greeting it shall open with; None for none."""
        return self.greetings.get(self.cleaned_data["greeting"])


def _text(key: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=SETTINGS[key],
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class VersionForm(forms.Form):
    """A version's configuration, which never changes afterwards."""

    model = _text("model", _("The carrier's name of the voice model."))
    voice = _text("voice", _("How it sounds, for example alloy."))
    language = forms.ChoiceField(label=SETTINGS["language"], choices=LANGUAGES)
    prompt_key = _text("prompt_key", _("Which instructions it follows after the greeting."))
    media_url = _text("media_url", _("Where the call's sound is streamed, wss:// or https://."))
    carrier_version_id = _text(
        "carrier_version_id", _("Sent with each call, if the carrier has one.")
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What is new, for who reads the history."),
        required=False,
        max_length=300,
    )

    def config(self) -> dict[str, str]:
        """What was filled in."""
        return {key: self.cleaned_data[key] for key in SETTINGS if self.cleaned_data[key]}


def version_form(data: QueryDict | None, newest: AgentVersion | None) -> VersionForm:
    """The form for a new version, filled with the newest one's configuration."""
    config: Mapping[str, Any] = newest.config if newest else {}
    return VersionForm(data, initial=dict(config))


class ShareForm(forms.Form):
    """How many of a hundred callees hear a staged version."""

    share = forms.IntegerField(
        label=_("Share of callees, of 100"),
        help_text=_("0 takes it back. Who hears it at 10 also hears it at 20."),
        min_value=0,
        max_value=100,
    )


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("Kept in the audit log."), max_length=300
    )


class EvidenceForm(forms.Form):
    """What shows that a version is ready, and who answers for it."""

    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("What was tested, by whom, and where the result can be read."),
        max_length=LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    owner = forms.ChoiceField(
        label=_("Who answers for it"), help_text=_("Somebody to ask when it turns out otherwise.")
    )

    def __init__(
        self, data: QueryDict | None = None, *, members: Iterable[Member], **initial: str
    ) -> None:
        super().__init__(data, initial=initial)
        self.people = {member.public_id: member.user for member in members}
        self.fields["owner"] = forms.ChoiceField(
            label=self.fields["owner"].label,
            help_text=self.fields["owner"].help_text,
            choices=[(key, str(user)) for key, user in self.people.items()],
        )

    def owner_chosen(self) -> User:
        """Who answers for it."""
        return self.people[self.cleaned_data["owner"]]
