"""Verbs of greetings: draft, revise, ask again; decide, withdraw."""

from calls.greetings.actions.decide import (
    CannotDecide,
    NotInForce,
    UnfitWords,
    decide_review,
    withdraw_approval,
)
from calls.greetings.actions.write import (
    CannotAskAgain,
    NameTaken,
    ask_again,
    draft_greeting,
    revise_greeting,
)

__all__ = [
    "CannotAskAgain",
    "CannotDecide",
    "NameTaken",
    "NotInForce",
    "UnfitWords",
    "ask_again",
    "decide_review",
    "draft_greeting",
    "revise_greeting",
    "withdraw_approval",
]
