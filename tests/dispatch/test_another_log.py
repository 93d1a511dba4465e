"""A key or address that changed opens another log, perhaps another account's: its silence proves nothing."""

from datetime import timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.records.models import Call
from calls.routes import actions as routes
from tests.callbacks import ACCOUNT_SID, at_twilio
from tests.database.rows import change
from tests.dispatch.steps import fresh, lost
from tests.world import HOOK_SECRET, NOW, SEED, World

LATER = NOW + timedelta(seconds=5)


@pytest.fixture(autouse=True)
def policy(world: World) -> None:
    """Acme has lost calls dialled once more."""
    change(world.acme, unknown_outcome="redial")


def look(call: Call) -> Call:
    """The whole log was read, after W, without the call."""
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(seconds=30))
    return fresh(call)


def point(world: World, base_url: str) -> None:
    routes.point_hooks(
        account=world.account,
        base_url=base_url,
        token="fresh-token",
        hook_secrets=[HOOK_SECRET],
        actor=SEED,
        now=LATER,
    )


def test_with_another_key_a_person_decides(world: World) -> None:
    call = lost(world)
    routes.change_credential(account=world.account, api_key="another", actor=SEED, now=LATER)
    call = look(call)
    assert call.state == "needs_human"
    assert call.reason_text.startswith("The account's key or address has changed since")


def test_at_another_address_a_person_decides(world: World) -> None:
    call = lost(world)
    point(world, "http://127.0.0.1:9/elsewhere")
    assert look(call).state == "needs_human"


def test_where_only_the_hooks_changed_it_is_the_same_log(world: World) -> None:
    call = lost(world)
    point(world, world.account.base_url)
    assert look(call).state == "queued"


def test_what_was_asked_for_since_is_in_it(world: World) -> None:
    routes.change_credential(
        account=world.account, api_key="another", actor=SEED, now=NOW - timedelta(seconds=1)
    )
    assert look(lost(world)).state == "queued"


def test_another_token_of_one_twilio_account_opens_the_same_log(world: World) -> None:
    account = at_twilio(world)
    call = lost(world)
    key = f"{ACCOUNT_SID}:{'b' * 32}"
    routes.change_credential(account=account, api_key=key, actor=SEED, now=LATER)
    assert look(call).state == "queued"
