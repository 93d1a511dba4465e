"""Verbs of dispatch: claim a call, record the intent, conclude the attempt, apply what a carrier says.

Nothing here talks to a carrier; `dial.py` and `reconcile.py` do, between these transactions.
"""

from calls.dispatch.actions.claim import LEASE, Claim, Intent, claim, intend
from calls.dispatch.actions.conclude import conclude, lose_sight, recover
from calls.dispatch.actions.report import (
    apply_report,
    beat,
    check_again,
    note_provider_duplicate,
    take_checks,
    take_round,
)
from calls.dispatch.actions.steps import DISPATCH

__all__ = [
    "DISPATCH",
    "LEASE",
    "Claim",
    "Intent",
    "apply_report",
    "beat",
    "check_again",
    "claim",
    "conclude",
    "intend",
    "lose_sight",
    "note_provider_duplicate",
    "recover",
    "take_checks",
    "take_round",
]
