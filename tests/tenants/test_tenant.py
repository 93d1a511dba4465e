"""Opening, changing, suspending and resuming a tenant."""

import pytest
from django.db import IntegrityError, transaction

from calls.lib.errors import NotPermitted
from calls.placing.actions import CallRefused
from calls.tenants import actions
from calls.tenants.models import Tenant
from tests.audit.entries import entry, told
from tests.world import NOW, SEED, World


@pytest.mark.django_db
def test_a_new_tenant_is_a_sandbox_that_may_call_nobody() -> None:
    tenant = actions.create_tenant(actor=SEED, now=NOW, slug="initech", name="Initech")
    assert (tenant.is_sandbox, tenant.country_groups) == (True, [])
    assert (tenant.time_zone, tenant.outside_hours) == ("UTC", Tenant.REFUSE)
    assert tenant.suspended_at is None


@pytest.mark.django_db
def test_opening_a_tenant_is_on_record() -> None:
    tenant = actions.create_tenant(
        actor=SEED, now=NOW, slug="initech", name="Initech", mode="live", country_groups=["US"]
    )
    after = {"slug": "initech", "mode": "live", "country_groups": ["US"]}
    assert told(tenant, "tenant.created") == ("seed", {}, after)
    assert entry(tenant, "tenant.created").tenant_id == tenant.pk


def test_a_slug_names_one_tenant(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.create_tenant(actor=SEED, now=NOW, slug="acme", name="Another Acme")


def test_a_change_keeps_what_was_before(world: World) -> None:
    actions.change_tenant(
        tenant=world.acme, actor=world.ada, now=NOW, name="Acme Ltd", country_groups=["US", "GB"]
    )
    world.acme.refresh_from_db()
    assert (world.acme.name, world.acme.country_groups) == ("Acme Ltd", ["US", "GB"])
    who, before, after = told(world.acme, "tenant.changed")
    assert who == "Ada"
    assert before == {"name": "Acme", "country_groups": "['US']"}
    assert after == {"name": "Acme Ltd", "country_groups": "['US', 'GB']"}


def test_a_change_leaves_the_rest_alone(world: World) -> None:
    stale = Tenant.objects.get(pk=world.acme.pk)
    actions.change_tenant(tenant=world.acme, actor=world.ada, now=NOW, time_zone="UTC")
    actions.change_tenant(tenant=stale, actor=world.ada, now=NOW, outside_hours="defer")
    world.acme.refresh_from_db()
    assert (world.acme.time_zone, world.acme.outside_hours) == ("UTC", "defer")


def test_what_is_no_setting_cannot_be_changed(world: World) -> None:
    for column in ("colour", "suspended_at", "live_since", "slug", "id"):
        with pytest.raises(TypeError, match=column):
            actions.change_tenant(tenant=world.acme, actor=SEED, now=NOW, **{column: "x"})


def test_whether_it_is_live_is_not_the_tenants_to_choose(world: World) -> None:
    with pytest.raises(NotPermitted, match="runs this installation"):
        actions.change_tenant(tenant=world.acme, actor=world.ada, now=NOW, mode="live")
    world.acme.refresh_from_db()
    assert world.acme.is_sandbox


def test_a_suspended_tenant_calls_nobody(world: World) -> None:
    actions.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="unpaid")
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "tenant_suspended"
    assert "unpaid" in refused.value.sentence


def test_a_resumed_tenant_calls_again(world: World) -> None:
    actions.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="unpaid")
    actions.resume_tenant(tenant=world.acme, actor=SEED, now=NOW)
    world.acme.refresh_from_db()
    assert (world.acme.suspended_at, world.acme.suspended_reason) == (None, "")
    assert world.place().call.state == "queued"


def test_a_suspension_is_nobody_elses_business(world: World) -> None:
    actions.suspend_tenant(tenant=world.globex, actor=SEED, now=NOW, reason="unpaid")
    assert world.place().call.state == "queued"
