"""A key that is gone: what it sealed is of no use, it says so, and nothing crashes over it."""

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from calls.dispatch.reconcile import read_log
from calls.events import actions as events
from calls.events.actions import CannotVerify
from calls.events.models import InboundEvent
from calls.routes.models import CarrierAccount
from tests.events.test_receive import BODY, deliver
from tests.world import NOW, World

LOST = "0badbad0:lost"


def lose(*columns: str) -> None:
    CarrierAccount.objects.update(
        **{column: [LOST] if "secrets" in column else LOST for column in columns}
    )


@pytest.mark.parametrize("column", ["sealed_api_key", "sealed_hook_secrets"])
def test_the_carrier_is_asked_to_send_its_event_again(world: World, column: str) -> None:
    lose(column)
    with pytest.raises(CannotVerify) as refused:
        deliver(BODY)
    assert (refused.value.status, InboundEvent.objects.count()) == (503, 0)


def test_an_event_that_was_taken_is_applied_all_the_same(world: World) -> None:
    row = deliver(BODY)
    lose("sealed_api_key", "sealed_hook_secrets")
    assert events.absorb_waiting(now=NOW) == 1
    row.refresh_from_db()
    assert row.effect == InboundEvent.PARKED


def test_a_log_nobody_can_read_shows_nothing_absent(world: World) -> None:
    lose("sealed_api_key")
    assert read_log(CarrierAccount.objects.get(), since=NOW) == ([], False)


@pytest.mark.parametrize("code", ["123456", "000000", ""])
def test_no_code_fits_a_second_factor_nobody_can_open(world: World, code: str) -> None:
    totp = TOTP.activate(world.user("ada"), "JBSWY3DPEHPK3PXP")
    totp.instance.data = {"secret": LOST}
    assert not totp.validate_code(code)


def test_nor_a_recovery_code(world: World, caplog: Any) -> None:
    kept = RecoveryCodes.activate(world.user("ada"))
    codes = kept.generate_codes()
    kept.instance.data = kept.instance.data | {"seed": LOST}
    kept.instance.save()
    assert not any(kept.validate_code(code) for code in codes)
    assert "a second factor cannot be opened" in caplog.text
