"""The word, icon and tone for each thing a screen can say about a call: one table, nothing else decides.

Tones: go (done, allowed), wait (will pass later), stop (blocked, failed), info (under way), odd (not known), mute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Word:
    """What a chip shows. `meaning` is the sentence behind the word; `live` says it will change by itself."""

    text: StrOrPromise
    icon: str
    tone: str
    meaning: StrOrPromise = ""
    live: bool = False


STATES: Mapping[str, Word] = {
    "held": Word(_("Held"), "pause", "wait", _("Waits for an approval.")),
    "queued": Word(_("Queued"), "clock", "info", _("Due now; it dials in a moment."), live=True),
    "scheduled": Word(_("Scheduled"), "calendar", "mute", _("Dials when its time has come.")),
    "dispatching": Word(_("Dispatching"), "arrow", "info", _("Being handed over."), live=True),
    "placed": Word(_("Placed"), "phone", "info", _("The carrier took the call."), live=True),
    "ringing": Word(_("Ringing"), "ring", "info", _("The phone rings."), live=True),
    "in_progress": Word(_("In progress"), "chat", "info", _("They are talking."), live=True),
    "completed": Word(_("Completed"), "check", "go", _("The call took place.")),
    "voicemail": Word(_("Voicemail"), "voicemail", "mute", _("A machine answered.")),
    "opted_out": Word(_("Opted out"), "ban", "wait", _("They asked not to be called again.")),
    "busy": Word(_("Busy"), "minus", "mute", _("The line was busy.")),
    "no_answer": Word(_("No answer"), "missed", "mute", _("It rang; nobody picked up.")),
    "failed": Word(_("Failed"), "cross", "stop", _("The carrier could not connect it.")),
    "unknown": Word(
        _("Unknown"),
        "question",
        "odd",
        _("The carrier's answer was lost. We look it up and never redial on a guess."),
        live=True,
    ),
    "needs_human": Word(
        _("Needs a person"),
        "person",
        "odd",
        _("The carrier's log does not settle it; someone must."),
    ),
    "refused": Word(_("Refused"), "shield", "stop", _("A gate did not let it through.")),
    "rejected": Word(_("Rejected"), "cross", "stop", _("The carrier would not take it.")),
    "expired": Word(_("Expired"), "clock", "mute", _("Its time passed before it could be placed.")),
    "canceled": Word(_("Canceled"), "minus", "mute", _("Someone took it back before it dialled.")),
}

# What the records do not agree on, by the kind of finding.
FINDINGS: Mapping[str, Word] = {
    "only_there": Word(
        _("Only at the carrier"),
        "question",
        "odd",
        _("The carrier's log shows a call from this number that nobody asked for here."),
    ),
    "only_here": Word(
        _("Not in the log"),
        "missed",
        "odd",
        _("The carrier took this call, but its whole log does not show it."),
    ),
    "event_only": Word(
        _("Only an event"),
        "dots",
        "mute",
        _("A genuine event speaks of a call that neither we nor the carrier's log know."),
    ),
    "twice": Word(
        _("Placed twice"),
        "warning",
        "stop",
        _("We asked once and the carrier shows two calls. The carrier account is paused."),
    ),
    "after_all": Word(
        _("Placed after all"),
        "warning",
        "stop",
        _(
            "It was taken for never placed, and the carrier shows it. The carrier account is paused."
        ),
    ),
}

VERDICTS: Mapping[str, Word] = {
    "pass": Word(_("Pass"), "check", "go"),
    "wait": Word(_("Wait"), "clock", "wait"),
    "block": Word(_("Block"), "cross", "stop"),
}

OUTCOMES: Mapping[str, StrOrPromise] = {
    "reached": _("Reached a person"),
    "voicemail": _("Voicemail"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "failed": _("Failed at carrier"),
    "refused": _("Refused by a gate"),
    "unknown": _("Unknown"),
    "other": _("Other"),
}


def word_for(state: str) -> Word:
    """Return the word of `state`; a state nobody drew yet is shown by its own name rather than hidden."""
    return STATES.get(state) or Word(state.replace("_", " ").capitalize(), "question", "mute")


def word_for_call(
    *, state: str, now: datetime, due_at: datetime | None = None, disposition: str = ""
) -> Word:
    """Return the word of one call: queued for later reads "Scheduled", a completed call says who answered."""
    if state == "queued" and due_at is not None and due_at > now:
        return STATES["scheduled"]
    if state == "completed" and disposition in ("voicemail", "opted_out"):
        return STATES[disposition]
    return word_for(state)


def word_for_verdict(verdict: str) -> Word:
    """Return the word of a gate's verdict (pass, wait, block); anything else is shown as a block."""
    return VERDICTS.get(verdict, VERDICTS["block"])
