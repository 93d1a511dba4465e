"""Verbs of placing: judge and place, preview, cancel, stop, settle what was held."""

from calls.placing.actions.cancel import NOT_YOURS, CannotCancel, cancel_call, may_cancel
from calls.placing.actions.hold import settle_call, settle_held
from calls.placing.actions.place import (
    CallRefused,
    KeyReused,
    Placement,
    place_call,
    preview_call,
)
from calls.placing.actions.stop import for_good, stop_call, stop_forbidden
from calls.placing.judge import Preview

__all__ = [
    "NOT_YOURS",
    "CallRefused",
    "CannotCancel",
    "KeyReused",
    "Placement",
    "Preview",
    "cancel_call",
    "for_good",
    "may_cancel",
    "place_call",
    "preview_call",
    "settle_call",
    "settle_held",
    "stop_call",
    "stop_forbidden",
]
