"""Opening an account at a carrier: nothing that opens anything is stored in clear."""

import pytest

from calls.lib.secrets import Undecryptable
from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from tests.audit.entries import entry, told
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, SEED, World, account_of

KEY = "sandbox-acme"


def test_no_credential_is_stored_in_clear(world: World) -> None:
    kept = repr(CarrierAccount.objects.filter(pk=world.account.pk).values().get())
    for secret in (KEY, HOOK_SECRET, HOOK_SECRET.removeprefix("whsec_"), HOOK_TOKEN):
        assert secret not in kept


def test_the_same_key_is_sealed_differently_each_time(world: World) -> None:
    other = account_of(world.acme, api_key=KEY, hook_token="another")
    assert other.sealed_api_key != world.account.sealed_api_key


def test_no_credential_is_told_to_the_audit_log(world: World) -> None:
    assert told(world.account, "account.opened") == ("seed", {}, {"carrier": "sandbox"})
    assert KEY not in repr(entry(world.account, "account.opened").__dict__)


def test_a_client_gets_them_opened(world: World) -> None:
    access = access_to(world.account)
    assert (access.account_id, access.carrier) == (world.account.public_id, "sandbox")
    assert (access.api_key, access.signing_secrets) == (KEY, (HOOK_SECRET,))
    assert access.base_url == "http://127.0.0.1:9"


def test_a_traceback_shows_none_of_them(world: World) -> None:
    assert KEY not in repr(access_to(world.account))
    assert HOOK_SECRET not in repr(access_to(world.account))


def test_without_the_key_of_the_house_nothing_opens(world: World) -> None:
    world.account.sealed_api_key = "00000000:" + world.account.sealed_api_key.partition(":")[2]
    with pytest.raises(Undecryptable):
        access_to(world.account)


def test_an_account_can_be_everybodys(world: World) -> None:
    shared = actions.open_account(
        tenant=None,
        actor=SEED,
        now=NOW,
        carrier="stateset",
        name="House",
        base_url="https://voice.example",
        api_key="k",
        hook_token="shared",
    )
    assert (shared.tenant, shared.is_sandbox) == (None, False)
    assert entry(shared, "account.opened").tenant_id is None
    assert access_to(shared).signing_secrets == ()
