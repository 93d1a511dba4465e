"""What the page of one call says about it: facts, an explanation where one is needed, the raw record."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.dispatch.queries import pair_is_being_asked, pause_of
from calls.events.queries import Story
from calls.records import states
from calls.records.models import Call
from console.choices import DOORS
from console.timeline import pretty
from console.words import FINDINGS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Facts such as the summary may arrive a moment after the end.
LATE_FACTS = timedelta(seconds=10)
SOON = timedelta(minutes=2)

ESCALATED = _("They asked for a person and were handed over.")
OPTED_OUT = _("They asked not to be called again. The number now stands on the do-not-call list.")
ENDINGS: dict[str, "StrOrPromise"] = {
    states.REFUSED: _("A gate refused, so nobody was called. The receipt says what it saw."),
    states.REJECTED: _("The carrier refused the request, so nobody was called."),
    states.EXPIRED: _("It could not be placed in time, so nobody was called."),
    states.CANCELED: _("It was taken back, so nobody was called."),
    states.HELD: _("It waits for an approval. Nobody is called until then."),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence that stands out on the page: what is so, what is being done, and its tone."""

    title: str
    text: str
    tone: str
    at: datetime | None = None


def is_live(call: Call, now: datetime) -> bool:
    """Whether the page should look again by itself."""
    if call.is_over:
        return call.ended_at is not None and now - call.ended_at < LATE_FACTS
    return True


def moves_soon(call: Call, now: datetime) -> bool:
    """Whether a row of a list is worth asking about again."""
    return not call.is_over and not (call.is_scheduled(now) and call.due_at - now > SOON)


def explanation(call: Call, story: Story, now: datetime) -> Explanation | None:
    """What a reader has to know before anything else; None when the state speaks for itself."""
    if call.state == states.UNKNOWN:
        return _unknown(call)
    if call.state == states.NEEDS_HUMAN:
        return _needs_human(call)
    if dispute := _open_dispute(story):
        word = FINDINGS[dispute]
        return Explanation(str(word.text), str(word.meaning), word.tone)
    if call.state == states.QUEUED and call.reason_text and call.due_at > now:
        return Explanation(
            gettext("It waits and will be tried again"), call.reason_text, "wait", call.due_at
        )
    if call.state == states.QUEUED and call.due_at <= now and pair_is_being_asked(call):
        return Explanation(
            gettext("It waits for an earlier call between the same two numbers"),
            gettext(
                "Nobody knows yet whether that one rang, so this one is not dialled meanwhile."
            ),
            "wait",
        )
    if call.state == states.QUEUED and call.due_at <= now and (why := pause_of(call, now=now)):
        return Explanation(gettext("It waits in the queue"), why, "wait")
    if call.reason == "not_placed":
        said = gettext("What they found out stands below. Nothing more is sent for it.")
        return Explanation(call.reason_text, said, "info")
    if call.state in ENDINGS:
        tone = "stop" if call.state in (states.REFUSED, states.REJECTED) else "info"
        return Explanation(call.reason_text or str(ENDINGS[call.state]), _more(call), tone)
    if call.disposition == "opted_out":
        return Explanation(gettext("Opted out"), str(OPTED_OUT), "wait")
    return None


def _open_dispute(story: Story) -> str:
    """The kind of the newest finding about this call that nobody has settled; empty when there is none."""
    open_ones: dict[tuple[str, str], str] = {}
    for event in story.events:
        key = (event.data.get("kind", ""), event.data.get("carrier_call_id", ""))
        if event.what == "disputed":
            open_ones[key] = key[0]
        elif event.what == "dispute_settled":
            open_ones.pop(key, None)
    return next(reversed(open_ones.values()), "")


def _more(call: Call) -> str:
    return str(ENDINGS[call.state]) if call.reason_text else ""


def _unknown(call: Call) -> Explanation:
    return Explanation(
        gettext("Nobody knows yet whether this call was placed"),
        gettext(
            "%(why)s It may have rung, so it is never redialled on a guess. The carrier's log was read"
            " %(n)d times so far and is read again until it settles the question."
        )
        % {"why": call.reason_text, "n": call.checks},
        "odd",
        call.next_check_at,
    )


def _needs_human(call: Call) -> Explanation:
    return Explanation(
        call.reason_text or gettext("Someone has to find out what became of this call"),
        gettext(
            "It was looked for %(n)d times. Ask the carrier for the time and the two numbers on this"
            " page, and say here what you found out. It may have rung: until then it is not redialled."
        )
        % {"n": call.checks},
        "odd",
    )


def about(call: Call) -> list[tuple[str, Any]]:
    """Names and values for the head of the page; times stand beside, on named clocks."""
    door = DOORS.get(call.door, call.door)
    return [
        (gettext("Agent"), _agent(call)),
        (gettext("Asked by"), f"{call.requester_name} · {door}"),
        (gettext("Reference"), call.reference),
        (gettext("Carrier"), f"{call.account.name}"),
    ]


def _agent(call: Call) -> str:
    version = f" · v{call.agent_version.number}" if call.agent_version else ""
    return f"{call.agent.name}{version}"


def raw(call: Call, story: Story) -> str:
    """The whole record as JSON, for those who want to see what is stored."""
    shown = {
        field.attname: getattr(call, field.attname)
        for field in call._meta.concrete_fields
        if field.name not in ("fingerprint", "fence", "lease_until")
    }
    events = [
        {"what": e.what, "source": e.source, "at": e.at, "data": e.data} for e in story.events
    ]
    acts = [
        {
            "id": a.public_id,
            "verb": a.verb,
            "by": a.actor_name,
            "at": a.at,
            "request_id": a.request_id,
        }
        for a in story.audit
    ]
    whole = {"call_sid": call.sid, "status": call.status} | shown
    return pretty(whole | {"events": events, "audit": acts})
