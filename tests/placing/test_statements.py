"""What accepting one call costs the database: each statement here is a round trip somebody waits for."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.limits import actions as limits
from calls.placing import actions as placing
from calls.placing.actions import CallRefused
from calls.tenants import scope
from tests.world import NEW_YORKER, NOW, World

# The key, a call by the same name, the route with its agent and words, the version that speaks, the
# approved words, the contact, limits, launch gates, the approval, pauses, lists and consents.
READS = 12
# A real number is also counted: the pace, the rings, and the pace once more in the tenant's turn; and
# where it consented, it is asked whether that was taken back.
COUNTS = 4
# The call, its first event, the receipt and the audit entry, in one transaction.
WRITES = 4


def statements(world: World, **fields: Any) -> list[str]:
    """What is asked and written from the key to the commit; the database's turns are not among them."""
    fields = {"idempotency_key": "order-1"} | fields
    with CaptureQueriesContext(connection) as asked:
        key = scope.get_key(presented=world.key, now=NOW)
        assert key and key.tenant
        placing.place_call(
            ask=world.ask(**fields), tenant=key.tenant, actor=scope.key_actor(key), now=NOW
        )
    sent = [query["sql"] for query in asked.captured_queries]
    return [
        sql for sql in sent if re.match(r"\(?SELECT|INSERT|UPDATE|DELETE", sql) and not turn(sql)
    ]


def turn(sql: str) -> bool:
    return "pg_advisory_xact_lock" in sql


def cost(sent: list[str]) -> tuple[int, int]:
    """How many were reads, and how many writes."""
    reads = sum("SELECT" in sql[:7] for sql in sent)
    return reads, len(sent) - reads


WORDS: dict[str, tuple[int, dict[str, str]]] = {
    "the README's request": (READS, {}),
    "a greeting by its id": (READS, {"greeting_id": "…"}),
    "the agent's own words": (READS - 1, {"greeting": ""}),
    "nothing but the number": (READS - 1, {"greeting": "", "agent_key": "", "caller_id": ""}),
}


@pytest.mark.parametrize(("reads", "fields"), WORDS.values(), ids=list(WORDS))
def test_reads_and_writes_are_as_few(world: World, reads: int, fields: dict[str, str]) -> None:
    named = {"greeting_id": world.appointment.public_id} if "greeting_id" in fields else {}
    assert cost(statements(world, **fields | named)) == (reads, WRITES)


def test_a_real_number_is_counted_as_well(world: World) -> None:
    assert cost(statements(world, to=NEW_YORKER)) == (READS + COUNTS, WRITES)


def test_without_a_key_a_twin_is_looked_for_twice(world: World) -> None:
    """Before, and again in the turn of identical requests; nothing is looked up by a key."""
    assert cost(statements(world, idempotency_key=None)) == (READS + 1, WRITES)


def test_more_to_know_costs_no_more(world: World) -> None:
    for number in range(5):
        world.approve(world.draft(f"Hello from Acme, this is line {number}.", name=f"No. {number}"))
        window: dict[str, Any] = {"window_seconds": 60 + number, "actor": world.ada, "now": NOW}
        limits.set_limit(tenant=world.acme, scope="tenant", most=9, **window)
    assert cost(statements(world)) == (READS + 2, WRITES)  # the pace, twice


def test_a_replay_asks_only_for_what_was_kept(world: World) -> None:
    first = statements(world)
    again = statements(world)
    assert (len(first), cost(again)) == (READS + WRITES, (3, 0))


def test_a_refusal_costs_no_more_than_a_call(world: World) -> None:
    limits.pause(tenant=world.acme, reason="Complaints", actor=world.ada, now=NOW)
    with CaptureQueriesContext(connection) as asked, pytest.raises(CallRefused):
        world.place(actor=world.program, idempotency_key="order-1")
    sent = [q["sql"] for q in asked.captured_queries if not re.match("SAVE|RELEASE", q["sql"])]
    assert cost(sent) == (READS - 1, WRITES)  # no key was presented
