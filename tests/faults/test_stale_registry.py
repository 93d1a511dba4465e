"""A registry that grew too old holds calls back until it is imported afresh; it ends none of them."""

from datetime import datetime, timedelta

import pytest

from calls.dispatch.dial import dial
from calls.dnc.models import DncSource
from calls.placing import actions as placing
from calls.placing.actions import CallRefused
from calls.policy.remedies import PASSING
from calls.records.models import Call, Receipt
from tests.database.rows import change
from tests.dispatch.steps import fresh, story
from tests.dnc.registries import bring, source_of
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.world import NEW_YORKER, NOW, World, agree

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AGAIN = PASSING["dnc_stale"]


def aged(source: DncSource, days: int, now: datetime = NOW) -> None:
    DncSource.objects.filter(pk=source.pk).update(fetched_at=now - days * DAY)


@pytest.fixture
def registry(world: World) -> DncSource:
    """The registry that calls which sell something must ask, fresh today; Acme may sell to one person."""
    source = source_of(None)
    bring(source, "+12127360001")
    change(world.agent, purpose="marketing")
    words = world.draft(
        "Acme here with news. Say stop and we never call again.",
        name="News",
        agent_id=world.agent.pk,
    )
    change(world.agent, default_greeting=world.approve(words))
    world.agent.refresh_from_db()
    agree(world.acme, NEW_YORKER, kind="written", evidence="form 8")
    return source


def sold(world: World) -> Call:
    """A call that says the words with which Acme sells."""
    words = world.agent.default_greeting
    assert words
    return world.place(to=NEW_YORKER, greeting_id=words.public_id).call


def it_waits(call: Call, carrier: Recorder, until: datetime) -> None:
    found = fresh(call)
    assert (found.state, found.due_at, found.reason) == ("queued", until, "")
    assert "import a fresh copy" in found.reason_text
    assert carrier.asked == []


def test_at_accept_it_refuses(world: World, registry: DncSource) -> None:
    aged(registry, 40)
    with pytest.raises(CallRefused) as refused:
        sold(world)
    assert refused.value.code == "dnc_stale"


def test_at_dialling_the_call_waits(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    assert not dial(call_id=call.pk)
    it_waits(call, carrier, NOW + AGAIN)
    assert not call.receipts.get(moment=Receipt.DIAL).allowed


def test_in_the_moment_before_the_intent_too(
    world: World, registry: DncSource, carrier: Recorder, between: Between
) -> None:
    call = sold(world)
    between(lambda: aged(registry, 40))
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, carrier.asked) == ("queued", [])


def test_after_an_import_it_goes_out_once(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    dial(call_id=call.pk)
    clock.now = NOW + AGAIN
    bring(registry, "+12127360001")
    assert [dial(call_id=call.pk) for _ in range(2)] == [True, False]
    assert (fresh(call).state, len(carrier.asked)) == ("placed", 1)
    oracle.uphold(placed=carrier.keys)


def test_if_the_import_lists_the_callee_nobody_is_rung(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    dial(call_id=call.pk)
    bring(registry, NEW_YORKER)
    clock.now = NOW + AGAIN
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, carrier.asked) == ("dnc_listed", [])


def test_nobody_imports_and_it_expires(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    dial(call_id=call.pk)
    clock.now = fresh(call).expires_at
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, carrier.asked) == ("expired", [])
    assert story(call)[-1] == "expired"


def test_a_stop_round_leaves_it(world: World, registry: DncSource) -> None:
    call = sold(world)
    aged(registry, 40)
    assert not placing.stop_call(call_id=call.pk, now=NOW + MINUTE)
    assert fresh(call).state == "queued"


def test_beside_a_refusal_that_ends_it_the_call_ends(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    change(world.route, enabled=False)
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, fresh(call).reason) == ("refused", "route_unavailable")


def test_beside_closed_hours_it_is_looked_at_again_all_the_same(
    world: World, registry: DncSource, carrier: Recorder, clock: Clock
) -> None:
    call = sold(world)
    aged(registry, 40)
    clock.now = NOW + timedelta(hours=11)  # nine in the evening there
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, fresh(call).due_at) == ("queued", clock.now + AGAIN)
