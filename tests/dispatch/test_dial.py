"""One call carried out, and the ways in which nothing is asked of the carrier."""

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch.dial import LONGEST_JUDGEMENT, _ask, dial
from calls.dispatch.models import Attempt
from calls.placing.actions import cancel_call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.agents.steps import launch
from tests.dispatch.steps import claim, fresh, intend, story
from tests.dispatch.wire import carry, ledger, placed_to
from tests.world import APPOINTMENT, CALLER_ID, NEW_YORKER, NOW, SEED, World

look_up = socket.getaddrinfo


def look_up_slowly(*asked: Any, **more: Any) -> Any:
    time.sleep(0.2)
    return look_up(*asked, **more)


def test_a_dialled_call_is_placed_with_the_carriers_id(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678")
    assert dial(call_id=call.pk)
    call = fresh(call)
    assert call.state == "placed"
    assert call.carrier_call_id
    assert story(call) == ["accepted", "claimed", "asking", "placed"]


def test_the_carrier_hears_exactly_what_was_approved(world: World, sandbox: Sandbox) -> None:
    call = carry(placed_to(world, "5678"))
    assert (call.greeting_text, call.caller_id) == (APPOINTMENT, CALLER_ID)
    assert ledger(sandbox, call) == 1


def test_a_repeated_hint_dials_once(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678")
    assert [dial(call_id=call.pk) for _ in range(5)] == [True, False, False, False, False]
    assert ledger(sandbox, call) == 1


def test_a_call_in_other_hands_is_not_dialled(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678")
    claim(call, timezone.now())
    assert not dial(call_id=call.pk)
    assert ledger(sandbox, call) == 0


def test_a_scheduled_call_is_not_dialled_early(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678", scheduled_at=timezone.now() + timedelta(hours=1))
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, ledger(sandbox, call)) == ("queued", 0)


def test_a_canceled_call_is_not_dialled(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678")
    cancel_call(call=call, actor=world.bob, now=timezone.now())
    assert not dial(call_id=call.pk)
    assert ledger(sandbox, call) == 0


def test_a_suspended_tenants_call_is_refused_and_not_dialled(
    world: World, sandbox: Sandbox
) -> None:
    call = placed_to(world, "5678")
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=timezone.now(), reason="Unpaid")
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, ledger(sandbox, call)) == ("tenant_suspended", 0)


def test_a_carrier_nobody_can_reach_leaves_the_call_in_the_queue(world: World) -> None:
    call = placed_to(world, "5678")
    assert dial(call_id=call.pk)
    attempt = Attempt.objects.get()
    assert (fresh(call).state, attempt.evidence, attempt.outcome) == ("queued", "E0", "refused")
    assert "could not be reached" in fresh(call).reason_text


def test_when_the_carrier_is_back_the_call_goes_out_once(world: World, sandbox: Sandbox) -> None:
    url, world.account.base_url = world.account.base_url, "http://127.0.0.1:9"
    world.account.save()
    call = placed_to(world, "5678")
    dial(call_id=call.pk)
    world.account.base_url = url
    world.account.save()
    assert carry(call).state == "placed"
    assert (call.attempts.count(), ledger(sandbox, call)) == (2, 1)


def test_credentials_nobody_can_open_pause_the_account(world: World, sandbox: Sandbox) -> None:
    world.account.sealed_api_key = "not sealed by us"
    world.account.save()
    call = placed_to(world, "5678")
    assert dial(call_id=call.pk)
    world.account.refresh_from_db()
    assert world.account.paused_reason.startswith("No key in ENCRYPTION_KEYS opens this secret")
    assert (fresh(call).state, ledger(sandbox, call)) == ("queued", 0)
    assert "ENCRYPTION_KEYS" in fresh(call).reason_text


def test_after_new_credentials_it_goes_out(world: World, sandbox: Sandbox) -> None:
    sealed, world.account.sealed_api_key = world.account.sealed_api_key, "not sealed by us"
    world.account.save()
    call = placed_to(world, "5678")
    dial(call_id=call.pk)
    world.account.refresh_from_db()
    world.account.sealed_api_key = sealed
    world.account.save()
    routes.resume_account(account=world.account, actor=SEED, now=timezone.now())
    assert carry(call).state == "placed"
    assert ledger(sandbox, call) == 1


def test_a_carrier_we_have_no_client_for_was_not_asked(world: World) -> None:
    world.account.carrier = "pigeon"
    world.account.save()
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode="live")
    launch(world, world.version)
    intent = intend(world.place(to=NEW_YORKER).call)
    assert intent
    assert _ask(intent).evidence == "E0"


def test_two_calls_leave_a_fifth_of_a_second_apart(world: World, sandbox: Sandbox) -> None:
    first, second = placed_to(world, "7001"), placed_to(world, "7002")
    dial(call_id=first.pk)
    dial(call_id=second.pk)
    asked = [call.attempts.get().intent_at for call in (first, second)]
    assert asked[1] - asked[0] >= timedelta(seconds=0.15)


def test_a_worker_that_was_frozen_before_asking_asks_nobody(world: World, sandbox: Sandbox) -> None:
    """Half of the lease is gone: the answer could come when the call is in other hands."""
    call = placed_to(world, "5678")
    seconds = iter([0.0, 40.0, 46.0])
    assert dial(call_id=call.pk, clock=lambda: next(seconds))
    attempt = call.attempts.get()
    assert (fresh(call).state, attempt.evidence, ledger(sandbox, call)) == ("queued", "E0", 0)
    assert "too slow" in fresh(call).reason_text


def test_a_worker_that_was_slow_still_has_time_to_ask(world: World, sandbox: Sandbox) -> None:
    call = placed_to(world, "5678")
    seconds = iter([0.0, 30.0, 44.0])
    assert dial(call_id=call.pk, clock=lambda: next(seconds))
    assert (fresh(call).state, ledger(sandbox, call)) == ("placed", 1)


def test_a_request_that_hangs_before_its_first_byte_leaves_none_later(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that takes long, or a freeze after the last look at the clock: the verdict is too old by then."""
    call = placed_to(world, "5678")
    monkeypatch.setattr(socket, "getaddrinfo", look_up_slowly)
    seconds = iter([0.0, 1.0, 1.0 + LONGEST_JUDGEMENT - 0.1])
    assert dial(call_id=call.pk, clock=lambda: next(seconds))
    attempt = call.attempts.get()
    assert (fresh(call).state, attempt.evidence, ledger(sandbox, call)) == ("queued", "E0", 0)
    assert "too slow" in fresh(call).reason_text


def test_a_verdict_that_waited_too_long_is_not_acted_on(world: World, sandbox: Sandbox) -> None:
    """Whoever held the callee's lock may have held it past the end of calling hours."""
    call = placed_to(world, "5678")
    seconds = iter([0.0, 1.0, 16.5])
    assert dial(call_id=call.pk, clock=lambda: next(seconds))
    assert (fresh(call).state, ledger(sandbox, call)) == ("queued", 0)
