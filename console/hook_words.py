"""In which words webhooks are told on screens, theirs and ours."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.events.models import InboundEvent
from calls.hooks.models import Delivery, Endpoint
from console.words import Word

WORKS = Word(_("Works"), "check", "go")
UNTRIED = Word(_("Nothing sent yet"), "clock", "mute")
FAILS = Word(_("Fails"), "warning", "wait", _("The last try failed. It is tried again."))
OFF = Word(_("Switched off"), "ban", "stop", _("Somebody switched it off."))
GONE = Word(_("Gone"), "ban", "stop", _("It answered 410 Gone, which asks us to stop."))
FAILED = Word(_("Switched off"), "ban", "stop", _("Every try of five days failed."))
DELETED = Word(_("Deleted"), "minus", "mute")
_DISABLED = {Endpoint.PERSON: OFF, Endpoint.GONE: GONE, Endpoint.FAILING: FAILED}

_DELIVERIES = {
    "waiting": Word(_("Waits"), "clock", "wait"),
    "delivered": Word(_("Delivered"), "check", "go"),
    "given_up": Word(_("Given up"), "cross", "stop"),
}

_EFFECTS = {
    "": Word(_("Not read yet"), "clock", "wait"),
    InboundEvent.APPLIED: Word(_("Applied"), "check", "go", _("It changed a call.")),
    InboundEvent.NO_CHANGE: Word(_("No change"), "minus", "mute", _("We knew it already.")),
    InboundEvent.PARKED: Word(
        _("Parked"), "question", "odd", _("No call of ours is known for it; it is tried again.")
    ),
    InboundEvent.IGNORED: Word(_("Ignored"), "minus", "mute", _("It says nothing about a call.")),
    InboundEvent.BROKEN: Word(_("Given up"), "cross", "stop", _("It could not be applied.")),
}


def word_for_endpoint(row: Endpoint, *, tried: bool) -> Word:
    """Whether an endpoint takes what it is sent."""
    if row.ended_at is not None:
        return DELETED
    if row.disabled_at is not None:
        return _DISABLED[row.disabled_by]
    if row.failing_since is not None:
        return FAILS
    return WORKS if tried else UNTRIED


def word_for_delivery(row: Delivery) -> Word:
    """Where a delivery stands."""
    return _DELIVERIES[row.state]


def word_for_effect(row: InboundEvent) -> Word:
    """What became of a carrier's event."""
    return _EFFECTS[row.effect]


def tries_of(row: Delivery) -> list[dict[str, Any]]:
    """Every try, the newest first, its time read back."""
    return [
        tried | {"at": datetime.fromisoformat(tried["at"]), "number": number}
        for number, tried in reversed(list(enumerate(row.tries, start=1)))
    ]
