"""Who opted out in a call that is not on record, and whose list is meant? Pure.

An event names two numbers, and carriers differ in which one they call `to`. Ours is known by the routes;
the other one is the person's.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptOut:
    """A person's number, and the number of ours they spoke with; empty when the event names none."""

    person: str
    ours: str


def opt_out_in(*, to: str, caller_id: str, our_numbers: Collection[str]) -> OptOut | None:
    """Which of the two numbers (E.164, or empty) opted out; None when it could only be one of our own."""
    if to and to not in our_numbers:
        return OptOut(person=to, ours=caller_id)
    if to and caller_id and caller_id not in our_numbers:
        return OptOut(person=caller_id, ours=to)  # they called us, or the carrier swapped the two
    return None
