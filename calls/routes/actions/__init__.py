"""Verbs of carrier accounts and phone routes."""

from calls.routes.actions.accounts import (
    change_account,
    open_account,
    pause_account,
    resume_account,
)
from calls.routes.actions.breaker import close_breaker, open_breaker, plan_probe, take_probe
from calls.routes.actions.credentials import (
    OVERLAP,
    NothingToRotate,
    SandboxInProduction,
    WrongCredential,
    change_credential,
    must_be_there,
    must_fit,
    point_hooks,
    rotate_hook_secret,
    rotate_hook_token,
)
from calls.routes.actions.logs import note_log, note_match
from calls.routes.actions.routes import add_route, narrow_route, switch_route
from calls.routes.actions.tell import note_told, take_telling

__all__ = [
    "OVERLAP",
    "NothingToRotate",
    "SandboxInProduction",
    "WrongCredential",
    "add_route",
    "change_account",
    "change_credential",
    "close_breaker",
    "must_be_there",
    "must_fit",
    "narrow_route",
    "note_log",
    "note_match",
    "note_told",
    "open_account",
    "open_breaker",
    "pause_account",
    "plan_probe",
    "point_hooks",
    "resume_account",
    "rotate_hook_secret",
    "rotate_hook_token",
    "switch_route",
    "take_probe",
    "take_telling",
]
