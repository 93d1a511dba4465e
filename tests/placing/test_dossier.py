"""Everything on record about one number, and nothing about another or of somebody else."""

from datetime import timedelta
from typing import Any

from calls.dnc import actions as dnc
from calls.lib import phone
from calls.placing.dossier import Dossier, approver_of, as_record, dossier_of
from calls.tenants import actions as tenants
from tests.database.rows import change
from tests.world import CALLEE, NOW, SEED, World


def dossier(world: World, **fields: Any) -> Dossier:
    given: dict[str, Any] = {"orgs": None, "now": NOW, "most": 10} | fields
    return dossier_of(given.pop("tenant", world.acme), phone.read(CALLEE), **given)


def listed(world: World, **fields: Any) -> None:
    given: dict[str, Any] = {"tenant": world.acme, "number": CALLEE, "reason": "x", "source": "x"}
    dnc.add_number(**given | fields, actor=SEED, now=NOW)


def test_calls_newest_first_and_how_many_there_are(world: World) -> None:
    sids = [world.place(reference=str(n)).call.sid for n in range(3)]
    found = dossier(world, most=2)
    assert [call.sid for call in found.calls] == sids[:0:-1]
    assert (found.total, found.waiting) == (3, 3)


def test_of_business_units_the_reader_does_not_see_nothing_is_told(world: World) -> None:
    berlin = tenants.add_org(tenant=world.acme, key="berlin", name="Berlin", actor=SEED, now=NOW)
    change(world.place().call, org=berlin)
    assert dossier(world, orgs=frozenset({"munich"})).total == 0
    assert dossier(world, orgs=frozenset({"berlin"})).total == 1


def test_another_tenant_has_nothing(world: World) -> None:
    world.place()
    listed(world)
    found = dossier(world, tenant=world.globex)
    assert (found.calls, found.entries, found.consents, found.revocations) == ([], [], [], [])


def test_an_entry_that_ended_is_not_in_force(world: World) -> None:
    listed(world)
    entry = dossier(world).entries[0]
    dnc.lift_number(entry=entry, actor=world.alice, now=NOW)
    assert dossier(world).entries == []


def test_listed_means_by_the_tenant_itself(world: World) -> None:
    listed(world, tenant=None)
    listed(world, number="+1555", is_prefix=True)
    assert not dossier(world).is_listed
    listed(world)
    assert dossier(world).is_listed


def test_the_approver_is_whom_the_receipt_saw(world: World) -> None:
    call = world.place().call
    assert approver_of(call) == "Alice"
    call.receipts.update(verdicts=[])
    assert approver_of(call) == ""


def test_the_record_names_what_ended_and_what_stands(world: World) -> None:
    world.place(scheduled_at=NOW + timedelta(hours=1))
    listed(world)
    record = as_record(dossier(world))
    assert set(record) == {
        *("tenant", "number", "stated", "do_not_call", "consent"),
        *("consent_taken_back_unrecorded", "calls_on_record", "calls"),
    }
    assert (record["stated"], record["do_not_call"][0]["list"]) == (None, "tenant")
    assert record["calls"][0]["state"] == "queued"
