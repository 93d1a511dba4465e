"""Verbs of dispatch: claim a call, record the intent, conclude the attempt, apply what a carrier says.

Nothing here talks to a carrier; `dial.py` and `reconcile.py` do, between these transactions.
"""

from calls.dispatch.actions.again import arrange_redial
from calls.dispatch.actions.claim import (
    LEAD,
    LEASE,
    LONGEST_WAIT_FOR_SLOT,
    Claim,
    Intent,
    claim,
    claim_next,
    expire,
    intend,
    release,
    take_slot,
)
from calls.dispatch.actions.conclude import REJECTED, conclude, lose_sight, recover
from calls.dispatch.actions.findings import keep_findings, settle_finding
from calls.dispatch.actions.people import (
    ENDINGS,
    decide_not_placed,
    decide_placed,
    may_decide,
)
from calls.dispatch.actions.proof import bind_after_all
from calls.dispatch.actions.report import (
    apply_report,
    beat,
    check_again,
    note_provider_duplicate,
    note_stray,
    take_checks,
    take_round,
)
from calls.dispatch.actions.steps import DISPATCH

__all__ = [
    "DISPATCH",
    "ENDINGS",
    "LEAD",
    "LEASE",
    "LONGEST_WAIT_FOR_SLOT",
    "REJECTED",
    "Claim",
    "Intent",
    "apply_report",
    "arrange_redial",
    "beat",
    "bind_after_all",
    "check_again",
    "claim",
    "claim_next",
    "conclude",
    "decide_not_placed",
    "decide_placed",
    "expire",
    "intend",
    "keep_findings",
    "lose_sight",
    "may_decide",
    "note_provider_duplicate",
    "note_stray",
    "recover",
    "release",
    "settle_finding",
    "take_checks",
    "take_round",
    "take_slot",
]
