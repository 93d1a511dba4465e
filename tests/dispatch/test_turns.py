"""Whose turn it is: tenants alternate, retries have a budget, and nobody hides anybody."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from calls.dispatch import actions as dispatch
from calls.dispatch import queries, turns
from calls.dispatch.models import Attempt
from calls.lib import ids
from calls.limits import actions as limits
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from tests.database.rows import again
from tests.dispatch.steps import asking, claim, conclude, fresh, lost
from tests.dispatch.test_conclude import NOTHING_SENT, THROTTLED
from tests.world import NOW, SEED, World

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def shared(world: World) -> None:
    """Acme's account is everybody's here."""
    CarrierAccount.objects.update(tenant=None)


def account(world: World) -> CarrierAccount:
    """The account as it is on record."""
    return CarrierAccount.objects.get(pk=world.account.pk)


def waiting(world: World, count: int, **fields: Any) -> list[Call]:
    """So many due calls of Acme, a second apart."""
    return [
        world.place(to=f"+1555555{7000 + n}", now=NOW + n * SECOND, **fields).call
        for n in range(count)
    ]


def of_globex(world: World, call: Call, **fields: Any) -> Call:
    """The same call as one of Globex, at the same account."""
    given = {"tenant": world.globex, "to": "+15555559000", "carrier_call_id": None}
    return again(call, **given | fields)


def turn(world: World, now: datetime = NOW) -> UUID | None:
    """The call whose turn it is."""
    return turns.next_call(account(world), now=now)


def taken(world: World, now: datetime) -> UUID | None:
    """The call the next worker takes."""
    claimed = dispatch.claim_next(account_id=world.account.pk, now=now)
    return claimed.call_id if claimed else None


def test_within_a_tenant_the_longest_waiting_goes_first(world: World) -> None:
    first, second = waiting(world, 2)
    assert turn(world, NOW + SECOND) == first.pk
    Call.objects.filter(pk=first.pk).update(due_at=NOW + 5 * SECOND)
    assert turn(world, NOW + 5 * SECOND) == second.pk


def test_nothing_due_is_nobodys_turn(world: World) -> None:
    assert turn(world) is None
    world.place(scheduled_at=NOW + timedelta(hours=1))
    assert turn(world) is None


def test_two_tenants_alternate_however_long_ones_queue_is(world: World) -> None:
    mine = waiting(world, 6)
    his = [of_globex(world, mine[5], to=f"+155555590{n:02}") for n in range(2)]
    order = [taken(world, NOW + (10 + n) * SECOND) for n in range(5)]
    assert {mine[0].pk, mine[1].pk, his[0].pk, his[1].pk} == set(order[:4])
    assert [pk in [c.pk for c in his] for pk in order[:4]] in (
        [True, False] * 2,
        [False, True] * 2,
    )
    assert order[4] == mine[2].pk


def test_one_call_of_another_tenant_waits_for_one_turn(world: World) -> None:
    """R2.12: behind a long queue, a new call of somebody else is second at most."""
    mine = waiting(world, 8)
    taken(world, NOW + 10 * SECOND)
    late = of_globex(world, mine[7], due_at=NOW + 11 * SECOND)
    next_two = [taken(world, NOW + n * SECOND) for n in (12, 13)]
    assert late.pk in next_two


def test_a_hint_for_one_call_does_not_overtake_another_tenant(world: World) -> None:
    mine = waiting(world, 3)
    of_globex(world, mine[0], due_at=NOW)
    at = NOW + 5 * SECOND
    assert claim(mine[0], at)  # the account is free: whoever comes first
    assert claim(mine[1], at) is None
    assert taken(world, at) not in (None, mine[1].pk)
    assert claim(mine[1], at) is not None  # nobody else waits any more


def test_a_call_behind_a_pause_gives_its_turn_away(world: World) -> None:
    first, second = waiting(world, 2)
    limits.pause(tenant=world.globex, reason="Stop", actor=SEED, now=NOW)
    of_globex(world, first)
    assert [taken(world, NOW + n * SECOND) for n in (5, 6, 7)] == [first.pk, second.pk, None]


def test_calls_that_wait_for_an_unconfirmed_one_hide_nobody(world: World) -> None:
    lost(world)
    for _ in range(25):
        world.place(allow_duplicate=True)
    behind = world.place(to="+15555557001", now=NOW + SECOND).call
    assert turn(world, NOW + SECOND) == behind.pk


def test_nor_do_those_that_wait_for_a_claimed_one(world: World) -> None:
    first, behind = world.place().call, world.place(to="+15555557001", now=NOW + SECOND).call
    world.place(allow_duplicate=True)
    assert claim(first)
    assert turn(world, NOW + SECOND) == behind.pk


def test_an_expired_call_is_nobodys_turn(world: World) -> None:
    world.place()
    assert turn(world, NOW + timedelta(hours=24)) is None


def refused(world: World, count: int, start: int = 7000) -> list[Call]:
    """So many calls the carrier did not take, all to be tried again by NOW + 5 minutes."""
    calls = [world.place(to=f"+1555555{start + n}").call for n in range(count)]
    for n, call in enumerate(calls):
        conclude(asking(call, NOW + n * SECOND), THROTTLED, NOW + n * SECOND)
    Call.objects.update(due_at=NOW + timedelta(minutes=5))
    return calls


def test_what_the_carrier_did_not_take_is_a_retry(world: World) -> None:
    call = fresh(conclude(asking(world.place().call), NOTHING_SENT))
    assert call.retrying
    claim(call, NOW + 5 * SECOND)
    dispatch.recover(call_id=call.pk, now=NOW + timedelta(minutes=5))
    assert fresh(call).retrying  # also when its next worker was lost


def test_a_call_held_back_by_a_gate_is_none(world: World) -> None:
    call = world.place().call
    claimed = claim(call)
    assert claimed
    limits.pause(tenant=world.acme, reason="Stop", actor=SEED, now=NOW)
    dispatch.intend(claimed=claimed, now=NOW)
    assert not fresh(call).retrying


def test_a_retry_goes_before_its_tenants_new_calls(world: World) -> None:
    (call,) = refused(world, 1)
    world.place(to="+15555558000", now=NOW + SECOND)
    assert turn(world, NOW + timedelta(minutes=5)) == call.pk


def spent(world: World, call: Call, count: int, at: datetime) -> None:
    """So many retries of the account, made at that instant."""
    first = call.attempts.get()
    for n in range(count):
        again(first, number=n + 2, intent_at=at, outcome=Attempt.REFUSED)


@pytest.mark.parametrize(("cps", "budget"), [(0.5, 6), (1.0, 6), (5.0, 30), (50.0, 300)])
def test_the_budget_is_a_tenth_of_the_cps(world: World, cps: float, budget: int) -> None:
    CarrierAccount.objects.update(cps=cps)
    assert turns.retries_left(account(world), now=NOW) == budget


def test_when_it_is_spent_retries_wait_and_new_calls_go_on(world: World) -> None:
    first, second = refused(world, 2)
    at = NOW + timedelta(minutes=5)
    spent(world, first, 29, at)
    assert turns.retries_left(account(world), now=at) == 1
    assert taken(world, at) == first.pk
    assert asking_claimed(first, at)
    assert turns.retries_left(account(world), now=at + SECOND) == 0
    new = world.place(to="+15555558000", now=at).call
    assert taken(world, at + SECOND) == new.pk
    assert taken(world, at + 2 * SECOND) is None
    assert taken(world, at + timedelta(seconds=60)) == second.pk


def asking_claimed(call: Call, now: datetime) -> Attempt:
    """The claimed call is asked for."""
    call = fresh(call)
    claimed = dispatch.Claim(call.pk, call.fence, now)
    assert dispatch.intend(claimed=claimed, now=now)
    return call.attempts.latest("number")


def test_another_accounts_retries_are_its_own(world: World) -> None:
    (call,) = refused(world, 1)
    spent(world, call, 30, NOW)
    Attempt.objects.update(account=again(account(world), hook_token_sha256="x"))
    assert turns.retries_left(account(world), now=NOW) == 30


def test_an_account_of_ones_own_serves_its_calls_in_their_order(world: World) -> None:
    CarrierAccount.objects.update(tenant=world.acme)
    mine = waiting(world, 3)
    order = [taken(world, NOW + (5 + n) * SECOND) for n in range(4)]
    assert order == [call.pk for call in mine] + [None]


def room(world: World, seconds: float) -> bool:
    """Whether a glance says that a claim is worth trying, so long before the account's next slot."""
    return queries.has_room(world.account.pk, until=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("column", ["next_slot_at", "next_send_at"])
def test_a_glance_tells_whether_there_is_room(world: World, column: str) -> None:
    assert room(world, 0)
    CarrierAccount.objects.update(**{column: NOW + SECOND})
    assert not room(world, 0.9)
    assert room(world, 1)


@pytest.mark.parametrize("column", ["paused_at", "broken_at"])
def test_nor_is_there_any_at_an_account_that_sends_nothing(world: World, column: str) -> None:
    CarrierAccount.objects.update(**{column: NOW})
    assert not room(world, 1)


def test_an_account_that_is_not_there_has_no_room(db: None) -> None:
    assert not queries.has_room(ids.new_id(), until=NOW)


def test_whose_turn_it_is_costs_the_same_however_many_calls_are_due(world: World) -> None:
    """R2.11: from the index, also where statistics tempt the database to read all that is due."""
    first = Call.objects.get(pk=world.place().call.pk)
    rows = [copy(first) for _ in range(3000)]
    for n, row in enumerate(rows):
        row.pk, row.to, row.retrying = ids.new_id(), f"+1555{6000000 + n}", n % 2 == 1
        row.due_at = NOW + (n % 3 - 1) * timedelta(hours=1)
    Call.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = turns._with(turns._due(account(world), NOW), again=True).order_by("pk")[:1].explain()
    assert plan.count("call_turn") == 2
