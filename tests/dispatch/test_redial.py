"""Somebody whom a call did not reach is dialled again where the tenant says so: by a call of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.sweep import sweep
from calls.dnc import actions as dnc
from calls.greetings import actions as greetings
from calls.lib.errors import Refusal
from calls.limits import actions as limits
from calls.placing.actions import cancel_call
from calls.records.models import Call
from calls.records.queries import series_of
from calls.tenants import actions as tenants
from tests.dispatch.steps import (
    asking,
    conclude,
    fresh,
    lost,
    placed,
    report,
    story,
    tell,
)
from tests.world import CALLEE, NOW, SEED, World

MINUTE = timedelta(minutes=1)
ENDED = NOW + MINUTE
VOICEMAIL: dict[str, Any] = {"disposition": "voicemail", "duration_seconds": 12}


@pytest.fixture(autouse=True)
def wanted(world: World) -> None:
    """Acme wants busy lines, unanswered calls and voicemails tried again."""
    gaps = {"redial_busy": [5, 30], "redial_no_answer": [10], "redial_voicemail": [120]}
    tenants.change_tenant(tenant=world.acme, actor=world.ada, now=NOW, **gaps)


def ended(world: World, state: str, *, remote: str = "SM0001", **facts: Any) -> Call:
    """A call that the carrier says ended so, a minute after it was asked for."""
    call = placed(world, remote=remote)
    tell(call, report(state, carrier_call_id=remote, **facts), ENDED)
    return fresh(call)


def taken(remote: str) -> Answer:
    """The carrier takes the call under this id."""
    return Answer(Evidence.ACCEPTED, carrier_call_id=remote, http_status=200, word="queued")


def again(call: Call, now: datetime = ENDED) -> Call:
    """Its redial."""
    found = dispatch.arrange_redial(call_id=call.pk, now=now)
    assert found, story(call)
    return Call.objects.get(pk=found.pk)


# how it ends; minutes after which it is dialled again
ENDS: list[tuple[str, dict[str, Any], int | None]] = [
    ("busy", {}, 5),
    ("no_answer", {}, 10),
    ("completed", VOICEMAIL, 120),
    ("completed", {"disposition": "answered"}, None),
    ("completed", {"disposition": "opted_out"}, None),
    ("completed", {}, None),
    ("failed", {}, None),
    ("canceled", {}, None),
]


@pytest.mark.parametrize(("state", "facts", "minutes"), ENDS)
def test_which_ends_are_dialled_again(
    world: World, state: str, facts: dict[str, Any], minutes: int | None
) -> None:
    call = ended(world, state, **facts)
    expected = None if minutes is None else ENDED + minutes * MINUTE
    assert call.redial_at == expected
    assert queries.redials_to_arrange(limit=9) == ([call.pk] if minutes else [])


def test_the_redial_is_a_call_of_its_own_with_the_same_words(world: World) -> None:
    call = ended(world, "busy")
    redial = again(call)
    assert (redial.state, redial.due_at) == ("queued", ENDED + 5 * MINUTE)
    same = ("to", "caller_id", "agent_id", "greeting_text", "greeting_sha256", "requester_id")
    assert [getattr(redial, name) for name in same] == [getattr(call, name) for name in same]
    assert (redial.door, redial.redial_of_id, redial.redial_number) == ("redial", call.pk, 1)
    assert redial.receipts.get().allowed
    assert AuditEntry.objects.filter(verb="call.accepted", target_id=redial.public_id).exists()
    assert story(call)[-1] == "redial_arranged"


def test_it_is_arranged_once(world: World) -> None:
    call = ended(world, "busy")
    again(call)
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED) is None
    Call.objects.filter(pk=call.pk).update(redial_at=ENDED)
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED + MINUTE) is None
    assert Call.objects.filter(redial_of=call).count() == 1


def test_the_sweep_arranges_it(world: World) -> None:
    call = ended(world, "no_answer")
    sweep(now=ENDED + timedelta(seconds=1))
    assert Call.objects.get(redial_of=call).due_at == ENDED + 10 * MINUTE


def test_redials_of_redials_widen_and_end(world: World) -> None:
    first = ended(world, "busy")
    second = again(first)
    at = second.due_at
    conclude(asking(second, at), taken("SM0002"), at)
    tell(second, report("busy", carrier_call_id="SM0002", at=at), at + MINUTE)
    third = again(fresh(second), at + MINUTE)
    assert (third.redial_of_id, third.redial_number) == (first.pk, 2)
    assert third.due_at == at + 31 * MINUTE
    at = third.due_at
    conclude(asking(third, at), taken("SM0003"), at)
    tell(third, report("busy", carrier_call_id="SM0003", at=at), at + MINUTE)
    assert fresh(third).redial_at is None
    for call in (first, second, third):
        assert series_of(fresh(call)) == [first, second, third]


def test_a_call_that_was_not_dialled_again_is_no_series(world: World) -> None:
    assert series_of(ended(world, "failed")) == []


def test_nobody_knows_whether_it_rang_so_it_is_not_dialled_again(world: World) -> None:
    call = fresh(lost(world))
    assert call.redial_at is None
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED) is None


def test_one_attempt_was_accepted_for_each_call(world: World) -> None:
    first = ended(world, "busy")
    second = again(first)
    conclude(asking(second, second.due_at), taken("SM0002"), second.due_at)
    assert [c.attempts.filter(outcome="accepted").count() for c in (first, second)] == [1, 1]


def test_who_opted_out_meanwhile_is_not_dialled_again(world: World) -> None:
    call = ended(world, "busy")
    listed = {"reason": "Asked", "source": "mail", "actor": SEED, "now": ENDED}
    dnc.add_number(tenant=world.acme, number=CALLEE, **listed)
    redial = again(call)
    assert (redial.state, redial.reason) == ("refused", "dnc_listed")
    assert redial.redial_of_id == call.pk


def test_frequency_counts_it_like_any_call(world: World) -> None:
    limits.set_limit(
        tenant=world.acme,
        scope="callee",
        most=1,
        window_seconds=3600,
        actor=SEED,
        now=NOW,
        reason="Once an hour",
    )
    redial = again(ended(world, "busy"))
    assert redial.due_at == NOW + timedelta(hours=1)  # the first minute that fits, not five later


def test_words_that_were_withdrawn_are_not_said_again(world: World) -> None:
    call = ended(world, "busy")
    review = world.appointment.reviews.get()
    greetings.withdraw_approval(asked=review, actor=world.alice, now=ENDED)
    redial = again(call)
    assert (redial.state, redial.reason) == ("refused", "greeting_not_approved")


def test_whoever_left_dials_nobody_again(world: World) -> None:
    call = ended(world, "busy")
    tenants.end_membership(member=world.members["bob"], actor=world.ada, now=ENDED)
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED) is None
    assert story(call)[-1] == "redial_not_possible"
    assert "may no longer ask" in call.events.get(what="redial_not_possible").data["why"]


def test_a_revoked_key_dials_nobody_again(world: World) -> None:
    call = placed(world, actor=world.program)
    tell(call, report("busy"), ENDED)
    tenants.revoke_key(key=world.runtime_key, actor=world.ada, now=ENDED)
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED) is None


def test_what_cannot_even_be_asked_for_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ended(world, "busy")

    def refuses(**_: object) -> None:
        raise Refusal("This route is gone.")

    monkeypatch.setattr("calls.dispatch.actions.again.place_call", refuses)
    assert dispatch.arrange_redial(call_id=call.pk, now=ENDED) is None
    assert call.events.get(what="redial_not_possible").data == {"why": "This route is gone."}


def test_canceled_it_ends_the_series(world: World) -> None:
    redial = again(ended(world, "busy"))
    cancel_call(call=redial, actor=world.bob, now=ENDED)
    assert (fresh(redial).state, fresh(redial).redial_at) == ("canceled", None)


def test_a_voicemail_that_turns_out_to_be_an_answer_is_not_dialled_again(world: World) -> None:
    call = ended(world, "completed", **VOICEMAIL)
    tell(call, report("completed", disposition="answered"), ENDED + MINUTE)
    assert fresh(call).redial_at is None


def test_late_facts_arrange_nothing_twice(world: World) -> None:
    call = ended(world, "completed", **VOICEMAIL)
    again(call)
    tell(call, report("completed", summary="It beeped.", **VOICEMAIL), ENDED + MINUTE)
    assert fresh(call).redial_at is None


def test_a_round_that_comes_late_still_asks_for_now(world: World) -> None:
    call = ended(world, "busy")
    late = ENDED + timedelta(hours=3)
    assert again(call, late).due_at == late
