"""A call that may be placed is on record with everything it means, before anybody is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.lib import ids
from calls.placing.ask import Ask
from calls.policy.gates import GATES
from calls.records.models import Call, Receipt
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.world import APPOINTMENT, CALLEE, CALLER_ID, NOW, SEED, World

FILLED = "Hi Ann, this is Acme. Your appointment is on 24 November at 3 PM."
VALUES = {"first_name": "Ann", "day": "24 November", "hour": "3 PM"}


def test_the_readmes_call(world: World) -> None:
    placement = world.place()
    call = Call.objects.get()
    assert placement.call == call
    assert not placement.replayed
    assert (call.to, call.caller_id, call.state, call.status) == (
        CALLEE,
        CALLER_ID,
        "queued",
        "queued",
    )
    assert (call.created_at, call.due_at) == (NOW, NOW)
    assert (call.outcome, call.reason, call.ended_at) == ("waiting", "", None)


def test_everything_it_means_is_resolved(world: World) -> None:
    call = world.place().call
    assert (call.route, call.account) == (world.route, world.account)
    assert (call.agent, call.agent_version) == (world.agent, world.version)
    assert call.greeting_revision == world.appointment.live_revision
    assert call.greeting_text == APPOINTMENT
    assert call.greeting_sha256 == world.appointment.live_revision.sha256  # type: ignore[union-attr]


def test_who_asked_is_frozen(world: World) -> None:
    call = world.place().call
    tenants.change_role(member=world.members["bob"], role="auditor", actor=SEED, now=NOW)
    call.refresh_from_db()
    assert (call.requester_name, call.requester_id) == ("Bob", world.members["bob"].public_id)
    assert call.door == "api"


def test_a_program_asks_in_its_own_name(world: World) -> None:
    call = world.place(actor=world.program).call
    assert call.requester_id == world.runtime_key.public_id


def test_its_id_is_public_and_ours(world: World) -> None:
    call = world.place().call
    assert call.sid == ids.public("CA", call.pk)
    assert call.carrier_call_id is None


def test_the_receipt_shows_every_gate(world: World) -> None:
    receipt = world.place().call.receipts.get()
    assert (receipt.moment, receipt.allowed, receipt.at) == (Receipt.ACCEPT, True, NOW)
    assert len(receipt.verdicts) == len(GATES)
    assert {v["outcome"] for v in receipt.verdicts} == {"pass"}
    assert receipt.rules_version


def test_the_receipt_says_why_a_fictional_number_may_be_dialled_at_night(world: World) -> None:
    receipt = world.place(now=NOW + timedelta(hours=14)).call.receipts.get()
    hours = next(v for v in receipt.verdicts if v["gate"] == "hours")
    assert "fictional number has no callee" in hours["message"]


def test_the_first_event_and_the_audit_entry(world: World) -> None:
    call = world.place(door="form").call
    event = call.events.get()
    assert (event.what, event.source, event.at) == ("accepted", "form", NOW)
    entry = AuditEntry.objects.get(target_id=call.public_id)
    assert (entry.verb, entry.actor_name, entry.after) == ("call.accepted", "Bob", {"door": "form"})


def test_what_the_program_adds_is_kept(world: World) -> None:
    call = world.place(reference="order-7", metadata={"shop": "Berlin"}).call
    assert (call.reference, call.metadata) == ("order-7", {"shop": "Berlin"})


# what is left out or said in other words; the field, and what it comes to
DEFAULTS: list[tuple[dict[str, Any], str, Any]] = [
    ({"caller_id": ""}, "caller_id", CALLER_ID),
    ({"caller_id": "+1 (555) 555-1234"}, "caller_id", CALLER_ID),
    ({"agent_key": ""}, "agent__agent_key", "support_primary"),
    ({"greeting": ""}, "greeting_text", APPOINTMENT),
    ({"greeting": f"  {APPOINTMENT} "}, "greeting_text", APPOINTMENT),
    ({"to": "+1 (555) 555-5678"}, "to", CALLEE),
    ({"greeting": FILLED}, "greeting_text", FILLED),
]


@pytest.mark.parametrize(("fields", "column", "value"), DEFAULTS)
def test_what_is_not_said_is_the_default(
    world: World, fields: dict[str, Any], column: str, value: Any
) -> None:
    world.place(**fields)
    assert Call.objects.values_list(column, flat=True).get() == value


def test_a_greeting_by_its_id_is_filled_in(world: World) -> None:
    call = world.place(greeting_id=world.reminder.public_id, variables=VALUES).call
    assert call.greeting_text == FILLED
    assert call.greeting_revision == world.reminder.live_revision


def test_an_org_has_its_own_default_route(world: World) -> None:
    org = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    own = routes.add_route(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        number="+15555559999",
        account=world.account,
        default_agent=world.agent,
        org=org,
        is_default=True,
    )
    call = world.place(caller_id="", org_id="north").call
    assert (call.route, call.org) == (own, org)
    assert world.place(caller_id="", to="+15555557001").call.route == world.route


def test_a_staged_version_speaks_when_it_is_named(world: World) -> None:
    staged = agents.add_version(agent=world.agent, actor=SEED, now=NOW, config={})
    staged.state = "staged"
    staged.save()
    call = world.place(actor=world.alice, agent_version_id=staged.public_id).call
    assert (call.agent_version, call.version_chosen) == (staged, True)


def test_expiry_is_a_day_or_an_hour_after_a_scheduled_minute(world: World) -> None:
    at = NOW + timedelta(hours=3)
    assert world.place().call.expires_at == NOW + timedelta(hours=24)
    scheduled = world.place(to="+15555557001", scheduled_at=at).call
    assert scheduled.expires_at == at + timedelta(hours=1)
    own = world.place(to="+15555557002", expires_at=NOW + timedelta(minutes=5)).call
    assert own.expires_at == NOW + timedelta(minutes=5)


def test_a_paused_account_accepts_and_says_that_it_waits(world: World) -> None:
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    verdicts = world.place().call.receipts.get().verdicts
    route = next(v for v in verdicts if v["gate"] == "route")
    assert (route["outcome"], route["saw"]["account_paused"]) == ("pass", "401")


def test_accepting_takes_a_fixed_number_of_queries(world: World) -> None:
    """A record of where we stand, savepoints included and PostgreSQL's lock left out."""
    actor = world.bob
    for n in range(3):
        world.draft(f"Hello number {n}.", name=f"Draft {n}")
        with CaptureQueriesContext(connection) as queries:
            world.place(to=f"+1555555{7000 + n}", actor=actor)
        assert len([q for q in queries if "advisory" not in q["sql"]]) == 18


def test_an_ask_is_only_words() -> None:
    ask = Ask(to=CALLEE)
    assert (ask.when, ask.door, ask.idempotency_key) == ("now", "api", None)
