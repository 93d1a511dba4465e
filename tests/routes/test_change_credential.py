"""Another credential: write-only, in force from the next request on, and nothing is resumed by it."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.carriers.base import carrier_for
from calls.events.actions import NotGenuine
from calls.lib.errors import NotFound, NotPermitted
from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from tests.audit.entries import told
from tests.callbacks import ACCOUNT_SID, TOKEN, at_twilio, callback, deliver, hook
from tests.world import HOOK_SECRET, NOW, SEED, World

NEXT = "b" * 32
DAY = timedelta(hours=24)


def change(world: World, key: str = "new key", *, at_once: bool = False) -> CarrierAccount:
    return actions.change_credential(
        account=world.account, api_key=key, actor=SEED, now=NOW, at_once=at_once
    )


def test_the_next_request_is_made_with_it(world: World) -> None:
    before = carrier_for(access_to(world.account))
    change(world)
    after = carrier_for(access_to(CarrierAccount.objects.get(pk=world.account.pk)))
    assert (before.access.api_key, after.access.api_key) == ("sandbox-acme", "new key")


def test_it_is_stored_sealed_and_told_to_nobody(world: World) -> None:
    actions.change_credential(account=world.account, api_key="new key", actor=world.ada, now=NOW)
    assert "new key" not in repr(CarrierAccount.objects.values().get())
    assert told(world.account, "account.credential_changed") == ("Ada", {}, {})
    assert "new key" not in repr(list(AuditEntry.objects.values()))


def test_a_paused_account_stays_paused(world: World) -> None:
    actions.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    kept = change(world)
    assert (kept.paused_at, kept.paused_reason) == (NOW, "401")


def test_hook_secrets_stay_as_they_are(world: World) -> None:
    assert access_to(change(world)).secrets_at(NOW) == (HOOK_SECRET,)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "charlie"])
def test_only_its_admin_changes_it(world: World, who: str) -> None:
    actor = getattr(world, who)
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        actions.change_credential(account=world.account, api_key="k", actor=actor, now=NOW)
    assert access_to(CarrierAccount.objects.get()).api_key == "sandbox-acme"


@pytest.mark.parametrize("key", ["", "two\nlines", "x" * 501])
def test_what_cannot_be_sent_is_no_credential(world: World, key: str) -> None:
    with pytest.raises(actions.WrongCredential):
        change(world, key)
    assert access_to(CarrierAccount.objects.get()).api_key == "sandbox-acme"


def test_twilios_former_token_signs_for_a_day(world: World) -> None:
    at_twilio(world)
    access = access_to(change(world, f"{ACCOUNT_SID}:{NEXT}"))
    assert access.secrets_at(NOW + DAY - timedelta(seconds=1)) == (TOKEN,)
    assert access.secrets_at(NOW + DAY) == ()


@pytest.mark.parametrize(
    ("token", "late", "taken"), [(TOKEN, 23, 1), (TOKEN, 24, 0), (NEXT, 99, 1)]
)
def test_callbacks_are_taken_by_it(world: World, token: str, late: int, taken: int) -> None:
    at_twilio(world)
    change(world, f"{ACCOUNT_SID}:{NEXT}")
    try:
        deliver(
            hook(world.account), callback("ringing"), token=token, now=NOW + timedelta(hours=late)
        )
    except NotGenuine:
        assert not taken
    else:
        assert taken


def test_a_token_that_leaked_ends_at_once(world: World) -> None:
    at_twilio(world)
    kept = change(world, f"{ACCOUNT_SID}:{NEXT}", at_once=True)
    assert access_to(kept).secrets_at(NOW) == ()
    after = {"former": "ended at once"}
    assert told(kept, "account.credential_changed")[2] == after


def test_given_twice_it_has_not_replaced_itself(world: World) -> None:
    at_twilio(world)
    for _ in range(2):
        kept = change(world, f"{ACCOUNT_SID}:{NEXT}")
    assert access_to(kept).secrets_at(NOW) == (TOKEN,)
    assert access_to(change(world, f"{ACCOUNT_SID}:{NEXT}", at_once=True)).secrets_at(NOW) == ()


def test_another_twilio_account_is_another_account(world: World) -> None:
    """Its log would not show what was placed: every unknown call would look as if it had never been."""
    at_twilio(world)
    with pytest.raises(actions.WrongCredential, match="another account's") as refused:
        change(world, f"AC{'1' * 32}:{NEXT}")
    assert NEXT not in str(refused.value)
    assert access_to(CarrierAccount.objects.get(pk=world.account.pk)).api_key.endswith(TOKEN)


def test_over_one_nobody_can_open_any_is_taken(world: World) -> None:
    at_twilio(world)
    CarrierAccount.objects.update(sealed_api_key="00000000:lost")
    kept = change(world, f"{ACCOUNT_SID}:{NEXT}")
    assert access_to(kept).api_key == f"{ACCOUNT_SID}:{NEXT}"
    assert access_to(kept).secrets_at(NOW) == ()
