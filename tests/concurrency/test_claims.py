"""Many workers at once: a call is claimed once, and no carrier is asked faster than it allows."""

from datetime import datetime
from functools import partial

import pytest
from django.utils import timezone

from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount, PhoneRoute
from tests.concurrency.together import failures, together
from tests.world import NOW, SEED, World, account_of

pytestmark = pytest.mark.django_db(transaction=True)


def claim(call: Call) -> Claim | None:
    """One worker tries, by the clock on the wall."""
    return dispatch.claim(call_id=call.pk, now=timezone.now())


def second_route(world: World, cps: float) -> PhoneRoute:
    """A number of Acme's at an account of its own."""
    account = account_of(world.acme, name="Second", hook_token="second", cps=cps)
    return routes.add_route(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        number="+15555550002",
        account=account,
        default_agent=world.agent,
    )


def waiting(world: World, route: PhoneRoute, count: int, now: datetime) -> list[Call]:
    """Calls on a route, all to different numbers, due now."""
    first = 7000 if route == world.route else 8000
    return [
        world.place(to=f"+1555555{first + n}", caller_id=route.number, now=now).call
        for n in range(count)
    ]


def most_in_a_second(turns: list[datetime]) -> int:
    """The fullest rolling second."""
    turns = sorted(turns)
    return max(sum(0 <= (later - start).total_seconds() < 1 for later in turns) for start in turns)


def test_twenty_workers_and_one_call(world: World) -> None:
    call = world.place(now=timezone.now()).call
    claims = together(*[partial(claim, call)] * 20)
    assert failures(claims) == []
    assert len([one for one in claims if one]) == 1
    assert call.events.filter(what="claimed").count() == 1


def test_two_accounts_each_keep_their_pace(world: World) -> None:
    now, slow = timezone.now(), second_route(world, cps=2.0)
    calls = waiting(world, world.route, 8, now) + waiting(world, slow, 6, now)
    claims = together(*[partial(claim, call) for call in calls])
    turns: dict[str, list[datetime]] = {}
    for one, call in zip(claims, calls, strict=True):
        if isinstance(one, Claim):
            turns.setdefault(call.caller_id, []).append(one.send_at)
    assert failures(claims) == []
    assert most_in_a_second(turns[world.route.number]) <= 5
    assert most_in_a_second(turns[slow.number]) <= 2
    assert len(turns[slow.number]) >= 2  # and the other account's crowd did not stop it


def test_no_more_calls_than_lines(world: World) -> None:
    CarrierAccount.objects.update(concurrency=3, cps=100.0)
    calls = waiting(world, world.route, 12, timezone.now())
    claims = together(*[partial(claim, call) for call in calls])
    assert failures(claims) == []
    assert len([one for one in claims if one]) == 3
