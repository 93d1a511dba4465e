"""May this person decide on these words? Pure."""

from dataclasses import dataclass
from uuid import UUID

DECISIONS = ("approved", "changes_requested", "rejected")


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the judgement looks at: is the review still open, is this the newest text, who wrote it."""

    is_open: bool
    is_latest: bool
    author_id: UUID | None
    decider_id: UUID | None
    may_decide: bool
    decision: str
    comment: str


def objection(facts: ReviewFacts) -> str:
    """Why this decision cannot stand, as a sentence with the next step; empty when it can."""
    if not facts.may_decide or facts.decider_id is None:
        return "Only a business owner may decide. Ask one to open this page."
    if facts.decision not in DECISIONS:
        return "Approve, reject, or ask for changes."
    if not facts.is_open:
        return "This review is already decided. Reload to see by whom."
    if not facts.is_latest:
        return "The words were edited since. Decide on the newest revision."
    if facts.decider_id == facts.author_id:
        return "You wrote these words, so someone else has to decide. Ask another owner."
    if facts.decision != "approved" and not facts.comment.strip():
        return "Say what should change, so that the author can act on it."
    return ""
