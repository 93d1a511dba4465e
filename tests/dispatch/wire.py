"""Dialling for real: the README's world against a sandbox that keeps a ledger."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch.dial import dial
from calls.dispatch.reconcile import reconcile
from calls.records.models import Call
from tests.carriers.world import fetch
from tests.dispatch.steps import fresh
from tests.patience import until
from tests.world import World


def placed_to(world: World, digits: str, **fields: Any) -> Call:
    """A call accepted now, to the number that chooses a script."""
    return world.place(to=f"+1555555{digits}", now=timezone.now(), **fields).call


def carry(call: Call) -> Call:
    """Dial until the call has left the queue, without waiting for its next try."""
    for _ in range(5):
        if fresh(call).state != "queued":
            break
        Call.objects.filter(pk=call.pk).update(due_at=timezone.now())
        dial(call_id=call.pk)
    return fresh(call)


def finish(world: World, call: Call) -> Call:
    """Read the carrier's log, a minute later each time, until the call's end is known."""
    start, minutes = timezone.now(), count(1)

    def known() -> bool:
        reconcile(account=world.account, now=start + next(minutes) * timedelta(seconds=61))
        return fresh(call).is_over or fresh(call).state == "needs_human"

    until(known)
    return fresh(call)


def ledger(sandbox: Sandbox, call: Call) -> int:
    """How many calls the carrier really placed to this number."""
    return len(fetch(f"{sandbox.url}/ledger?to={call.to}")["data"])


def log_answers(sandbox: Sandbox, status: int) -> None:
    """Let the carrier's log fail with a status; 0: well again."""
    fetch(f"{sandbox.url}/control/log", method="PUT", orders={"status": status})


def order(sandbox: Sandbox, call: Call, script: str) -> None:
    """Give the call's number another script."""
    fetch(f"{sandbox.url}/control/scripts/{call.to}", method="PUT", orders={"script": script})
