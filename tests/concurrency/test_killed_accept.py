"""A process is killed at each statement of an accept, as the kernel would: all rows stand, or none (R1.5, F36)."""

import os
import signal
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections

from calls.audit.models import AuditEntry
from calls.records.models import Call, CallEvent, Receipt
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = (Call, CallEvent, Receipt, AuditEntry)
FEWEST = 8  # statements of one accept; fewer would mean that the deaths below were not tried


class Killer:
    """Kills this process before its n-th statement."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return run(sql, params, many, context)


def rows() -> list[int]:
    return [model.objects.count() for model in KEPT]


def asked(number: int) -> dict[str, Any]:
    """A request like no other, with its key."""
    return {"to": f"+1555555{7000 + number}", "idempotency_key": f"order-{number}"}


def dies(world: World, *, at: int) -> bool:
    """Place it in a process of its own; whether that died before it was done."""
    actor = world.program
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    child = os.fork()
    if child == 0:
        with suppress(BaseException), connection.execute_wrapper(Killer(at)):
            world.place(actor=actor, **asked(at))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_process_may_die_at_any_statement_of_an_accept(world: World) -> None:
    at, before, kept = 0, rows(), []
    while dies(world, at=at):
        after = rows()
        stands = [now - then for now, then in zip(after, before, strict=True)]
        assert stands in ([0] * 4, [1] * 4), f"died at statement {at}"
        again = world.place(actor=world.program, **asked(at))
        assert again.replayed == (stands == [1] * 4)
        assert Call.objects.filter(idempotency_key=f"order-{at}").count() == 1
        kept.append(stands[0])
        at, before = at + 1, rows()
    assert len(kept) >= FEWEST
    # It was done, and its answer was lost: the same request is answered from what stands.
    assert world.place(actor=world.program, **asked(at)).replayed
