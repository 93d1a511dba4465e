"""From due to delivered: claim, lease, fence, the schedule, giving up and switching off."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.hooks import actions
from calls.hooks.actions import Try
from calls.hooks.models import Endpoint
from tests.hooks.steps import (
    EVEN,
    URL,
    attempt,
    claim,
    conclude,
    delivery,
    endpoint,
    exhaust,
    fresh,
    is_due,
    said,
    told,
)
from tests.world import NOW, SEED, World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LEASE = timedelta(seconds=60)


def kept(row: Endpoint) -> Endpoint:
    """The endpoint as it is on record now."""
    return Endpoint.objects.get(pk=row.pk)


def test_a_2xx_ends_it(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    found = attempt(row, 204)
    assert (found.delivered_at, found.next_at, found.given_up_at) == (NOW, None, None)
    assert found.tries == [
        {
            "at": NOW.isoformat(),
            "status": 204,
            "milliseconds": 12,
            "trouble": "",
            "answer": "as it is",
        }
    ]


@pytest.mark.parametrize("status", [302, 404, 500, None])
def test_anything_else_is_tried_again_after_five_seconds(world: World, status: int | None) -> None:
    row = endpoint(world)
    delivery(row)
    found = attempt(row, status)
    assert (found.next_at, found.delivered_at, found.tried) == (NOW + 5 * SECOND, None, 1)
    assert not is_due(found, NOW + 4 * SECOND)
    assert is_due(found, NOW + 5 * SECOND)


def test_who_asks_for_time_gets_it(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    assert attempt(row, 429, retry_after=90.0).next_at == NOW + 90 * SECOND


def test_ten_tries_over_three_days_and_then_no_more(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    found = exhaust(row)
    assert (found.tried, len(found.tries), found.next_at) == (10, 10, None)
    assert found.given_up_at == NOW + timedelta(hours=75, minutes=35, seconds=5)


def test_the_id_stays_the_same_through_all_tries(world: World) -> None:
    row = endpoint(world)
    before = delivery(row)
    after = exhaust(row)
    assert (after.event_id, after.body) == (before.event_id, before.body)


def test_the_longest_waiting_goes_first(world: World) -> None:
    row = endpoint(world)
    second, first = delivery(row), delivery(row, next_at=NOW - SECOND)
    assert (claim(row).delivery, claim(row).delivery) == (first, second)


def test_what_is_not_due_is_not_to_be_had(world: World) -> None:
    row = endpoint(world)
    delivery(row, next_at=NOW + SECOND)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None


def test_what_is_claimed_is_nobody_elses(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    claim(row)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None


def test_a_claim_says_whether_more_is_due(world: World) -> None:
    row = endpoint(world)
    delivery(row), delivery(row)
    assert [claim(row).more, claim(row).more] == [True, False]


def test_a_worker_that_died_costs_a_minute(world: World) -> None:
    row = endpoint(world)
    lost = delivery(row)
    claim(row)
    assert not is_due(lost, NOW + LEASE - SECOND)
    assert attempt(row, 200, NOW + LEASE).delivered_at == NOW + LEASE


def test_who_comes_back_after_the_lease_changes_nothing(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    late = claim(row)
    theirs = claim(row, NOW + LEASE)
    tried = Try(at="", status=200, milliseconds=1, trouble="", answer="")
    given = {"claimed": late, "tried": tried, "now": NOW + LEASE, "random": EVEN}
    assert actions.conclude(**given) is None
    assert (fresh(late.delivery).tries, fresh(late.delivery).state) == ([], "waiting")
    assert conclude(theirs, 200, NOW + LEASE).delivered_at == NOW + LEASE


def test_one_that_kills_its_workers_is_given_up_too(world: World) -> None:
    row = endpoint(world)
    poison = delivery(row)
    for n in range(10):
        claim(row, NOW + n * LEASE)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW + 10 * LEASE) is None
    assert fresh(poison).given_up_at == NOW + 10 * LEASE
    assert kept(row).failing_since == NOW + 10 * LEASE


def test_and_after_five_days_of_failures_it_switches_its_endpoint_off(world: World) -> None:
    row = endpoint(world)
    poison = delivery(row, tried=10)
    Endpoint.objects.update(failing_since=NOW - 5 * DAY)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None
    assert (fresh(poison).state, kept(row).disabled_by) == ("given_up", "failing")


def test_a_test_that_kills_its_workers_counts_for_nothing(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2")
    poison = delivery(row, event="voice.webhook.test", tried=10)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None
    assert (fresh(poison).state, kept(row).failing_since, told(other)) == ("given_up", None, [])


def test_one_endpoint_holds_a_tenth_of_the_hands(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2")
    for _ in range(9):
        delivery(row)
    delivery(other)
    assert [claim(row).fence for _ in range(4)] == [1] * 4  # of 40
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None
    assert claim(other)


def test_one_tenant_holds_a_quarter_of_the_hands(world: World) -> None:
    rows = [endpoint(world, url=f"{URL}/{n}") for n in range(3)]
    for row in rows:
        for _ in range(5):
            delivery(row)
    taken = [claim(row) for row in (*rows[:1] * 4, *rows[1:2] * 4, *rows[2:] * 2)]
    assert len(taken) == 10  # of 40
    assert actions.claim_next(endpoint_id=rows[2].pk, now=NOW) is None
    conclude(taken[0], 200)
    assert claim(rows[2])


def test_and_another_tenant_has_its_own(world: World) -> None:
    for n in range(10):
        row = endpoint(world, url=f"{URL}/{n}")
        delivery(row), delivery(row)
        claim(row)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None
    other = endpoint(world, tenant=world.globex, actor=SEED)
    delivery(other)
    assert claim(other)


def test_one_that_fails_holds_a_single_hand(world: World) -> None:
    row = endpoint(world)
    for _ in range(3):
        delivery(row)
    attempt(row, 500)
    claim(row)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None


def test_it_fails_since_the_first_failure_after_a_success(world: World) -> None:
    row = endpoint(world)
    delivery(row), delivery(row), delivery(row)
    attempt(row, 500)
    attempt(row, 500, NOW + SECOND)
    assert kept(row).failing_since == NOW
    attempt(row, 200, NOW + 2 * SECOND)
    assert kept(row).failing_since is None


def test_410_switches_it_off(world: World) -> None:
    row = endpoint(world)
    waiting = delivery(row, next_at=NOW + DAY)
    delivery(row)
    found = attempt(row, 410)
    assert (found.given_up_at, fresh(waiting).given_up_at) == (NOW, NOW)
    off = kept(row)
    assert (off.disabled_at, off.disabled_by, off.tell_at) == (NOW, "gone", NOW)


def test_five_days_of_failures_switch_it_off(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    attempt(row, 500)
    fifth = NOW + 5 * DAY
    delivery(row, next_at=fifth - 2 * SECOND)
    attempt(row, 500, fifth - SECOND)
    assert kept(row).is_enabled
    attempt(row, 500, fifth)
    assert (kept(row).disabled_by, kept(row).disabled_at) == ("failing", fifth)


def test_the_audit_log_says_that_nobody_chose_it(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    attempt(row, 410)
    entry = AuditEntry.objects.get(verb="endpoint.disabled")
    assert (entry.actor_kind, entry.actor_name, entry.after) == (
        "system",
        "webhooks",
        {"why": "gone"},
    )


def test_the_other_endpoints_hear_what_was_given_up(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2")
    lost = delivery(row)
    exhaust(row)
    assert told(row) == ["voice.call.completed"]
    data = said(other.deliveries.get(event="voice.webhook.delivery_failed"))["data"]
    assert data["event_id"] == lost.event_id
    assert (data["endpoint_id"], data["attempt_count"]) == (row.public_id, 10)
    assert data["endpoint_disabled"] is False


def test_and_that_an_endpoint_was_switched_off(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2")
    delivery(row)
    attempt(row, 410)
    data = said(other.deliveries.get())["data"]
    assert (data["endpoint_disabled"], data["attempt_count"]) == (True, 1)


def test_of_that_failing_nobody_hears(world: World) -> None:
    row, other = endpoint(world), endpoint(world, url=URL + "/2")
    delivery(row, event="voice.webhook.delivery_failed")
    exhaust(row)
    assert told(other) == []


def test_what_ends_meanwhile_is_not_tried_again(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    claimed = claim(row)
    actions.end_endpoint(endpoint=row, actor=world.ada, now=NOW)
    found = conclude(claimed, 500)
    assert (found.next_at, found.given_up_at) == (None, NOW)


def test_what_arrives_all_the_same_was_delivered(world: World) -> None:
    row = endpoint(world)
    delivery(row)
    claimed = claim(row)
    actions.disable_endpoint(endpoint=row, actor=world.ada, now=NOW)
    found = conclude(claimed, 200)
    assert (found.delivered_at, found.given_up_at) == (NOW, None)


@pytest.mark.parametrize("status", [500, 410])
def test_off_and_on_during_a_try_gives_it_up(world: World, status: int) -> None:
    row = endpoint(world)
    delivery(row)
    claimed = claim(row)
    actions.disable_endpoint(endpoint=row, actor=world.ada, now=NOW)
    actions.enable_endpoint(endpoint=row, actor=world.ada, now=NOW)
    found = conclude(claimed, status, NOW + SECOND)
    assert (found.next_at, found.given_up_at, len(found.tries)) == (None, NOW, 1)
    assert kept(row).is_enabled


def test_of_its_tries_the_newest_twenty_are_kept(world: World) -> None:
    row = endpoint(world)
    delivery(row, tries=[{"status": n} for n in range(20)])
    found = attempt(row, 500)
    assert [tried["status"] for tried in found.tries] == [*range(1, 20), 500]


def test_a_disabled_endpoint_is_left_alone(world: World) -> None:
    row = actions.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    delivery(row)
    assert actions.claim_next(endpoint_id=row.pk, now=NOW) is None
