"""May this person decide on these words? Pure."""

from dataclasses import dataclass
from uuid import UUID

DECISIONS = ("approved", "changes_requested", "rejected")


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the judgement looks at: is the review still open, is this the newest text, whose is it.

    `author_ids` are whoever wrote the words and whoever asked for their approval.
    """

    is_open: bool
    is_latest: bool
    author_ids: frozenset[UUID]
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
    if facts.decider_id in facts.author_ids:
        return "You wrote these words, so someone else has to decide. Ask another owner."
    if facts.decision != "approved" and not facts.comment.strip():
        return "Say what should change, so that the author can act on it."
    return ""


def renewal_objection(*, waits_already: bool, was_approved: bool, ends: bool) -> str:
    """Why asking anew for the same words makes no sense, as a sentence; empty when it does."""
    if waits_already:
        return "A revision of this greeting waits for an owner already. Have it decided first."
    if not was_approved:
        return "These words were never approved. Write a new revision instead."
    if not ends:
        return "These words are approved without an end, so there is nothing to ask for."
    return ""
