"""The caps reach the gates: how often one person is rung, how fast is asked, how much is spent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.models import Attempt
from calls.limits import actions as limits
from calls.limits.models import Limit
from calls.placing.actions import CallRefused
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.agents.steps import launch
from tests.dispatch.steps import ACCEPTED, REMOTE, UNKNOWN, claim, conclude, fresh, intend, report
from tests.dispatch.steps import tell as told
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOT_TAKEN = Answer(Evidence.REFUSED, http_status=400, reason="No.")


def cap(world: World, most: int = 1, *, scope: str = "callee", **fields: Any) -> Limit:
    return limits.set_limit(
        tenant=world.acme, scope=scope, most=most, actor=world.ada, now=NOW, **fields
    )


def rung(world: World, answer: Answer = ACCEPTED, **fields: Any) -> Call:
    """A call that was asked of the carrier at NOW."""
    intent = intend(world.place(**fields).call)
    assert intent
    return conclude(Attempt.objects.get(pk=intent.attempt_id), answer)


def refused(world: World, **fields: Any) -> tuple[str, object]:
    """The code of a refusal, and when it would pass."""
    with pytest.raises(CallRefused) as found:
        world.place(allow_duplicate=True, **fields)
    return found.value.code, found.value.retry_at


def again(world: World, minutes: int = 1, **fields: Any) -> Call:
    return world.place(now=NOW + minutes * MINUTE, allow_duplicate=True, **fields).call


def test_somebody_who_was_rung_is_not_rung_again_that_day(world: World) -> None:
    cap(world)
    rung(world)
    assert refused(world, now=NOW + HOUR) == ("frequency_cap", NOW + DAY)
    assert again(world, minutes=24 * 60)


def test_an_unknown_outcome_may_have_rung(world: World) -> None:
    cap(world)
    rung(world, UNKNOWN)
    assert refused(world, now=NOW + HOUR)[0] == "frequency_cap"


def test_proof_that_nothing_rang_gives_the_place_back(world: World) -> None:
    cap(world)
    rung(world, NOT_TAKEN)
    assert again(world).state == "queued"


def test_a_call_that_waits_takes_the_place_of_the_next_one_asked_for(world: World) -> None:
    cap(world)
    world.place()
    assert refused(world, now=NOW + MINUTE)[0] == "frequency_cap"


def test_a_call_scheduled_after_it_does_not_stand_in_its_way(world: World) -> None:
    cap(world)
    world.place(scheduled_at=NOW + 2 * DAY)
    assert again(world).state == "queued"


def test_other_people_have_their_own_count(world: World) -> None:
    cap(world)
    rung(world)
    assert again(world, to="+15555550123").state == "queued"


def test_the_next_allowed_minute_is_the_one_in_which_the_cap_is_free(world: World) -> None:
    cap(world)
    rung(world)
    call = world.place(now=NOW + HOUR, when="next_allowed").call
    assert (call.state, call.due_at) == ("queued", NOW + DAY)


def test_a_cap_that_frees_at_night_opens_in_the_morning(world: World) -> None:
    cap(world, window_seconds=12 * 3600)  # free at 22:00 in New York
    rung(world, to=NEW_YORKER)
    call = world.place(to=NEW_YORKER, now=NOW + HOUR, when="next_allowed").call
    assert call.due_at == NOW.replace(hour=14) + DAY


def test_a_tenant_that_waits_out_the_night_does_not_wait_out_a_cap(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, outside_hours="defer")
    cap(world)
    rung(world)
    assert refused(world, now=NOW + HOUR)[0] == "frequency_cap"


def test_a_call_scheduled_before_it_is_held_at_dialling_by_the_cap(world: World) -> None:
    first = world.place(scheduled_at=NOW + HOUR).call
    rung(world, allow_duplicate=True)
    cap(world)
    assert intend(first, NOW + HOUR) is None
    assert (fresh(first).state, fresh(first).reason) == ("refused", "frequency_cap")


def test_a_call_that_may_wait_long_enough_waits_in_the_queue(world: World) -> None:
    first = world.place(scheduled_at=NOW + HOUR, expires_at=NOW + 3 * DAY).call
    rung(world, allow_duplicate=True)
    cap(world)
    assert intend(first, NOW + HOUR) is None
    assert (fresh(first).state, fresh(first).due_at) == ("queued", NOW + DAY)
    assert intend(first, NOW + DAY)


def test_a_call_does_not_stand_in_its_own_way(world: World) -> None:
    call = world.place().call
    cap(world)
    assert intend(call)


def test_two_claimed_calls_to_one_person_take_one_place(world: World) -> None:
    other = second_route(world)
    first = world.place().call
    second = world.place(caller_id=other, reference="2").call
    cap(world)
    claims = [claim(first), claim(second)]
    assert all(claims)
    intents = [dispatch.intend(claimed=c, now=NOW) for c in claims if c]
    assert [intent is not None for intent in intents] == [True, False]
    assert fresh(second).reason_text.startswith("At most 1 call")


def second_route(world: World) -> str:
    number = "+15555554321"
    routes.add_route(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        number=number,
        account=world.account,
        default_agent=world.agent,
    )
    return number


def test_how_fast_one_person_asks(world: World) -> None:
    cap(world, 2, scope="requester", window_seconds=60)
    for n in range(2):
        world.place(to=f"+1555555700{n}")
    assert refused(world, now=NOW + MINUTE / 2) == ("velocity_cap", NOW + MINUTE)
    assert world.place(now=NOW + MINUTE / 2, actor=world.alice).call.state == "queued"


def test_pace_is_judged_when_a_call_is_asked_for_and_not_when_it_is_dialled(world: World) -> None:
    call = world.place().call
    cap(world, 1, scope="tenant")
    assert intend(call)


def test_a_block_of_numbers_is_counted_together(world: World) -> None:
    cap(world, 3, scope="prefix", window_seconds=3600)
    for n in range(3):
        world.place(to=f"+1555555700{n}")
    assert refused(world, to="+15555559999")[0] == "velocity_cap"
    assert world.place(to="+15555560001").call.state == "queued"


def test_a_new_live_tenant_starts_slowly(world: World) -> None:
    live(world)
    found = world.place(to=NEW_YORKER).call.receipts.get().verdicts
    caps = next(v["saw"]["caps"] for v in found if v["gate"] == "velocity")
    assert "20 calls" in caps and "R5.11" in caps


def live(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode="live")
    world.account.carrier = "stateset"
    world.account.save()
    launch(world, world.version)


def test_the_day_a_tenant_went_live_is_remembered_once(world: World) -> None:
    live(world)
    assert world.acme.live_since == NOW
    for mode, days in (("sandbox", 1), ("live", 2)):
        tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW + days * DAY, mode=mode)
    world.acme.refresh_from_db()
    assert world.acme.live_since == NOW


def priced(world: World, price: str = "0.50") -> None:
    world.account.price_per_minute = Decimal(price)
    world.account.save()


def test_spending_stops_dialling_and_not_accepting(world: World) -> None:
    priced(world)
    cap(world, 1, scope="spend")
    spent = rung(world)
    told(spent, report("completed", duration_seconds=61))  # two begun minutes: 1.00
    assert fresh(spent).cost == Decimal("1.00")
    second = again(world)
    assert intend(second, NOW + MINUTE) is None
    assert fresh(second).state == "queued"
    assert "spend cap of 1 is reached" in fresh(second).reason_text


def test_dialling_goes_on_with_the_tenants_next_day(world: World) -> None:
    priced(world)
    cap(world, 1, scope="spend")
    told(rung(world), report("completed", duration_seconds=61))
    second = again(world)
    intend(second, NOW + MINUTE)
    midnight = NOW.replace(hour=5) + DAY  # in New York
    assert fresh(second).due_at == midnight
    assert intend(second, midnight)


def test_without_a_price_nothing_is_capped(world: World) -> None:
    cap(world, 1, scope="spend")
    told(rung(world), report("completed", duration_seconds=6000))
    assert intend(again(world), NOW + MINUTE)


def test_a_call_under_way_counts_as_a_begun_minute(world: World) -> None:
    priced(world, "1")
    cap(world, 1, scope="spend")
    assert rung(world).carrier_call_id == REMOTE
    second = again(world, to="+15555550123")
    assert intend(second, NOW + MINUTE) is None


@pytest.mark.parametrize("scope", ["platform", "tenant", "route", "agent"])
def test_a_pause_refuses_what_is_asked_for_meanwhile(world: World, scope: str) -> None:
    own = {"route": world.route} if scope == "route" else {}
    own |= {"agent": world.agent} if scope == "agent" else {}
    tenant = None if scope == "platform" else world.acme
    limits.pause(tenant=tenant, reason="Complaints", actor=SEED, now=NOW, **own)
    assert refused(world, to=CALLEE) == ("paused", None)


def test_a_caller_id_may_be_narrowed_to_fewer_countries(world: World) -> None:
    world.route.country_groups = ["GB"]
    world.route.save()
    assert refused(world)[0] == "country_blocked"
