"""Verbs of greetings: draft, revise, ask again; decide, withdraw; tell of it."""

from calls.greetings.actions.decide import (
    CannotDecide,
    NotInForce,
    UnfitWords,
    decide_review,
    withdraw_approval,
)
from calls.greetings.actions.tell import note_told, take_telling
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
    "note_told",
    "revise_greeting",
    "take_telling",
    "withdraw_approval",
]
