"""A carrier that does not answer is asked for no more calls, and a GET finds out when it is well."""

from datetime import datetime, timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.dial import TOO_SLOW
from calls.dispatch.models import Attempt
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import ACCEPTED, UNKNOWN, asking, claim, conclude, fresh, lost
from tests.world import NOW, SEED, World, account_of

SECOND = timedelta(seconds=1)
NOTHING_SENT = Answer(Evidence.NO_BYTE_SENT, reason="The carrier could not be reached.")
REFUSED = Answer(Evidence.REFUSED, http_status=400)


def answered(world: World, *answers: Answer, start: int = 0, now: datetime = NOW) -> None:
    """One call after the other, a second apart, each answered like this."""
    for number, answer in enumerate(answers, start):
        at = now + number * SECOND
        call = world.place(to=f"+1555555{7000 + number}", now=at).call
        if answer.evidence == Evidence.ACCEPTED:
            answer = Answer(Evidence.ACCEPTED, carrier_call_id=f"SM{number}", http_status=200)
        conclude(asking(call, at), answer, at)


def account(world: World) -> CarrierAccount:
    """Acme's account as it is on record."""
    return CarrierAccount.objects.get(pk=world.account.pk)


@pytest.mark.parametrize("answer", [NOTHING_SENT, UNKNOWN])
def test_five_requests_without_an_answer_open_it(world: World, answer: Answer) -> None:
    answered(world, *[answer] * 4)
    assert account(world).broken_at is None
    answered(world, answer, start=4)
    broken = account(world)
    assert (broken.broken_at, broken.breaks) == (NOW + 4 * SECOND, 1)
    assert broken.probe_at == NOW + 14 * SECOND


def test_our_own_trouble_is_no_sign_that_the_carrier_is_ill(world: World) -> None:
    answered(world, *[TOO_SLOW] * 8)
    assert (account(world).broken_at, queries.recent_outcomes(world.account, now=NOW)) == (None, [])
    answered(world, *[NOTHING_SENT] * 4, start=20)
    assert account(world).broken_at is None


def test_lost_workers_are_no_sign_of_it_either(world: World) -> None:
    for number in range(5):
        call = world.place(to=f"+1555555{7000 + number}").call
        asking(call)
        dispatch.recover(call_id=call.pk, now=NOW + dispatch.LEASE)
    answered(world, UNKNOWN, start=121)
    assert account(world).broken_at is None


def test_old_calls_that_people_settle_now_are_no_sign_of_it(world: World) -> None:
    calls = [lost(world, to=f"+1555555{7100 + number}") for number in range(4)]
    for call in calls:
        dispatch.check_again(call_id=call.pk, absent=True, now=NOW + 600 * SECOND)
        dispatch.decide_not_placed(
            call=fresh(call),
            actor=world.alice,
            now=NOW + 1000 * SECOND,
            how_known="Not in the portal.",
            again=False,
        )
    answered(world, NOTHING_SENT, start=1001)
    assert account(world).broken_at is None


def test_requests_that_hung_until_their_limit_count(world: World) -> None:
    asked = [asking(world.place(to=f"+1555555{7000 + n}").call) for n in range(5)]
    for attempt in asked:
        conclude(attempt, UNKNOWN, NOW + 74 * SECOND)
    assert account(world).broken_at == NOW + 74 * SECOND


def test_wrong_requests_do_not_open_it(world: World) -> None:
    answered(world, *[REFUSED] * 8)
    assert account(world).broken_at is None


def test_as_many_good_answers_and_one_keep_it_closed(world: World) -> None:
    answered(world, *[ACCEPTED] * 6, *[UNKNOWN] * 5)
    assert account(world).broken_at is None
    answered(world, UNKNOWN, start=11)
    assert account(world).broken_at is not None


def test_failures_of_more_than_a_minute_ago_do_not_count(world: World) -> None:
    answered(world, *[UNKNOWN] * 4)
    answered(world, UNKNOWN, start=70)
    assert account(world).broken_at is None


def test_only_the_last_twenty_count(world: World) -> None:
    world.account.concurrency = 99
    world.account.save()
    answered(world, *[ACCEPTED] * 25, *[UNKNOWN] * 10)
    assert account(world).broken_at is not None


