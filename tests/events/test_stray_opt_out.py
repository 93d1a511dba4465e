"""Who opts out in a call that is not on record is listed all the same, at once, and only they are."""

from datetime import timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.events.strays import OptOut, opt_out_in
from calls.placing import actions as placing
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants.models import Tenant
from tests.database.rows import change
from tests.events.deliveries import absorb, asking, deliver, envelope, fresh
from tests.world import CALLEE, CALLER_ID, NEW_YORKER, NOW, SEED, World, account_of

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OTHER_ID = "+15555559999"


def said(event_id: str = "evt_stop", **fields: Any) -> InboundEvent:
    """An event about a call nobody knows, in which the callee opted out."""
    known = {"call_sid": "CAstray", "to_number": NEW_YORKER, "opted_out": True}
    return deliver(
        envelope("voice.call.completed", event_id=event_id, status="completed", **known | fields)
    )


def listed() -> list[tuple[Tenant | None, str]]:
    return [(e.tenant, e.number) for e in DncEntry.objects.filter(lifted_at=None).order_by("id")]


def route(world: World, tenant: Tenant, number: str = CALLER_ID, **fields: Any) -> None:
    given = {"account": world.account} | fields
    routes.add_route(tenant=tenant, actor=SEED, now=NOW, number=number, **given)


def is_shared(world: World) -> None:
    """Any tenant may ride on the account."""
    change(world.account, tenant=None)
    world.account.refresh_from_db()


def test_the_number_lands_on_the_list_of_whoever_called(world: World) -> None:
    assert absorb(said()) == "parked"
    assert listed() == [(world.acme, NEW_YORKER)]


def test_the_entry_says_where_it_came_from(world: World) -> None:
    row = said()
    absorb(row, now=NOW + SECOND)
    entry = DncEntry.objects.get()
    assert (entry.source, entry.added_by, entry.added_at) == (
        "carrier event",
        "carrier events",
        NOW + SECOND,
    )
    assert row.public_id in entry.reason


def test_it_is_audited_in_the_tenants_own_log(world: World) -> None:
    absorb(said())
    entry = AuditEntry.objects.get(verb="dnc.added")
    assert (entry.tenant_id, entry.actor_name) == (world.acme.pk, "carrier events")
    assert entry.after["source"] == "carrier event"


def test_it_reaches_calls_that_wait(world: World) -> None:
    call = world.place(to=NEW_YORKER, scheduled_at=NOW + DAY).call
    absorb(said(), now=NOW + SECOND)
    assert placing.stop_forbidden(since=NOW, now=NOW + 2 * SECOND) == 1
    assert fresh(call).reason == "dnc_listed"


def test_the_clock_that_looks_for_events_does_it_without_the_hint(world: World) -> None:
    said()
    events.absorb_waiting(now=NOW + SECOND)
    assert listed() == [(world.acme, NEW_YORKER)]


def test_tried_again_and_delivered_again_it_is_one_entry(world: World) -> None:
    row = said()
    for tick in range(3):
        absorb(row, now=NOW + tick * SECOND)
    absorb(said())
    absorb(said("evt_again"))
    assert (len(listed()), AuditEntry.objects.filter(verb="dnc.added").count()) == (1, 1)


def test_an_entry_somebody_lifted_meanwhile_is_not_made_again_by_the_same_event(
    world: World,
) -> None:
    row = said()
    absorb(row)
    dnc.lift_number(entry=DncEntry.objects.get(), actor=world.alice, now=NOW + SECOND)
    absorb(row, now=NOW + 2 * SECOND)
    assert listed() == []


def test_found_later_it_changes_nothing(world: World) -> None:
    row = said(to_number=CALLEE)
    absorb(row)
    calls = Call.objects.count()
    DncEntry.objects.update(lifted_at=NOW)  # so that the call may be asked for at all
    call, _ = asking(world)
    assert absorb(row) == "applied"
    assert (fresh(call).disposition, Call.objects.count()) == ("opted_out", calls + 1)
    assert listed() == [(world.acme, CALLEE)]


