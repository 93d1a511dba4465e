"""What came of asking once: each class of evidence, and answers that come too late."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.dispatch.steps import (
    ACCEPTED,
    REMOTE,
    UNKNOWN,
    asking,
    claim,
    conclude,
    fresh,
    intend,
    lost,
    placed,
    report,
    story,
    tell,
)
from tests.world import NOW, World, account_of

LATER = NOW + timedelta(seconds=5)
NOTHING_SENT = Answer(Evidence.NO_BYTE_SENT, reason="The carrier could not be reached.")
REFUSED = Answer(Evidence.REFUSED, http_status=400, reason="The carrier refused: no such agent.")
UNAUTHORISED = Answer(Evidence.CREDENTIALS, http_status=401, reason="Bad key.")
FORBIDDEN = Answer(Evidence.CREDENTIALS, http_status=403, reason="Bad key.")
THROTTLED = Answer(Evidence.THROTTLED, http_status=429, retry_after=10.0, reason="Slow down.")
NAMELESS = Answer(Evidence.ACCEPTED, http_status=200)

# the answer; the call's state; the attempt's outcome and evidence
CLASSES = [
    (NOTHING_SENT, "queued", "refused", "E0"),
    (REFUSED, "rejected", "refused", "E1"),
    (UNAUTHORISED, "queued", "refused", "E2"),
    (FORBIDDEN, "queued", "refused", "E2"),
    (THROTTLED, "queued", "refused", "E3"),
    (ACCEPTED, "placed", "accepted", "E4"),
    (NAMELESS, "unknown", "unknown", "E4"),
    (UNKNOWN, "unknown", "unknown", "E5"),
]


@pytest.mark.parametrize(("answer", "state", "outcome", "evidence"), CLASSES)
def test_every_class_of_evidence(
    world: World, answer: Answer, state: str, outcome: str, evidence: str
) -> None:
    call = conclude(asking(world.place().call), answer, LATER)
    attempt = Attempt.objects.get()
    assert (call.state, fresh(call).state) == (state, state)
    assert (attempt.outcome, attempt.evidence) == (outcome, evidence)
    assert (attempt.http_status, attempt.concluded_at) == (answer.http_status, LATER)
    assert fresh(call).lease_until is None


def test_an_accepted_call_is_bound_and_asked_about(world: World) -> None:
    call = fresh(conclude(asking(world.place().call), ACCEPTED, LATER))
    assert (call.carrier_call_id, call.carrier_word) == (REMOTE, "queued")
    assert (call.dialled_at, call.outcome, call.status) == (NOW, "under_way", "initiated")
    assert call.next_check_at == NOW + timedelta(seconds=7)
    assert story(call) == ["accepted", "claimed", "asking", "placed"]


def test_a_rejected_call_is_over_and_says_why(world: World) -> None:
    call = fresh(conclude(asking(world.place().call), REFUSED, LATER))
    assert (call.reason, call.reason_text) == ("carrier_rejected", REFUSED.reason)
    assert (call.is_over, call.ended_at, call.status) == (True, LATER, "failed")
    assert claim(call, LATER + timedelta(hours=1)) is None


def test_a_throttled_call_waits_at_least_as_long_as_it_was_told(world: World) -> None:
    call = fresh(conclude(asking(world.place().call), THROTTLED, LATER))
    assert timedelta(seconds=10) <= call.due_at - LATER <= timedelta(seconds=12)
    assert call.events.get(what="requeued").data["evidence"] == "E3"


def test_what_was_proved_not_to_exist_is_asked_again_under_a_new_number(world: World) -> None:
    call = conclude(asking(world.place().call), NOTHING_SENT)
    again = intend(call, NOW + timedelta(seconds=2))
    assert again
    assert again.request.idempotency_key == f"{call.sid}-2"
    assert list(call.attempts.order_by("number").values_list("outcome", flat=True)) == [
        "refused",
        "intent",
    ]


def test_wrong_credentials_pause_the_account_once(world: World) -> None:
    for to in ("+15555557001", "+15555557002"):
        attempt = asking(world.place(to=to).call)
        conclude(attempt, UNAUTHORISED)
        world.account.refresh_from_db()
        assert world.account.paused_reason == UNAUTHORISED.reason
        world.account.paused_at = None
        world.account.save()
    assert AuditEntry.objects.filter(verb="account.paused").count() == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("No key in ENCRYPTION_KEYS opens this secret; it wants key 'deadbeef'.",) * 2,
        ("Twilio does not know this account. (Twilio 20003: Authenticate)",) * 2,
        ("", "The carrier rejected our credentials."),
    ],
)
def test_the_pause_says_what_was_said_of_the_credentials(
    world: World, said: str, kept: str
) -> None:
    call = world.place().call
    conclude(asking(call), Answer(Evidence.CREDENTIALS, reason=said))
    account = fresh(call).account
    assert (account.paused_reason, fresh(call).reason_text) == (kept, kept)


def test_behind_wrong_credentials_calls_wait_and_are_still_accepted(world: World) -> None:
    call = conclude(asking(world.place().call), UNAUTHORISED)
    assert claim(call, NOW + timedelta(hours=1)) is None
    assert world.place(to="+15555557001").call.state == "queued"


def test_an_unknown_call_is_looked_for_and_not_asked_again(world: World) -> None:
    call = fresh(lost(world))
    assert (call.reason, call.outcome, call.status) == ("outcome_unknown", "unknown", "initiated")
    assert call.next_check_at == NOW + timedelta(seconds=2)
    assert claim(call, NOW + timedelta(hours=1)) is None


def test_the_id_of_another_call_proves_nothing(world: World) -> None:
    placed(world)
    other = conclude(
        asking(world.place(to="+15555557001").call, NOW + timedelta(seconds=1)), ACCEPTED
    )
    assert fresh(other).state == "unknown"
    assert fresh(other).carrier_call_id is None
    assert "another call" in fresh(other).reason_text
    entry = AuditEntry.objects.get(verb="security.carrier_id_taken")
    assert (entry.target_id, entry.tenant_id) == (other.sid, world.acme.pk)
    assert entry.after == {"attempt": 1, "carrier_call_id": REMOTE}


def test_the_same_id_at_another_account_is_another_call(world: World) -> None:
    first = placed(world)
    Call.objects.filter(pk=first.pk).update(account=account_of(world.globex))
    second = conclude(
        asking(world.place(to="+15555557001").call, NOW + timedelta(seconds=1)), ACCEPTED
    )
    assert fresh(second).state == "placed"


def test_an_answer_after_the_event_changes_nothing(world: World) -> None:
    call = world.place().call
    attempt = asking(call)
    tell(call, report("completed", duration_seconds=12))
    conclude(attempt, ACCEPTED, LATER)
    assert (fresh(call).state, fresh(call).duration_seconds) == ("completed", 12)
    assert story(call)[-1] == "late_answer"


def test_a_late_answer_with_another_id_is_kept_on_record(world: World) -> None:
    call = world.place().call
    attempt = asking(call)
    tell(call, report("ringing"))
    conclude(attempt, Answer(Evidence.ACCEPTED, carrier_call_id="SM0002", http_status=200), LATER)
    assert fresh(call).carrier_call_id == REMOTE
    assert call.events.get(what="late_answer").data["carrier_call_id"] == "SM0002"


def test_an_answer_after_the_lease_still_binds(world: World) -> None:
    call = world.place().call
    attempt = asking(call)
    dispatch.recover(call_id=call.pk, now=NOW + timedelta(seconds=121))
    assert fresh(call).state == "unknown"
    conclude(attempt, ACCEPTED, NOW + timedelta(seconds=130))
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("placed", REMOTE)


@pytest.mark.parametrize("answer", [REFUSED, UNAUTHORISED, THROTTLED, NOTHING_SENT])
def test_a_late_refusal_never_settles_an_unknown(world: World, answer: Answer) -> None:
    """R1.10"""
    call = world.place().call
    attempt = asking(call)
    dispatch.recover(call_id=call.pk, now=NOW + timedelta(seconds=121))
    conclude(attempt, answer, NOW + timedelta(seconds=130))
    attempt.refresh_from_db()
    assert (fresh(call).state, attempt.outcome) == ("unknown", "unknown")
    assert story(call)[-1] == "late_answer"


def test_an_acceptance_ends_the_work_of_people(world: World) -> None:
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(seconds=21))
    assert fresh(call).state == "needs_human"
    conclude(call.attempts.get(), ACCEPTED, NOW + timedelta(seconds=30))
    assert fresh(call).state == "placed"


def test_a_fenced_worker_writes_nothing(world: World) -> None:
    call = world.place().call
    attempt = asking(call)
    Call.objects.filter(pk=call.pk).update(fence=7)
    conclude(attempt, REFUSED)
    assert fresh(call).state == "dispatching"
    assert story(call)[-1] == "late_answer"
