"""What would change a refusal, and who can do it: one sentence for each code. Pure."""

from collections.abc import Iterable
from datetime import timedelta

REMEDIES = {
    "tenant_suspended": "Whoever runs the installation resumes the tenant.",
    "paused": "Somebody of the tenant lifts the pause (Rules, Limits and pauses), or it runs out.",
    "not_permitted": "An admin gives the right, or the call is asked for with a route and an agent of"
    " one's own business unit.",
    "invalid_number": "Another number is entered: this one rings nobody who could be meant.",
    "number_type_blocked": "Another number of the same person is used; of these kinds, toll-free alone can be"
    " switched on by an admin.",
    "country_blocked": "An admin switches the country on, for the tenant and for this caller ID.",
    "route_unavailable": "An admin switches the route on, or another caller ID is chosen.",
    "agent_unavailable": "An admin publishes a version of the agent, or another agent is chosen. A staged"
    " version is named by who has the right versions:choose.",
    "launch_not_approved": "Evidence is filed for each missing launch gate, and an owner who did not"
    " file it completes it.",
    "greeting_not_approved": "An owner other than the author approves these words, or an approved"
    " greeting is chosen.",
    "outside_hours": "Time: it passes when calling hours open on every clock the number may live by. A"
    " holiday of one part of a country closes all of it until somebody states for the number which part"
    " it is in (Rules).",
    "timezone_unknown": "Somebody states the clock this number lives by, with the source (Rules,"
    " Numbers' clocks).",
    "dnc_listed": "An owner or admin lifts the entry: a person's when that person asks for it, a block of"
    " numbers when its reason is gone.",
    "dnc_stale": "An admin imports a fresh copy of the registry (Rules, Do not call).",
    "consent_missing": "The person's consent is recorded with its evidence (Rules, Consent).",
    "frequency_cap": "Time: it passes when the earlier calls are long enough ago.",
    "velocity_cap": "Time, or an admin who raises the limit (Rules, Limits and pauses).",
    "possible_duplicate": "Time, or an idempotency key that says this is another call.",
    "gate_error": "Whoever runs the installation looks into the log and mends the fault.",
}

# Refusals that say nothing against the call itself: somebody elsewhere turns a switch, mends a fault or
# imports a file. A call on record waits for them as it waits for time, and is looked at again this often;
# every other refusal without an instant ends it (docs/gates.md, "What waits and what ends").
PASSING = {
    "paused": timedelta(minutes=1),
    "gate_error": timedelta(minutes=1),
    # Files are imported by hand, now and then, and each look costs a turn of the carrier account.
    "dnc_stale": timedelta(minutes=10),
}


def remedy_for(code: str) -> str:
    """What would change a refusal with this code; empty for a pass."""
    return REMEDIES.get(code, "")


def look_again(codes: Iterable[str]) -> timedelta:
    """How soon a call that waits for these refusals is judged again: the most patient one decides."""
    return max(PASSING.get(code, timedelta(0)) for code in codes)
