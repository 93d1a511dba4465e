"""Every constraint of every noun, broken by hand: what must never be, the database itself refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from calls.tenants.actions import note_key_use
from calls.tenants.models import KeyUse
from tests.database.rows import (
    LATER,
    R,
    again,
    call,
    change,
    consent,
    contact,
    event,
    finding,
    forbidden,
    hour,
    importing,
    launch_gate,
    limit,
    note,
    org,
    pause,
    registry,
    review,
)
from tests.dispatch.steps import asking, placed
from tests.hooks.steps import URL, delivery, endpoint
from tests.world import NOW, World

Break = Callable[[World], object]


def use(world: World) -> KeyUse:
    """The program asked for the log today."""
    note_key_use(key=world.runtime_key, now=NOW, endpoint="GET /api/v1/call-logs")
    return KeyUse.objects.get()


def redialled_twice_as_the_first(world: World) -> None:
    first = call(world)
    redial = again(first, redial_of=first, redial_number=1)
    again(redial)


def two_defaults_of_an_org(world: World) -> None:
    north = org(world)
    first = again(world.route, number="+15555550001", org=north)
    again(first, number="+15555550002")


def two_approvals_of_a_revision(world: World) -> None:
    approved = world.appointment.reviews.get()
    again(approved)


def platform_entry_twice(world: World) -> None:
    again(forbidden(world, tenant=None))


def numbered(row: R, **other: Any) -> R:
    """A row with the first place in its chain."""
    change(row, seal_number=1, **other)
    row.refresh_from_db()
    return row


def one_pair_asked_twice(world: World) -> None:
    attempt = asking(call(world))
    again(attempt, call=call(world))


def the_author_decides(world: World) -> None:
    asked = review(world)
    change(asked, decision="approved", decided_at=NOW, decided_by=asked.author)


def two_canaries(world: World) -> None:
    again(world.version, number=2, state="staged", canary_share=10)
    again(world.version, number=3, state="staged", canary_share=5)


def who_filed_it_accepts_it(world: World) -> None:
    gate = launch_gate(world)
    change(gate, completed_by=gate.filed_by)


CONSTRAINTS: dict[str, Break] = {
    "account_cps_positive": lambda w: change(w.account, cps=0),
    "agent_key_unique": lambda w: again(w.agent),
    "agentversion_canary_is_staged": lambda w: change(w.version, canary_share=10),
    "agentversion_number_unique": lambda w: again(w.version, state="draft"),
    "agentversion_one_canary": two_canaries,
    "agentversion_one_published": lambda w: again(w.version, number=2),
    "agentversion_state_known": lambda w: change(w.version, state="perhaps"),
    "apikey_runtime_has_tenant": lambda w: change(w.runtime_key, tenant=None),
    "attempt_number_unique": lambda w: again(asking(call(w)), outcome="refused"),
    "attempt_one_live_per_call": lambda w: again(asking(call(w)), number=2, to="+15555550001"),
    "attempt_one_open_per_pair": one_pair_asked_twice,
    "attempt_outcome_known": lambda w: change(asking(call(w)), outcome="perhaps"),
    "audit_one_per_own_seal": lambda w: again(numbered(note(w), tenant_id=None)),
    "audit_one_per_seal_number": lambda w: again(numbered(note(w), tenant_id=w.acme.pk)),
    "call_dispatching_has_lease": lambda w: call(w, state="dispatching"),
    "call_one_per_carrier_call_id": lambda w: again(placed(w), idempotency_key=None),
    "call_one_per_idempotency_key": lambda w: again(call(w, idempotency_key="order-1")),
    "call_outcome_known": lambda w: call(w, outcome="perhaps"),
    "call_redial_is_numbered": lambda w: call(w, redial_number=1),
    "call_redialled_once_each": redialled_twice_as_the_first,
    "call_speaks_approved_words": lambda w: call(w, greeting_revision=None),
    "call_state_known": lambda w: call(w, state="perhaps"),
    "consent_captured_before": lambda w: change(consent(w), captured_at=LATER),
    "consent_has_evidence": lambda w: change(consent(w), evidence=""),
    "consent_kind_known": lambda w: change(consent(w), kind="perhaps"),
    "contact_has_source": lambda w: change(contact(w), source=""),
    "contact_one_per_number": lambda w: again(contact(w)),
    "delivery_once": lambda w: again(delivery(endpoint(w))),
    "delivery_waits_or_is_over": lambda w: change(delivery(endpoint(w)), delivered_at=NOW),
    "dnc_one_entry_per_number": lambda w: again(forbidden(w)),
    "dnc_one_entry_per_registry": lambda w: again(forbidden(w, registry=registry(w))),
    "dnc_one_platform_entry": platform_entry_twice,
    "dncimport_one_at_a_time": lambda w: again(importing(w), state="running"),
    "dncsource_name_unique": lambda w: again(registry(w)),
    "dncsource_platform_name_unique": lambda w: again(registry(w, tenant=None)),
    "endpoint_disabled_by_known": lambda w: change(endpoint(w), disabled_at=NOW),
    "endpoint_one_per_url": lambda w: again(endpoint(w)),
    "finding_kind_known": lambda w: change(finding(w), kind="perhaps"),
    "finding_once": lambda w: again(finding(w)),
    "greeting_name_unique": lambda w: again(w.appointment),
    "hourlystat_one_per_bucket": lambda w: again(hour(w)),
    "inbound_event_once": lambda w: again(event(w)),
    "keyuse_one_per_day_and_endpoint": lambda w: again(use(w)),
    "launchgate_complete_has_evidence": lambda w: change(launch_gate(w), evidence=""),
    "launchgate_name_known": lambda w: change(launch_gate(w), name="perhaps"),
    "launchgate_never_own_evidence": who_filed_it_accepts_it,
    "launchgate_one_per_name": lambda w: again(launch_gate(w)),
    "limit_one_for_all_tenants": lambda w: again(limit(w, tenant=None)),
    "limit_one_per_scope_and_window": lambda w: again(limit(w)),
    "limit_scope_known": lambda w: change(limit(w), scope="planet"),
    "limit_window_sane": lambda w: change(limit(w), window_seconds=0),
    "member_one_role_per_tenant": lambda w: again(w.members["bob"], role="owner"),
    "member_role_known": lambda w: change(w.members["bob"], role="king"),
    "org_key_unique": lambda w: again(org(w)),
    "pause_has_reason": lambda w: change(pause(w), reason=""),
    "pause_names_its_scope": lambda w: change(pause(w), tenant=None),
    "pause_one_of_platform": lambda w: again(pause(w, tenant=None)),
    "pause_one_per_agent": lambda w: again(pause(w, agent=w.agent)),
    "pause_one_per_route": lambda w: again(pause(w, route=w.route)),
    "pause_one_per_tenant": lambda w: again(pause(w)),
    "receipt_one_per_seal_number": lambda w: again(numbered(call(w).receipts.get())),
    "review_decided_has_time": lambda w: change(review(w), decision="rejected"),
    "review_never_own_words": the_author_decides,
    "review_one_approval_per_revision": two_approvals_of_a_revision,
    "review_one_open_per_greeting": lambda w: again(review(w)),
    "revision_number_unique": lambda w: again(w.appointment.revisions.get()),
    "route_number_unique": lambda w: again(w.route, is_default=False),
    "route_one_default_per_org": two_defaults_of_an_org,
    "route_one_default_per_tenant": lambda w: again(w.route, number="+15555550001"),
    "tenant_mode_known": lambda w: change(w.acme, mode="perhaps"),
}
UNIQUE_FIELDS: dict[str, Break] = {
    "ApiKey.key_id": lambda w: again(w.runtime_key),
    "ApiKey.replaces": lambda w: [
        again(w.runtime_key, key_id=name, replaces=w.runtime_key) for name in ("one", "two")
    ],
    "CarrierAccount.hook_token_sha256": lambda w: again(w.account),
    "Tenant.slug": lambda w: again(w.acme),
    "User.email": lambda w: again(w.user("bob")),
}


def nouns() -> list[type[models.Model]]:
    """Every noun of the house."""
    return list(apps.get_app_config("calls").get_models())


def columns_of(name: str) -> list[str]:
    """The columns of a unique constraint, which is how SQLite names it."""
    found = [c for model in nouns() for c in model._meta.constraints if c.name == name]
    return list(getattr(found[0], "fields", []))


def refusal(breaks: Break, world: World) -> str:
    """The database's own words."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        breaks(world)
    return str(refused.value)


