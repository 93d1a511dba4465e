"""A key names one intended call for ever: sent again it is answered again, for another call refused."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.dnc import actions as dnc
from calls.placing.actions import CallRefused, KeyReused
from calls.placing.ask import Ask
from calls.records.models import Call
from tests.dispatch.steps import placed, report, tell
from tests.world import CALLEE, NOW, SEED, World

AT = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)
IN_BERLIN = AT.astimezone(timezone(timedelta(hours=1)))


def test_the_same_request_again_is_the_same_call(world: World) -> None:
    first = world.place(idempotency_key="k1")
    again = world.place(idempotency_key="k1", now=NOW + timedelta(seconds=1))
    assert again.call == first.call
    assert (first.replayed, again.replayed) == (False, True)
    assert again.due_at == first.due_at
    assert Call.objects.count() == 1


def test_a_replay_writes_nothing(world: World) -> None:
    call = world.place(idempotency_key="k1").call
    world.place(idempotency_key="k1")
    assert (call.events.count(), call.receipts.count()) == (1, 1)


def test_even_a_month_later(world: World) -> None:
    first = world.place(idempotency_key="k1")
    assert world.place(idempotency_key="k1", now=NOW + timedelta(days=31)).call == first.call


def test_even_when_the_call_is_long_over(world: World) -> None:
    call = placed(world, idempotency_key="k1")
    tell(call, report("completed"))
    assert world.place(idempotency_key="k1", now=NOW + timedelta(hours=1)).replayed


def test_even_when_the_gates_have_closed_since(world: World) -> None:
    first = world.place(idempotency_key="k1")
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="By phone", source="test", actor=SEED, now=NOW
    )
    assert world.place(idempotency_key="k1").call == first.call


def test_a_refusal_is_answered_again_as_a_refusal(world: World) -> None:
    refusals = []
    for _ in range(2):
        with pytest.raises(CallRefused) as refused:
            world.place(idempotency_key="k1", greeting="Nobody approved this.")
        refusals.append(refused.value)
    first, again = refusals
    assert (again.call, again.code, again.verdicts) == (first.call, first.code, first.verdicts)
    assert (first.replayed, again.replayed) == (False, True)


def test_a_refusal_stays_a_refusal_when_the_gates_open(world: World) -> None:
    with pytest.raises(CallRefused):
        world.place(idempotency_key="k1", greeting="Hello from Acme.")
    world.approve(world.draft("Hello from Acme."))
    with pytest.raises(CallRefused):
        world.place(idempotency_key="k1", greeting="Hello from Acme.")
    assert world.place(idempotency_key="k2", greeting="Hello from Acme.").call.state == "queued"


# what changes in the second request
OTHER: list[dict[str, Any]] = [
    {"to": "+15555555679"},
    {"greeting": "Another greeting"},
    {"reference": "order-8"},
    {"metadata": {"shop": "Bonn"}},
    {"when": "next_allowed"},
    {"scheduled_at": NOW + timedelta(hours=1)},
    {"expires_at": NOW + timedelta(hours=1)},
    {"caller_id": ""},
    {"agent_key": ""},
]


@pytest.mark.parametrize("change", OTHER)
def test_the_key_of_another_call_is_refused(world: World, change: dict[str, Any]) -> None:
    first = world.place(idempotency_key="k1").call
    with pytest.raises(KeyReused) as reused:
        world.place(idempotency_key="k1", **change)
    assert (reused.value.status, reused.value.details) == (422, {"call_sid": first.sid})
    assert Call.objects.count() == 1


# the same request in other words
SAME: list[dict[str, Any]] = [
    {"to": "+1 (555) 555-5678"},
    {"caller_id": "+1 555 555 1234"},
    {"door": "form"},
    {"allow_duplicate": True},
    {"metadata": {"b": "2", "a": "1"}},
    {"scheduled_at": IN_BERLIN},
]


@pytest.mark.parametrize("change", SAME)
def test_other_words_for_the_same_call_are_a_replay(world: World, change: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"metadata": {"a": "1", "b": "2"}, "scheduled_at": AT}
    first = world.place(idempotency_key="k1", **plain)
    assert world.place(idempotency_key="k1", **plain | change).call == first.call


def test_a_bad_field_does_not_use_up_the_key(world: World) -> None:
    with pytest.raises(Exception, match="no agent"):
        world.place(idempotency_key="k1", agent_key="nobody")
    assert not world.place(idempotency_key="k1").replayed


def test_another_tenants_key_is_another_key(world: World) -> None:
    world.place(idempotency_key="k1")
    Call.objects.update(tenant=world.globex)
    assert not world.place(idempotency_key="k1").replayed


def test_two_keys_are_two_calls(world: World) -> None:
    assert world.place(idempotency_key="k1").call != world.place(idempotency_key="k2").call


def test_keys_differ_in_case(world: World) -> None:
    assert world.place(idempotency_key="k1").call != world.place(idempotency_key="K1").call


def test_a_key_is_no_duplicate_of_a_call_without_one(world: World) -> None:
    world.place()
    assert not world.place(idempotency_key="k1").replayed


texts = st.text("abc +-()0123456789", max_size=12)


@given(texts, texts, st.dictionaries(texts, texts, max_size=3))
def test_the_fingerprint_depends_on_the_meaning_alone(
    reference: str, agent_key: str, metadata: dict[str, str]
) -> None:
    one = Ask(to="+1 415 234 5678", reference=reference, agent_key=agent_key, metadata=metadata)
    two = Ask(
        metadata=dict(reversed(metadata.items())),
        to="+14152345678",
        agent_key=agent_key,
        reference=reference,
        idempotency_key="k1",
        door="form",
    )
    same = "+14152345678"
    assert one.fingerprint(e164=same) == two.fingerprint(e164=same)
    assert one.fingerprint(e164=same) != one.fingerprint(e164="+14152345679")


def test_a_clock_on_the_wall_is_not_an_instant() -> None:
    wall = AT.replace(tzinfo=None)
    assert Ask(to="x", scheduled_at=wall).fingerprint(e164="x") != Ask(
        to="x", scheduled_at=AT
    ).fingerprint(e164="x")
