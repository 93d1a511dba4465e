"""Registries as screens tell of them: whose they are, how old our copy is, what it holds."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.dnc import age, queries
from calls.dnc.actions import RegistryShrunk
from calls.dnc.models import DncImport, DncSource
from console.access import TenantRequest
from console.words import Word

AGES = {
    age.FRESH: Word(_("Fresh"), "check", "go", _("Our copy proves who is not listed.")),
    age.AGEING: Word(_("Fetch soon"), "clock", "wait", _("Our copy is too old in a few days.")),
    age.STALE: Word(_("Too old"), "warning", "stop", _("Calls that need this copy are refused.")),
}
BESIDE = Word(
    _("Adds numbers"),
    "plus",
    "info",
    _("The installation keeps this registry too: the age of its copy decides, yours adds numbers."),
)
STATES = {
    DncImport.WAITING: Word(_("Waiting"), "clock", "info"),
    DncImport.RUNNING: Word(_("Reading"), "refresh", "info", live=True),
    DncImport.DONE: Word(_("Done"), "check", "go"),
    DncImport.FAILED: Word(_("Failed"), "cross", "stop"),
}


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """A registry with the word for its age."""

    source: DncSource
    word: Word
    note: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One file with the word for where it stands."""

    found: DncImport
    word: Word

    @property
    def is_moving(self) -> bool:
        """Whether there is progress to look at."""
        return self.found.state in (DncImport.WAITING, DncImport.RUNNING)

    @property
    def was_too_short(self) -> bool:
        """Whether it was refused for lifting too many, which somebody may say is right."""
        return self.found.problem_code == RegistryShrunk.code


def line_of(source: DncSource, request: TenantRequest) -> RegistryLine:
    """A registry as the list tells of it."""
    fetched, most = source.fetched_at, source.max_age_days
    left = age.days_left(fetched, most, request.now)
    beside = queries.is_beside_another(source)
    word = BESIDE if beside else AGES[age.standing(fetched, most, request.now)]
    if fetched is None:
        return RegistryLine(source, word, gettext("Never fetched."))
    words = gettext("%(left)d of %(most)d days left") % {"left": left, "most": most}
    return RegistryLine(source, word, words)


def lines_of(request: TenantRequest) -> list[RegistryLine]:
    """Every registry that counts for the tenant."""
    return [line_of(source, request) for source in queries.visible_sources(request.tenant)]


def imports_of(source: DncSource, request: TenantRequest, *, most: int) -> list[ImportLine]:
    """The last files of a registry, the newest first."""
    rows = queries.last_imports([source], now=request.now)[:most]
    return [ImportLine(found, STATES[found.state]) for found in rows]
