"""A call that may not be placed is refused, and kept with its reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.dnc import actions as dnc
from calls.placing.actions import CallRefused
from calls.policy.gates import GATES
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.dispatch.steps import claim
from tests.faults.numbers import OTHER_ROUTE
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, WAITING, World

NIGHT = NOW + timedelta(hours=14)


def listed(world: World) -> None:
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="By phone", source="test", actor=SEED, now=NOW
    )


def suspended(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="Unpaid")


def switched_off(world: World) -> None:
    routes.switch_route(route=world.route, enabled=False, actor=SEED, now=NOW)


def no_default_greeting(world: World) -> None:
    agents.set_default_greeting(agent=world.agent, greeting_id=None, actor=SEED, now=NOW)


def second_route(world: World) -> None:
    other = routes.add_route(
        tenant=world.acme, actor=SEED, now=NOW, number=OTHER_ROUTE, account=world.account
    )
    routes.switch_route(route=other, enabled=False, actor=SEED, now=NOW)


def nothing(world: World) -> None:
    """All as it was."""


# what happened before, what is asked, the refusal's code
REFUSALS: list[tuple[Callable[[World], None], dict[str, Any], str]] = [
    (suspended, {}, "tenant_suspended"),
    (listed, {}, "dnc_listed"),
    (switched_off, {}, "route_unavailable"),
    (nothing, {"to": "+15555551234"}, "invalid_number"),
    (second_route, {"to": OTHER_ROUTE}, "invalid_number"),
    (second_route, {"to": OTHER_ROUTE, "caller_id": ""}, "invalid_number"),
    (nothing, {"to": "+1911"}, "invalid_number"),
    (nothing, {"to": "+19002345678"}, "number_type_blocked"),
    (nothing, {"to": "+18002345678"}, "number_type_blocked"),
    (nothing, {"to": "+881612345678"}, "number_type_blocked"),
    (nothing, {"to": "+447911123456"}, "country_blocked"),
    (nothing, {"to": "+18762345678"}, "country_blocked"),
    (nothing, {"greeting": "Nobody approved this."}, "greeting_not_approved"),
    (nothing, {"greeting": WAITING}, "greeting_not_approved"),
    (no_default_greeting, {"greeting": ""}, "greeting_not_approved"),
    (nothing, {"to": NEW_YORKER, "now": NIGHT}, "outside_hours"),
]


@pytest.mark.parametrize(("before", "fields", "code"), REFUSALS)
def test_a_refusal_is_kept_with_its_reason(
    world: World, before: Callable[[World], None], fields: dict[str, Any], code: str
) -> None:
    before(world)
    with pytest.raises(CallRefused) as refused:
        world.place(**fields)
    call = Call.objects.get()
    assert (refused.value.code, refused.value.status, refused.value.call) == (code, 409, call)
    assert (call.state, call.reason, call.outcome) == ("refused", code, "refused")
    assert call.reason_text == refused.value.sentence
    assert call.ended_at == call.created_at


def test_all_reasons_are_told_and_the_first_gate_names_the_refusal(world: World) -> None:
    suspended(world)
    listed(world)
    with pytest.raises(CallRefused) as refused:
        world.place(greeting="Nobody approved this.")
    codes = [verdict["code"] for verdict in refused.value.verdicts]
    assert codes == ["tenant_suspended", "greeting_not_approved", "dnc_listed"]
    assert refused.value.code == "tenant_suspended"


def test_the_receipt_keeps_also_the_gates_that_passed(world: World) -> None:
    listed(world)
    with pytest.raises(CallRefused) as refused:
        world.place()
    receipt = refused.value.call.receipts.get()
    assert not receipt.allowed
    assert [v["gate"] for v in receipt.verdicts if v["outcome"] == "block"] == ["dnc"]
    assert len(receipt.verdicts) == len(GATES)


def test_when_it_may_go_is_told_where_time_helps(world: World) -> None:
    with pytest.raises(CallRefused) as refused:
        world.place(to=NEW_YORKER, now=NIGHT)
    assert refused.value.verdicts[0]["retry_at"] == "2026-11-04T14:00:00+00:00"


def test_the_audit_log_knows(world: World) -> None:
    listed(world)
    with pytest.raises(CallRefused) as refused:
        world.place()
    entry = AuditEntry.objects.get(target_id=refused.value.call.public_id)
    assert (entry.verb, entry.after["reason"]) == ("call.refused", "dnc_listed")


@pytest.mark.parametrize("name", ["aurel"])
def test_who_may_only_read_may_not_place(world: World, name: str) -> None:
    with pytest.raises(CallRefused) as refused:
        world.place(actor=getattr(world, name))
    assert refused.value.code == "not_permitted"


def test_who_works_for_one_org_may_not_use_anothers_route(world: World) -> None:
    north = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    south = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="south", name="South")
    world.route.org = south
    world.route.save()
    world.members["bob"].orgs.set([north])
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "not_permitted"
    world.members["bob"].orgs.set([south])
    assert world.place(to="+15555557001").call.state == "queued"


def test_a_listed_number_of_another_tenant_is_no_concern(world: World) -> None:
    dnc.add_number(
        tenant=world.globex, number=CALLEE, reason="By phone", source="test", actor=SEED, now=NOW
    )
    assert world.place().call.state == "queued"


def test_a_refused_call_is_never_dialled(world: World) -> None:
    listed(world)
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert claim(refused.value.call, NOW + timedelta(hours=1)) is None