def test_every_constraint_has_a_case() -> None:
    assert {c.name for model in nouns() for c in model._meta.constraints} == set(CONSTRAINTS)


def test_every_unique_field_has_a_case() -> None:
    fields = {
        f"{model.__name__}.{field.name}"
        for model in nouns()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    }
    assert fields == set(UNIQUE_FIELDS)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses(world: World, name: str) -> None:
    said = refusal(CONSTRAINTS[name], world)
    columns = columns_of(name)
    assert name in said or (columns and all(column in said for column in columns)), said


@pytest.mark.parametrize("name", UNIQUE_FIELDS)
def test_the_database_refuses_a_second(world: World, name: str) -> None:
    assert name.split(".")[1] in refusal(UNIQUE_FIELDS[name], world)


# What stands right beside each condition, and must remain possible.
ALLOWED: dict[str, Break] = {
    "a deleted endpoint beside one at its address": lambda w: again(endpoint(w), ended_at=NOW),
    "one event to two endpoints": lambda w: again(
        delivery(endpoint(w)), endpoint=again(endpoint(w, url=f"{URL}/2"), url=f"{URL}/3")
    ),
    "a retired version beside the published one": lambda w: again(
        w.version, number=2, state="retired"
    ),
    "a staged version beside the canary": lambda w: [
        again(w.version, number=2, state="staged", canary_share=10),
        again(w.version, number=3, state="staged"),
    ],
    "a launch gate that nobody filed": lambda w: again(
        launch_gate(w), name="rollout", evidence="", filed_at=None, completed_at=None
    ),
    "an ended membership beside a new one": lambda w: again(w.members["bob"], ended_at=NOW),
    "a lifted entry beside one in force": lambda w: again(forbidden(w), lifted_at=NOW),
    "one number by hand and in a registry": lambda w: again(forbidden(w), registry=registry(w)),
    "a file that was read beside one that waits": lambda w: again(importing(w), state="done"),
    "a registry of the installation beside a tenant's": lambda w: again(registry(w), tenant=None),
    "two consents of one number": lambda w: again(consent(w)),
    "one number on two tenants' lists": lambda w: again(forbidden(w), tenant=w.globex),
    "an attempt with proof beside a live one": lambda w: again(
        asking(call(w)), number=2, outcome="refused"
    ),
    "calls without an idempotency key": lambda w: [call(w), call(w)],
    "the same idempotency key in two tenants": lambda w: again(
        call(w, idempotency_key="order-1"), tenant=w.globex
    ),
    "a decided review beside an open one": lambda w: again(
        review(w), decision="rejected", decided_at=NOW
    ),
    "an ended limit beside one in force": lambda w: again(limit(w), ended_at=NOW),
    "limits of one scope over two windows": lambda w: again(limit(w), window_seconds=60),
    "one limit for two tenants": lambda w: again(limit(w), tenant=w.globex),
    "a lifted pause beside one in force": lambda w: again(pause(w), ended_at=NOW),
    "pauses of a tenant and of its route": lambda w: [pause(w), pause(w, route=w.route)],
    "routes that are no default": lambda w: again(w.route, number="+15555550001", is_default=False),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_the_database_allows(world: World, case: str) -> None:
    ALLOWED[case](world)
    connection.check_constraints()


@pytest.mark.parametrize("column", ["tenant", "route", "account", "agent", "due_at", "expires_at"])
def test_a_call_always_has_its(world: World, column: str) -> None:
    assert column in refusal(lambda w: call(w, **{column: None}), world)
