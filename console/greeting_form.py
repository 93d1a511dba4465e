"""The form for words: each {name} found in the text brings two fields, its type and its longest value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from calls.agents.models import Agent
from calls.greetings import wording
from calls.greetings.models import Greeting
from calls.greetings.wording import Placeholder
from calls.tenants.models import Org
from console import gaps

LANGUAGES = (
    ("en-US", "English (United States)"),
    ("en-GB", "English (United Kingdom)"),
    ("es-US", "Español (Estados Unidos)"),
    ("es-MX", "Español (México)"),
    ("fr-CA", "Français (Canada)"),
    ("fr-FR", "Français (France)"),
    ("de-DE", "Deutsch (Deutschland)"),
    ("pt-BR", "Português (Brasil)"),
)


@dataclass(frozen=True, slots=True)
class GapRow:
    """The fields of one placeholder and an example as long as it may get."""

    name: str
    type: forms.BoundField
    length: forms.BoundField
    new: bool


class WordsForm(forms.Form):
    """The text and its placeholders. `unseen` names those the author has not been shown yet."""

    text = forms.CharField(
        label=_("Words"),
        help_text=_("Write {first_name} where a value goes in. At most 500 characters."),
        max_length=4000,  # the domain counts exactly, and says how many there are
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "true"}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        text: str = "",
        placeholders: Sequence[Placeholder] = (),
    ) -> None:
        words = text if data is None else data.get("text", "")
        known = {p.name: p for p in placeholders}
        self.gaps = [
            known.get(name) or gaps.guess(name)
            for name in wording.names_in(words[: 2 * wording.MAX_TEXT])
        ]
        self.unseen: list[str] = []
        super().__init__(self._with_gaps(data), initial={"text": text})
        for gap in self.gaps:
            self._add(gap)

    def _with_gaps(self, data: QueryDict | None) -> QueryDict | None:
        """What was sent, with a proposal for each placeholder that came without its fields."""
        if data is None:
            return None
        complete = data.copy()
        for gap in self.gaps:
            if f"gap-{gap.name}-type" not in data:
                self.unseen.append(gap.name)
                complete[f"gap-{gap.name}-type"] = gap.type
                complete[f"gap-{gap.name}-length"] = str(gap.max_length)
        return complete

    def _add(self, gap: Placeholder) -> None:
        self.fields[f"gap-{gap.name}-type"] = forms.ChoiceField(
            label=_("Type"), choices=gaps.TYPES, initial=gap.type
        )
        self.fields[f"gap-{gap.name}-length"] = forms.IntegerField(
            label=_("Longest value"), min_value=1, max_value=120, initial=gap.max_length
        )

    def rows(self) -> list[GapRow]:
        """One row per placeholder, in the order of the text."""
        return [
            GapRow(
                name=gap.name,
                type=self[f"gap-{gap.name}-type"],
                length=self[f"gap-{gap.name}-length"],
                new=gap.name in self.unseen,
            )
            for gap in self.gaps
        ]

    def placeholders(self) -> list[Placeholder]:
        """The placeholders as chosen; one that cannot be read is as proposed."""
        return [self._chosen(gap) for gap in self.gaps]

    def _chosen(self, gap: Placeholder) -> Placeholder:
        cleaned = getattr(self, "cleaned_data", {})
        return Placeholder(
            gap.name,
            cleaned.get(f"gap-{gap.name}-type", gap.type),
            cleaned.get(f"gap-{gap.name}-length", gap.max_length),
        )

    def words(self) -> str:
        """The text as it stands in the form."""
        return str(self["text"].value() or "")[: 2 * wording.MAX_TEXT].strip()

    def longest(self) -> gaps.Longest:
        """The text with every placeholder at its longest."""
        if self.is_bound:
            self.is_valid()
        return gaps.at_its_longest(self.words(), self.placeholders())

    def agent_now(self) -> Agent | None:
        """The one agent that may say it as far as it is chosen; None for any."""
        return None

    def org_now(self) -> Org | None:
        """The one business unit it may be said for as far as it is chosen; None for any."""
        return None

    def language_now(self) -> str:
        """The language as far as it is chosen."""
        return ""


class GreetingForm(WordsForm):
    """A new greeting: its name, who may say it, for whom, in which language, and the words.

    The business unit is asked for only where there are some.
    """

    name = forms.CharField(
        label=_("Name"),
        help_text=_("How colleagues find it, for example “Appointment reminder”."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    agent = forms.ChoiceField(label=_("Agent"), required=False)

    field_order = ("name", "agent", "language", "org", "text")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        agents: Iterable[Agent],
        orgs: Iterable[Org] = (),
    ) -> None:
        super().__init__(data)
        self.orgs = {org.public_id: org for org in orgs}
        if self.orgs:
            self.fields["org"] = forms.ChoiceField(
                label=_("Business unit"),
                help_text=_(
                    "Only calls for it may say these words. It stays as it is chosen here."
                ),
                required=False,
                choices=[
                    ("", _("Any business unit")),
                    *((k, o.name) for k, o in self.orgs.items()),
                ],
            )
        self.agents = {agent.public_id: agent for agent in agents}
        choices = [(key, agent.name) for key, agent in self.agents.items()]
        self.fields["agent"] = forms.ChoiceField(
            label=_("Agent"), required=False, choices=[("", _("Any agent")), *choices]
        )
        self.order_fields(self.field_order)

    def agent_chosen(self) -> Agent | None:
        """The one agent that may say it; None for any."""
        return self.agents.get(self.cleaned_data["agent"])

    def agent_now(self) -> Agent | None:
        """The agent chosen, before the form is complete."""
        return self.agents.get(str(self["agent"].value() or ""))

    def org_chosen(self) -> Org | None:
        """The one business unit it may be said for; None for any."""
        return self.orgs.get(self.cleaned_data.get("org", ""))

    def org_now(self) -> Org | None:
        """The business unit chosen, before the form is complete."""
        return self.orgs.get(str(self["org"].value() or "")) if self.orgs else None

    def language_now(self) -> str:
        """The language chosen, before the form is complete; the first one at the beginning."""
        return str(self["language"].value() or LANGUAGES[0][0])


def revision_form(data: QueryDict | None, greeting: Greeting) -> WordsForm:
    """The form for new words of a greeting, filled with its newest."""
    newest = greeting.revisions.order_by("-number").first()
    if newest is None:
        return WordsForm(data)
    placeholders = wording.read_placeholders(newest.placeholders)
    return WordsForm(data, text=newest.text, placeholders=placeholders)