def test_another_accounts_failures_are_its_own(world: World) -> None:
    other = account_of(world.globex)
    answered(world, *[UNKNOWN] * 4)
    Attempt.objects.update(account=other)
    answered(world, UNKNOWN, start=5)
    assert account(world).broken_at is None


def test_behind_an_open_breaker_nothing_is_claimed_and_everything_accepted(world: World) -> None:
    answered(world, *[UNKNOWN] * 5)
    call = world.place(now=NOW + 5 * SECOND).call
    assert call.state == "queued"
    assert queries.accounts_with_due_calls(NOW + 6 * SECOND) == []
    assert claim(call, NOW + 6 * SECOND) is None
    (route,) = [v for v in call.receipts.get().verdicts if v["gate"] == "route"]
    assert (route["outcome"], route["saw"]["account_paused"]) == (
        "pass",
        "The carrier does not answer.",
    )


def test_a_call_claimed_before_goes_back_to_its_place(world: World) -> None:
    call = world.place(now=NOW).call
    claimed = claim(call)
    assert claimed
    answered(world, *[UNKNOWN] * 5)
    assert dispatch.intend(claimed=claimed, now=NOW + 6 * SECOND) is None
    call = fresh(call)
    assert (call.state, call.due_at) == ("queued", NOW)
    assert "does not answer" in call.reason_text


def test_behind_it_calls_still_expire(world: World) -> None:
    answered(world, *[UNKNOWN] * 5)
    call = world.place(now=NOW + 5 * SECOND).call
    assert claim(call, NOW + timedelta(hours=25)) is None
    assert fresh(call).state == "expired"


def test_it_opens_once_and_people_can_read_why(world: World) -> None:
    answered(world, *[UNKNOWN] * 4)
    later = NOW + 4 * SECOND
    asked = [asking(world.place(to=f"+1555555800{n}").call, later) for n in range(3)]
    for attempt in asked:
        conclude(attempt, UNKNOWN, NOW + 5 * SECOND)
    (entry,) = AuditEntry.objects.filter(verb="account.broken")
    assert entry.after == {"reason": UNKNOWN.reason, "breaks": "1"}
    assert entry.actor_name == "dispatch"


def mend(world: World, now: datetime) -> None:
    """The carrier is well again."""
    routes.close_breaker(account=account(world), actor=SEED, now=now)


def test_mended_it_asks_again_and_forgets_what_was(world: World) -> None:
    answered(world, *[UNKNOWN] * 5)
    waiting = world.place(now=NOW + 5 * SECOND).call
    mend(world, NOW + 15 * SECOND)
    assert AuditEntry.objects.filter(verb="account.mended").count() == 1
    conclude(asking(waiting, NOW + 16 * SECOND), UNKNOWN, NOW + 17 * SECOND)
    assert account(world).broken_at is None


def test_when_that_did_not_last_it_rests_for_longer(world: World) -> None:
    answered(world, *[UNKNOWN] * 5)
    mend(world, NOW + 14 * SECOND)
    answered(world, *[UNKNOWN] * 5, start=20)
    broken = account(world)
    assert (broken.broken_at, broken.breaks) == (NOW + 24 * SECOND, 2)
    assert broken.probe_at == NOW + 44 * SECOND


def test_closing_what_is_closed_changes_nothing(world: World) -> None:
    mend(world, NOW)
    assert account(world).mended_at is None
    assert not AuditEntry.objects.filter(verb="account.mended").exists()


def test_a_late_failure_tells_of_the_carrier_all_the_same(world: World) -> None:
    asked = [asking(world.place(to=f"+1555555700{n}").call, NOW + n * SECOND) for n in range(5)]
    for attempt in asked:
        dispatch.recover(call_id=attempt.call_id, now=NOW + 130 * SECOND)
    assert account(world).broken_at is None  # it was our worker that was lost
    for attempt in asked:
        assert account(world).broken_at is None
        conclude(attempt, UNKNOWN, NOW + 131 * SECOND)
    assert account(world).broken_at == NOW + 131 * SECOND
