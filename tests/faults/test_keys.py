"""F34: what a key asked for goes on when it is rotated, and is stopped when it leaked; audit says which."""

from datetime import timedelta

from calls.audit.models import AuditEntry
from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.placing import actions as placing
from calls.tenants import actions as tenants
from calls.tenants.models import ApiKey
from tests.api.program import EXAMPLE, Program, calls_on_record
from tests.audit.entries import entry
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import FLIPPED_AT, SECOND, by_key
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=1)


def revoke(world: World, *, leaked: bool = False) -> ApiKey:
    return tenants.revoke_key(key=world.runtime_key, actor=world.ada, now=FLIPPED_AT, leaked=leaked)


def test_before_accept_it_opens_nothing(world: World) -> None:
    revoke(world)
    answer = Program(world.key).place(EXAMPLE)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_credential")
    assert calls_on_record() == 0


def test_after_accept_a_rotation_lets_the_call_go_on(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = by_key(world)
    revoke(world)
    assert placing.stop_forbidden(since=NOW, now=LATER) == 0
    clock.now = LATER
    assert dial(call_id=call.pk)
    assert (fresh(call).state, len(carrier.asked)) == ("placed", 1)
    oracle.uphold(placed=carrier.keys)


def test_a_rotation_during_dispatch_lets_it_go_on_too(
    world: World, carrier: Recorder, between: Between
) -> None:
    call = by_key(world)
    between(lambda: revoke(world))
    assert dial(call_id=call.pk)
    assert len(carrier.asked) == 1
    oracle.uphold(placed=carrier.keys)


def test_when_the_overlap_of_a_rotation_ends_only_new_requests_are_refused(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = by_key(world)
    ApiKey.objects.filter(pk=world.runtime_key.pk).update(expires_at=FLIPPED_AT)
    assert Program(world.key).place(EXAMPLE).status_code == 401
    clock.now = LATER
    assert dial(call_id=call.pk)
    oracle.uphold(placed=carrier.keys)


def test_a_leak_found_out_after_the_rotation_still_stops_it(
    world: World, carrier: Recorder, between: Between
) -> None:
    call = by_key(world)
    revoke(world)
    between(lambda: revoke(world, leaked=True))
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, carrier.asked) == ("not_permitted", [])
    oracle.uphold(placed=carrier.keys)


def test_a_leak_while_it_rings_changes_nothing_any_more(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    """The call exists; what nobody can take back stays on record as it is."""
    call = by_key(world)
    dial(call_id=call.pk)
    revoke(world, leaked=True)
    assert placing.stop_forbidden(since=NOW, now=LATER) == 0
    assert (fresh(call).state, Attempt.objects.get().outcome) == ("placed", Attempt.ACCEPTED)
    oracle.uphold(placed=carrier.keys)


def test_people_and_other_keys_go_on_after_a_leak(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    other, _ = tenants.issue_runtime_key(tenant=world.acme, actor=world.ada, now=NOW, name="B")
    world.runtime_key, leaked = other, world.runtime_key
    calls = [by_key(world), world.place(to="+15555550002").call]
    tenants.revoke_key(key=leaked, actor=world.ada, now=FLIPPED_AT, leaked=True)
    for call in calls:
        clock.now += 2 * SECOND
        assert dial(call_id=call.pk)
    oracle.uphold(placed=carrier.keys)


def test_the_audit_names_the_key_who_revoked_it_and_why(world: World) -> None:
    key = revoke(world, leaked=True)
    told = entry(key, "key.revoked")
    assert (told.actor_name, told.target_id, told.after) == ("Ada", key.public_id, {"leaked": True})
    assert key.key_id in told.target_label


def test_the_refused_call_names_the_key_it_was_asked_with(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = by_key(world)
    revoke(world, leaked=True)
    placing.stop_forbidden(since=NOW, now=LATER)
    assert fresh(call).requester_id == world.runtime_key.public_id
    assert world.runtime_key.name in fresh(call).reason_text
    accepted = AuditEntry.objects.get(verb="call.accepted", target_id=call.sid)
    assert accepted.actor_id == world.runtime_key.public_id
