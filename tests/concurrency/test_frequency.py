"""Many doors and one person: however many workers dial at once, a cap on the callee holds (R5.8)."""

from datetime import timedelta
from functools import partial

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim
from calls.dispatch.models import Attempt
from calls.limits import actions as limits
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.concurrency.together import failures, together
from tests.world import NOW, SEED, World

pytestmark = pytest.mark.django_db(transaction=True)
DOORS = 8


def claimed(world: World) -> list[Claim]:
    """A claim for each of eight calls to one person, each over a number of its own."""
    CarrierAccount.objects.update(cps=1000.0)
    found = []
    for number in range(DOORS):
        caller_id = f"+1555555{3000 + number}"
        act = {"tenant": world.acme, "actor": SEED, "now": NOW}
        routes.add_route(**act, number=caller_id, account=world.account, default_agent=world.agent)
        call = world.place(caller_id=caller_id, allow_duplicate=True).call
        found.append(dispatch.claim(call_id=call.pk, now=NOW))
    return [one for one in found if one]


def cap(world: World, most: int) -> None:
    """At most so many rings of one person in a day, in this sandbox too."""
    limits.set_limit(tenant=world.acme, scope="callee", most=most, actor=world.ada, now=NOW)


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_attempts_than_the_cap_allows(world: World, most: int) -> None:
    claims = claimed(world)
    cap(world, most)
    results = together(*[partial(dispatch.intend, claimed=one, now=NOW) for one in claims])
    assert (len(claims), failures(results)) == (DOORS, [])
    assert len([one for one in results if one]) == Attempt.objects.count() == most


def test_who_found_it_full_waits_for_the_day_to_pass(world: World) -> None:
    claims = claimed(world)
    Call.objects.update(expires_at=NOW + timedelta(days=3))
    cap(world, 1)
    together(*[partial(dispatch.intend, claimed=one, now=NOW) for one in claims])
    waiting = Call.objects.filter(state="queued")
    assert waiting.count() == DOORS - 1
    assert set(waiting.values_list("due_at", flat=True)) == {NOW + timedelta(days=1)}


def test_proof_that_nothing_rang_gives_the_place_back(world: World) -> None:
    first, second, *_ = claimed(world)
    cap(world, 1)
    intent = dispatch.intend(claimed=first, now=NOW)
    assert intent
    dispatch.conclude(attempt_id=intent.attempt_id, answer=Answer(Evidence.NO_BYTE_SENT), now=NOW)
    assert dispatch.intend(claimed=second, now=NOW)
