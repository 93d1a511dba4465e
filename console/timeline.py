"""One line of time for a call: our steps, gates, requests, webhooks and people, in human sentences. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from calls.events.queries import Story
from calls.records.models import Receipt
from console.words import word_for

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The word of each kind of event: sentence, icon, tone. {…} come from the event's data.
SENTENCES: dict[str, tuple["StrOrPromise", str, str]] = {
    "accepted": (_("Accepted"), "check", "info"),
    "held": (_("Held until an owner approves its words"), "pause", "wait"),
    "released": (_("Its words were approved"), "check", "go"),
    "refused": (_("Refused by a gate"), "shield", "stop"),
    "canceled": (_("Canceled"), "minus", "mute"),
    "claimed": (_("Taken up by a worker"), "arrow", "info"),
    "asking": (_("Asked the carrier"), "phone", "info"),
    "requeued": (_("Back in the queue"), "clock", "wait"),
    "expired": (_("Its time ran out before it could be placed"), "clock", "mute"),
    "placed": (_("The carrier took the call"), "phone", "info"),
    "rejected": (_("The carrier would not take the call"), "cross", "stop"),
    "ringing": (_("The phone rings"), "ring", "info"),
    "in_progress": (_("Somebody answered"), "chat", "info"),
    "completed": (_("The call took place"), "check", "go"),
    "busy": (_("The line was busy"), "minus", "mute"),
    "no_answer": (_("Nobody picked up"), "missed", "mute"),
    "failed": (_("The carrier could not connect it"), "cross", "stop"),
    "outcome_unknown": (_("Nobody knows yet whether the call was placed"), "question", "odd"),
    "needs_human": (_("Handed to a person"), "person", "odd"),
    "decided_placed": (_("A person found out that it was placed"), "person", "info"),
    "decided_not_placed": (_("A person found out that it was never placed"), "person", "mute"),
    "redial_arranged": (_("It reached nobody and is dialled again"), "phone", "info"),
    "redial_not_possible": (_("It is not dialled again"), "minus", "mute"),
    "enriched": (_("Late facts arrived"), "plus", "mute"),
    "version_changed": (
        _("Another version of the agent speaks than when it was accepted"),
        "bot",
        "info",
    ),
    "late_answer": (_("The carrier's answer came late"), "clock", "mute"),
    "terminal_conflict": (_("The carrier contradicts how this call ended"), "warning", "wait"),
    "disputed": (_("What the carrier shows disputes this call"), "warning", "stop"),
    "dispute_settled": (_("The dispute with the carrier is settled"), "check", "mute"),
    "provider_duplicate": (_("The carrier's log shows a second call"), "warning", "stop"),
}
SOURCES: dict[str, "StrOrPromise"] = {
    "api": _("API"),
    "form": _("console"),
    "member": _("console"),
    "key": _("API"),
    "dispatch": _("Greenlight"),
    "redial": _("Greenlight"),
    "gates": _("Greenlight"),
    "carrier": _("carrier's answer"),
    "webhook": _("carrier's webhook"),
    "reconcile": _("carrier's log"),
    "call_log": _("carrier's log"),
}
# When the gates were asked, by the moment a receipt keeps.
MOMENTS: dict[str, "StrOrPromise"] = {
    Receipt.ACCEPT: _("before accepting"),
    Receipt.DIAL: _("again before dialling"),
    Receipt.STOP: _("again while it waited"),
}
EVIDENCE: dict[str, "StrOrPromise"] = {
    "E0": _("No byte was sent, so nothing was placed."),
    "E1": _("The carrier refused, so nothing was placed."),
    "E2": _("The carrier rejected our credentials, so nothing was placed."),
    "E3": _("The carrier asked us to slow down, so nothing was placed."),
    "E4": _("The carrier accepted it."),
    "E5": _("The answer does not say whether it was placed."),
    "E6": _("The carrier's log or a webhook proves that it was placed."),
    "E7": _("Its whole log does not show it."),
}
EFFECTS: dict[str, "StrOrPromise"] = {
    "applied": _("It moved the call."),
    "no_change": _("It changed nothing."),
    "ignored": _("It was ignored."),
    "parked": _("It waits for its call."),
    "broken": _("It could not be read; the carrier's log tells the rest."),
    "disputed": _("It shows a call that was taken for never placed."),
    "": _("Not read yet."),
}
# Events whose data are evidence somebody may have to look at; the others say all in their sentence.
EVIDENT = {"late_answer", "terminal_conflict", "provider_duplicate", "disputed"}
# Acts that are steps of their own already: the audit entry joins the step instead of repeating it.
AUDITED = {
    "call.accepted": "accepted",
    "call.held": "held",
    "call.refused": "refused",
    "call.canceled": "canceled",
    "call.decided_placed": "decided_placed",
    "call.decided_not_placed": "decided_not_placed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as parts/timeline.html draws it; `data` is shown on request.

    `order` is the id of its row: ids grow with time, so they order what the clock cannot tell apart.
    """

    at: datetime
    order: UUID
    what: str
    source: str = ""
    icon: str = "dots"
    tone: str = "mute"
    detail: str = ""
    data: str = ""


