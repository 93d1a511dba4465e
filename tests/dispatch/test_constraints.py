"""What must never be, the database itself refuses: tried by hand, past every verb."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.dispatch.steps import asking, lost, placed
from tests.world import CALLEE, CALLER_ID, NOW, World, account_of


def attempt(call: Call, **fields: Any) -> None:
    """An attempt written by hand."""
    given: dict[str, Any] = {
        "tenant_id": call.tenant_id,
        "call": call,
        "account": call.account,
        "number": 9,
        "caller_id": CALLER_ID,
        "to": CALLEE,
        "fence": 9,
        "request_sha256": "0" * 64,
        "intent_at": NOW,
    }
    Attempt.objects.create(**given | fields)


def refused(call: Call, **fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt(call, **fields)


@pytest.mark.parametrize("outcome", ["intent", "unknown", "accepted"])
def test_a_second_live_attempt_of_a_call(world: World, outcome: str) -> None:
    """R1.6: whatever the first one came to, if a call may exist there is no second request."""
    for call in (lost(world, to="+15555557001"), placed(world, to="+15555557002")):
        refused(call, to="+15555557003", outcome=outcome)


@pytest.mark.parametrize("outcome", ["refused", "absent"])
def test_an_attempt_closed_with_proof_makes_room(world: World, outcome: str) -> None:
    call = lost(world)
    call.attempts.update(outcome=outcome)
    attempt(call)
    assert call.attempts.count() == 2


@pytest.mark.parametrize("outcome", ["intent", "unknown"])
def test_a_second_open_attempt_between_the_same_numbers(world: World, outcome: str) -> None:
    """R1.9: or a row of the log could be either one's."""
    lost(world)
    other = world.place(allow_duplicate=True).call
    refused(other, outcome=outcome)


def test_another_tenant_may_ask_between_the_same_numbers(world: World) -> None:
    lost(world)
    attempt(world.place(allow_duplicate=True).call, tenant_id=world.globex.pk)


def test_the_same_number_of_an_attempt(world: World) -> None:
    call = lost(world)
    refused(call, number=1, outcome="refused")


def test_an_outcome_nobody_knows(world: World) -> None:
    refused(world.place().call, outcome="perhaps")


def test_the_same_carrier_id_in_one_account(world: World) -> None:
    placed(world)
    other = world.place(to="+15555557001").call
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=other.pk).update(carrier_call_id="SM0001")


def test_the_same_carrier_id_in_another_account_is_another_call(world: World) -> None:
    placed(world)
    other = world.place(to="+15555557001").call
    elsewhere = account_of(world.globex)
    Call.objects.filter(pk=other.pk).update(carrier_call_id="SM0001", account=elsewhere)


def test_the_same_idempotency_key_in_one_tenant(world: World) -> None:
    world.place(idempotency_key="k1")
    other = world.place(to="+15555557001").call
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=other.pk).update(idempotency_key="k1")
    Call.objects.filter(pk=other.pk).update(idempotency_key="k1", tenant=world.globex)


WRONG: list[dict[str, Any]] = [
    {"state": "perhaps"},
    {"state": ""},
    {"outcome": "perhaps"},
    {"state": "dispatching"},  # without a lease it would never be recovered
    {"greeting_revision": None},  # words nobody approved
    {"duration_seconds": -1},
    {"checks": -1},
    {"tenant": None},
    {"due_at": None},
    {"expires_at": None},
]


@pytest.mark.parametrize("fields", WRONG)
def test_a_call_that_cannot_be(world: World, fields: dict[str, Any]) -> None:
    call = world.place().call
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**fields)


def test_a_used_up_call_keeps_its_attempts(world: World) -> None:
    call = world.place().call
    asking(call)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).delete()
