"""Was a version shown to be ready for real people, and who may say so? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

NAMES = ("security", "behaviour", "operations", "rollout")


@dataclass(frozen=True, slots=True)
class CompletionFacts:
    """What the judgement looks at: is there evidence, from whom, and who wants to accept it."""

    is_filed: bool
    is_complete: bool
    filed_by_id: UUID | None
    made_by_id: UUID | None
    completer_id: UUID | None
    may_complete: bool


def objection(facts: CompletionFacts) -> str:
    """Why this person cannot complete the gate, as a sentence with the next step; empty when they can."""
    if not facts.may_complete or facts.completer_id is None:
        return "Only a business owner completes launch gates. Ask one to open this page."
    if not facts.is_filed:
        return "No evidence is filed yet. File it first, then another person completes the gate."
    if facts.is_complete:
        return "This gate is complete already. Reload to see by whom."
    if facts.completer_id == facts.filed_by_id:
        return "You filed this evidence, so someone else has to accept it. Ask another owner."
    if facts.completer_id == facts.made_by_id:
        return "You made this version, so someone else has to accept it. Ask another owner."
    return ""


def missing(complete: Iterable[str]) -> tuple[str, ...]:
    """The launch gates that nobody completed yet, in their order."""
    done = set(complete)
    return tuple(name for name in NAMES if name not in done)
