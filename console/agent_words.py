"""The words for where a version and its launch gates stand, and what differs between two versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from calls.agents import life
from calls.agents.configuration import KEYS
from calls.agents.launch import NAMES
from calls.agents.models import AgentVersion, LaunchGate
from console.words import Word

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VERSIONS: Mapping[str, Word] = {
    life.DRAFT: Word(_("Draft"), "pen", "mute", _("It speaks to nobody.")),
    life.STAGED: Word(_("Staged"), "stack", "info", _("It speaks where a call names it.")),
    life.PUBLISHED: Word(_("Published"), "check", "go", _("Calls speak with this version.")),
    life.RETIRED: Word(_("Retired"), "minus", "mute", _("It speaks to nobody any more.")),
}
COMPLETE = Word(_("Complete"), "check", "go", _("A second person accepted the evidence."))
FILED = Word(_("Filed"), "clock", "wait", _("An owner has to accept the evidence."))
MISSING = Word(_("Missing"), "minus", "mute", _("No evidence is filed."))

SETTINGS: Mapping[str, "StrOrPromise"] = {
    "model": _("Model"),
    "voice": _("Voice"),
    "language": _("Language"),
    "prompt_key": _("Prompt key"),
    "media_url": _("Media URL"),
    "carrier_version_id": _("Carrier's version id"),
}
GATES: Mapping[str, tuple["StrOrPromise", "StrOrPromise"]] = {
    "security": (_("Security"), _("Nobody can make it say or give away what it must not.")),
    "behaviour": (_("Behaviour"), _("It says what it should, also to rude or confused callees.")),
    "operations": (_("Operations"), _("Somebody notices when it fails, and knows what to do.")),
    "rollout": (_("Rollout"), _("Who hears it first, and how one goes back, is agreed.")),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a configuration: its value before, in the published version, and here."""

    label: "StrOrPromise"
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


def settings_of(version: AgentVersion, published: AgentVersion | None) -> list[Setting]:
    """Every key that this version or the published one has, in one order."""
    after: Mapping[str, Any] = version.config
    before: Mapping[str, Any] = published.config if published else {}
    keys = [key for key in KEYS if key in after or key in before]
    others = sorted((set(after) | set(before)) - set(KEYS))
    return [
        Setting(SETTINGS.get(key, key), str(before.get(key, "")), str(after.get(key, "")))
        for key in [*keys, *others]
    ]


def words_of(version: AgentVersion) -> list[Word]:
    """Where a version stands, and its share while it is the canary."""
    words = [VERSIONS[version.state]]
    if version.canary_share:
        text = say("Canary: %d of 100") % version.canary_share
        words.append(Word(text, "person", "info", _("Always the same callees hear it.")))
    return words


@dataclass(frozen=True, slots=True)
class GateLine:
    """One launch gate as a screen shows it; `gate` is None while nobody filed anything."""

    name: str
    label: "StrOrPromise"
    question: "StrOrPromise"
    word: Word
    gate: LaunchGate | None


def gates_of(version: AgentVersion) -> list[GateLine]:
    """All four launch gates, in their order, filed or not."""
    found = {gate.name: gate for gate in version.launch_gates.all()}
    return [GateLine(name, *GATES[name], _word(found.get(name)), found.get(name)) for name in NAMES]


def complete(version: AgentVersion | None) -> int:
    """How many of the four launch gates are complete."""
    gates: Iterable[LaunchGate] = version.launch_gates.all() if version else ()
    return sum(gate.is_complete for gate in gates)


def _word(gate: LaunchGate | None) -> Word:
    if gate is None or gate.filed_at is None:
        return MISSING
    return COMPLETE if gate.is_complete else FILED