def test_a_found_call_lists_its_callee_once(world: World) -> None:
    asking(world)
    assert absorb(said(to_number=CALLEE)) == "applied"
    assert listed() == [(world.acme, CALLEE)]


def test_swapped_by_the_carrier_it_is_never_our_own_number(world: World) -> None:
    absorb(said(to_number=CALLER_ID, from_number=NEW_YORKER))
    assert listed() == [(world.acme, NEW_YORKER)]


@pytest.mark.parametrize(
    "numbers",
    [
        {"to_number": CALLER_ID},
        {"to_number": None},
        {"to_number": "anonymous"},
        {"to_number": "sip:ann@acme.example"},
        {"to_number": CALLER_ID, "from_number": None},
    ],
)
def test_where_nobody_could_be_meant_nobody_is_listed(
    world: World, numbers: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert absorb(said(**numbers)) == "parked"
    assert listed() == []
    assert "names nobody" in caplog.text


def test_another_tenants_caller_id_is_never_listed_either(world: World) -> None:
    route(world, world.globex, OTHER_ID, account=account_of(world.globex))
    absorb(said(to_number=OTHER_ID))
    assert listed() == []


def test_a_number_as_people_write_it_is_read(world: World) -> None:
    absorb(said(to_number="+1 (212) 736-5000"))
    assert listed() == [(world.acme, NEW_YORKER)]


def test_tenants_that_share_the_caller_id_both_heard_it(world: World) -> None:
    is_shared(world)
    route(world, world.globex)
    absorb(said())
    assert listed() == [(world.acme, NEW_YORKER), (world.globex, NEW_YORKER)]


def test_a_caller_id_that_moved_to_another_account_leads_to_its_tenant(world: World) -> None:
    other = account_of(world.acme, hook_token="second")
    route(world, world.acme, OTHER_ID, account=other)
    absorb(said(from_number=OTHER_ID))
    assert listed() == [(world.acme, NEW_YORKER)]


def test_a_tenants_own_account_never_reaches_another_tenants_list(world: World) -> None:
    route(world, world.globex, OTHER_ID, account=account_of(world.globex))
    absorb(said(from_number=OTHER_ID))
    assert listed() == [(world.acme, NEW_YORKER)]


@pytest.mark.parametrize("caller_id", [OTHER_ID, None])
def test_without_a_caller_id_of_ours_whoever_rides_on_the_account(
    world: World, caller_id: str | None
) -> None:
    is_shared(world)
    route(world, world.globex, "+15555550100")
    absorb(said(from_number=caller_id))
    assert listed() == [(world.acme, NEW_YORKER), (world.globex, NEW_YORKER)]


@pytest.mark.parametrize("fields", [{"opted_out": False}, {"opted_out": None}, {"opted_out": 1}])
def test_what_says_nothing_of_it_lists_nobody(world: World, fields: dict[str, Any]) -> None:
    assert absorb(said(**fields)) == "parked"
    assert listed() == []


def test_the_platforms_list_is_left_alone(world: World) -> None:
    absorb(said())
    absorb(said("evt_2", from_number=OTHER_ID))
    assert not DncEntry.objects.filter(tenant=None).exists()


ANN, OURS, ELSE = "+12127365000", "+15555551234", "+15555550100"


@pytest.mark.parametrize(
    ("to", "caller_id", "found"),
    [
        (ANN, OURS, OptOut(ANN, OURS)),
        (OURS, ANN, OptOut(ANN, OURS)),
        (ANN, "", OptOut(ANN, "")),
        (ANN, ELSE, OptOut(ANN, ELSE)),
        (OURS, OURS, None),
        (OURS, "", None),
        ("", ANN, None),
        ("", OURS, None),
        ("", "", None),
    ],
)
def test_which_of_two_numbers_is_the_persons(to: str, caller_id: str, found: OptOut | None) -> None:
    assert opt_out_in(to=to, caller_id=caller_id, our_numbers={OURS}) == found