def steps_of(story: Story) -> list[Step]:
    """Everything in order of time; what belongs to the same instant in the order of its causes."""
    steps = [*_receipts(story), *_events(story), *_requests(story), *_webhooks(story)]
    steps += _people(story)
    return sorted(steps, key=lambda step: (step.at, step.order))


def pretty(data: Any) -> str:
    """JSON for people; text that is no JSON stays as it came."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return str(data)
    return json.dumps(data, indent=2, ensure_ascii=False, default=str) if data else ""


def _receipts(story: Story) -> Iterable[Step]:
    for receipt in story.receipts:
        stopped = [v for v in receipt.verdicts if v["outcome"] != "pass"]
        first = receipt.moment == receipt.ACCEPT
        moment = str(MOMENTS[receipt.moment])
        order = UUID(int=0) if first else receipt.pk  # the gates come before what they decide
        counts = {"n": len(stopped), "all": len(receipt.verdicts)}
        if not stopped:
            passed = say("All %(all)d gates passed") % counts
            yield Step(receipt.at, order, passed, moment, "shield", "go")
            continue
        yield Step(
            receipt.at,
            order,
            say("%(n)d of %(all)d gates did not let it through") % counts,
            moment,
            "shield",
            "wait" if all(v["outcome"] == "wait" for v in stopped) else "stop",
            " ".join(str(v["message"]) for v in stopped),
        )


def _events(story: Story) -> Iterable[Step]:
    actors = {
        AUDITED[entry.verb]: entry.actor_name for entry in story.audit if entry.verb in AUDITED
    }
    requested = {attempt.number for attempt in story.attempts}
    for event in story.events:
        if event.what == "asking" and event.data.get("attempt") in requested:
            continue  # the request itself stands in the line
        word = word_for(event.what)
        what, icon, tone = SENTENCES.get(event.what, (word.text, word.icon, word.tone))
        source = str(SOURCES.get(event.source, event.source))
        if actor := actors.get(event.what):
            source = f"{actor}, {source}"
        data = pretty(event.data) if event.what in EVIDENT else ""
        yield Step(event.at, event.pk, str(what), source, icon, tone, _detail(event.data), data)


def _detail(data: dict[str, Any]) -> str:
    if why := data.get("why"):
        return str(why)
    if word := data.get("word"):
        return say("The carrier's word: %s") % str(word)
    if number := data.get("number"):
        return str(say("Version %s") % number)
    if facts := data.get("facts"):
        return ", ".join(str(fact).replace("_", " ") for fact in facts)
    return ""


def _requests(story: Story) -> Iterable[Step]:
    for attempt in story.attempts:
        shown = {
            "attempt": attempt.number,
            "outcome": attempt.outcome,
            "evidence": attempt.evidence,
            "http_status": attempt.http_status,
            "request_sha256": attempt.request_sha256,
            "concluded_at": attempt.concluded_at,
        }
        yield Step(
            attempt.intent_at,
            attempt.pk,
            say("Asked the carrier, request %d") % attempt.number,
            "Greenlight",
            "phone",
            "odd" if attempt.outcome == "unknown" else "info",
            _conclusion(attempt.evidence, attempt.http_status, attempt.reason),
            pretty(shown),
        )


def _conclusion(evidence: str, http_status: int | None, reason: str) -> str:
    meaning = str(EVIDENCE.get(evidence, say("No answer yet.")))
    answered = f"HTTP {http_status}. " if http_status else ""
    return f"{answered}{meaning} {reason}".strip()


def _webhooks(story: Story) -> Iterable[Step]:
    for event in story.inbound:
        again = say(", delivered %d times") % event.deliveries if event.deliveries > 1 else ""
        yield Step(
            event.received_at,
            event.pk,
            say("Webhook %s") % event.kind + again,
            say("signature genuine"),
            "download",
            "mute",
            str(EFFECTS.get(event.effect, event.effect)),
            pretty(event.body),
        )


def _people(story: Story) -> Iterable[Step]:
    for entry in story.audit:
        if entry.verb not in AUDITED:
            act = entry.verb.rpartition(".")[2].replace("_", " ").capitalize()
            source = say("%s, audit log") % entry.actor_name
            yield Step(entry.at, entry.pk, act, source, "person")
