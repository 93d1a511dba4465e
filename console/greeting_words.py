"""The word, icon and tone for where a greeting or a review of it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from calls.greetings.linter import Finding
from calls.greetings.models import Greeting, Review
from console.words import Word

LIVE = Word(_("Live"), "check", "go", _("Calls may speak these words."))
EXPIRED = Word(_("Expired"), "clock", "stop", _("The approval has run out; calls are refused."))
WITHDRAWN = Word(_("Withdrawn"), "ban", "stop", _("An owner took the approval back."))
WAITING = Word(_("Waiting"), "clock", "wait", _("An owner has to decide."))
REPLACED = Word(_("Approved earlier"), "check", "mute", _("Newer words took its place."))

DECISIONS: Mapping[str, Word] = {
    Review.OPEN: WAITING,
    Review.CHANGES_REQUESTED: Word(
        _("Changes requested"), "pen", "wait", _("The author is asked for other words.")
    ),
    Review.REJECTED: Word(_("Rejected"), "cross", "stop", _("These words will not be used.")),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as screens show it: its tone, its icon, the sentence, and the piece of text it is about."""

    tone: str
    icon: str
    sentence: str
    piece: str


def lines_of(findings: Iterable[Finding], text: str) -> list[FindingLine]:
    """Findings of the linter for a screen, in their order; no piece where the sentence quotes it."""
    return [
        FindingLine(
            tone="stop" if found.stops else "info",
            icon="cross" if found.stops else "info",
            sentence=found.sentence,
            piece="" if (piece := text[found.start : found.end]) in found.sentence else piece,
        )
        for found in findings
    ]


def word_for_review(review: Review, now: datetime, live_revision_id: object = None) -> Word:
    """Where one review stands at `now`; words approved but no longer used say so."""
    if review.decision != Review.APPROVED:
        return DECISIONS[review.decision]
    if review.withdrawn_at is not None:
        return WITHDRAWN
    if not review.is_in_force(now):
        return EXPIRED
    return LIVE if review.revision_id == live_revision_id else REPLACED


def words_for_greeting(
    greeting: Greeting, reviews: Iterable[Review], now: datetime
) -> list[tuple[Word, Review]]:
    """What is true of a greeting: the words in use first, then the newest review when it adds something.

    `reviews` are the greeting's, newest first.
    """
    newest_first = list(reviews)
    used = [r for r in newest_first if r.decision == Review.APPROVED and _is_live(r, greeting)]
    shown = [*used[:1], *[r for r in newest_first[:1] if r not in used[:1]]]
    return [(word_for_review(r, now, greeting.live_revision_id), r) for r in shown]


def _is_live(review: Review, greeting: Greeting) -> bool:
    return review.revision_id == greeting.live_revision_id
