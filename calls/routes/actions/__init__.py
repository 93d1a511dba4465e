"""Verbs of carrier accounts and phone routes."""

from calls.routes.actions.accounts import (
    WrongCredential,
    open_account,
    pause_account,
    point_hooks,
    resume_account,
)
from calls.routes.actions.breaker import close_breaker, open_breaker, plan_probe, take_probe
from calls.routes.actions.routes import add_route, narrow_route, switch_route

__all__ = [
    "WrongCredential",
    "add_route",
    "close_breaker",
    "narrow_route",
    "open_account",
    "open_breaker",
    "pause_account",
    "plan_probe",
    "point_hooks",
    "resume_account",
    "switch_route",
    "take_probe",
]
