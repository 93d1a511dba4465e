"""Endpoints: added, disabled, enabled, deleted; by whom, how many, and what stays on record."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.hooks import actions
from calls.hooks.actions import EndpointEnded, EndpointExists, TooManyEndpoints
from calls.hooks.actions.endpoints import LOOKUPS
from calls.hooks.models import Endpoint
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.lib.public import Busy
from calls.lib.secrets import unseal
from calls.tenants import actions as tenants
from calls.tenants import scope
from calls.tenants.models import ApiKey
from tests.hooks.steps import URL, added, delivery, endpoint
from tests.world import NOW, SEED, World

BY = {"now": NOW}


def program(world: World, *scopes: str, orgs: tuple[str, ...] = ()) -> Any:
    """The actor behind a key of Acme's with these scopes."""
    given: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW, "name": "X"}
    key: ApiKey = tenants.issue_runtime_key(**given, scopes=scopes, org_keys=orgs)[0]
    return scope.key_actor(key)


def north(world: World) -> None:
    """Acme has a business unit."""
    tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)


def test_it_is_kept_with_its_secret_sealed(world: World) -> None:
    row, secret = added(world, events=["voice.call.completed"])
    kept = Endpoint.objects.get()
    assert (kept.url, kept.events, kept.created_by) == (URL, ["voice.call.completed"], "Ada")
    assert secret not in kept.sealed_secret
    assert unseal(row.sealed_secret) == secret
    assert secret.startswith("whsec_")


def test_the_audit_log_tells_it_without_the_secret(world: World) -> None:
    _, secret = added(world)
    entry = AuditEntry.objects.get(verb="endpoint.added")
    assert entry.after == {"url": URL, "events": [], "orgs": []}
    assert secret not in str(entry.__dict__)


@pytest.mark.parametrize("name", ["alice", "bob", "aurel"])
def test_only_admins_add_one(world: World, name: str) -> None:
    with pytest.raises(NotPermitted):
        added(world, actor=getattr(world, name))


def test_a_key_with_the_scope_adds_one(world: World) -> None:
    assert endpoint(world, actor=program(world, "webhooks:write")).created_by.startswith("X (")
    with pytest.raises(NotPermitted):
        endpoint(world, actor=program(world, "calls:write"), url=URL + "/2")


def test_nobody_adds_one_to_another_tenant(world: World) -> None:
    with pytest.raises(NotFound):
        added(world, tenant=world.globex)


def test_an_event_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(BadField, match=r"There is no event voice\.call\.lost") as told:
        added(world, events=["voice.call.completed", "voice.call.lost"])
    assert told.value.field == "events"


def test_an_address_that_is_not_public_is_refused(world: World) -> None:
    with pytest.raises(BadField, match="not lead to a public address") as told:
        added(world, url="https://10.0.0.1/hooks")
    assert (told.value.field, told.value.field_code) == ("url", "url_not_allowed")
    assert not Endpoint.objects.exists()


def test_an_address_is_told_once(world: World) -> None:
    endpoint(world)
    with pytest.raises(EndpointExists):
        endpoint(world)


def test_and_again_once_the_first_is_deleted(world: World) -> None:
    actions.end_endpoint(endpoint=endpoint(world), actor=world.ada, **BY)
    assert endpoint(world).ended_at is None


def test_there_is_an_end_to_them(world: World) -> None:
    for n in range(20):
        endpoint(world, url=f"{URL}/{n}")
    with pytest.raises(TooManyEndpoints):
        endpoint(world)
    with LOOKUPS.taken(), pytest.raises(TooManyEndpoints):
        endpoint(world, url="https://slow.example/")  # and no name is looked up for one too many


def test_one_name_is_looked_up_at_a_time(world: World) -> None:
    with LOOKUPS.taken(), pytest.raises(Busy):
        endpoint(world)
    assert endpoint(world).pk


def test_a_key_of_some_units_hears_of_no_others(world: World) -> None:
    north(world)
    assert endpoint(world, actor=program(world, "webhooks:write", orgs=("north",))).org_keys == [
        "north"
    ]


def test_nor_changes_what_hears_of_all(world: World) -> None:
    north(world)
    limited = program(world, "webhooks:write", orgs=("north",))
    with pytest.raises(NotPermitted):
        actions.end_endpoint(endpoint=endpoint(world), actor=limited, **BY)


def test_a_unit_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(BadField, match="no business unit south"):
        endpoint(world, org_keys=["south"])


@pytest.mark.parametrize(
    ("events", "event", "wants"),
    [
        ([], "voice.call.refused", True),
        (["voice.call.refused"], "voice.call.refused", True),
        (["voice.call.completed"], "voice.call.refused", False),
    ],
)
def test_it_wants_what_was_asked_for(events: list[str], event: str, wants: bool) -> None:
    assert Endpoint(events=events).wants(event, None) is wants


@pytest.mark.parametrize(
    ("orgs", "org", "wants"),
    [([], "north", True), (["north"], "north", True), (["north"], "south", False)],
)
def test_of_the_units_it_was_given(orgs: list[str], org: str, wants: bool) -> None:
    assert Endpoint(org_keys=orgs).wants("voice.call.completed", org) is wants
    assert Endpoint(org_keys=orgs).wants("voice.call.completed", None)


def test_disabled_it_gives_up_what_waits(world: World) -> None:
    row = endpoint(world)
    waiting = delivery(row)
    row = actions.disable_endpoint(endpoint=row, actor=world.ada, **BY)
    waiting.refresh_from_db()
    assert (row.is_enabled, row.disabled_by, row.tell_at) == (False, "person", None)
    assert (waiting.next_at, waiting.given_up_at) == (None, NOW)


def test_disabled_twice_it_was_disabled_once(world: World) -> None:
    row = endpoint(world)
    for _ in range(2):
        actions.disable_endpoint(endpoint=row, actor=world.ada, **BY)
    assert AuditEntry.objects.filter(verb="endpoint.disabled").count() == 1


def test_enabled_it_begins_anew(world: World) -> None:
    row = endpoint(world)
    Endpoint.objects.update(failing_since=NOW)
    actions.disable_endpoint(endpoint=row, actor=world.ada, **BY)
    row = actions.enable_endpoint(endpoint=row, actor=world.ada, **BY)
    assert (row.is_enabled, row.failing_since, row.disabled_by) == (True, None, "")
    assert AuditEntry.objects.get(verb="endpoint.enabled").before == {"disabled_by": "person"}


def test_deleted_it_keeps_its_log_and_no_secret(world: World) -> None:
    row = endpoint(world)
    sent = delivery(row, next_at=None, delivered_at=NOW)
    row = actions.end_endpoint(endpoint=row, actor=world.ada, **BY)
    assert (row.sealed_secret, row.sealed_former_secret, row.ended_at) == ("", "", NOW)
    assert row.deliveries.get() == sent


@pytest.mark.parametrize("verb", ["end_endpoint", "disable_endpoint", "enable_endpoint"])
def test_deleted_it_stays_deleted(world: World, verb: str) -> None:
    row = actions.end_endpoint(endpoint=endpoint(world), actor=world.ada, **BY)
    with pytest.raises(EndpointEnded):
        getattr(actions, verb)(endpoint=row, actor=world.ada, **BY)
