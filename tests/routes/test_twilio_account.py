"""An account at Twilio: what its credential looks like, and which hook is its own."""

import base64

import pytest

from calls.carriers.base import CARRIERS
from calls.carriers.twilio_account import Credential, read_credential
from calls.lib.errors import BadField
from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to, account_at
from tests.callbacks import ACCOUNT_SID, TOKEN, at_twilio
from tests.world import HOOK_TOKEN, NOW, World, account_of

MALFORMED = [
    "",
    TOKEN,
    ACCOUNT_SID,
    f"{ACCOUNT_SID}:",
    f"{ACCOUNT_SID}:short",
    f":{TOKEN}",
    f"{ACCOUNT_SID} {TOKEN}",
    f"{ACCOUNT_SID}:{TOKEN}\n",
    f" {ACCOUNT_SID}:{TOKEN}",
    f"{ACCOUNT_SID}:{TOKEN}:{TOKEN}",
    f"SK{'0' * 32}:{TOKEN}",
    f"AC{'0' * 31}:{TOKEN}",
    f"AC{'g' * 32}:{TOKEN}",
    f"{ACCOUNT_SID}:{'é' * 32}",
]


@pytest.mark.parametrize("text", MALFORMED)
@pytest.mark.parametrize("carrier", CarrierAccount.LIKE_TWILIO)
def test_a_credential_of_another_shape_opens_no_account(
    world: World, carrier: str, text: str
) -> None:
    before = CarrierAccount.objects.count()
    with pytest.raises(actions.WrongCredential) as refused:
        account_of(world.acme, carrier=carrier, api_key=text, hook_token="new")
    assert (refused.value.field, refused.value.field_code) == ("api_key", "invalid_credential")
    assert isinstance(refused.value, BadField)
    assert "AC…:token" in refused.value.sentence
    assert CarrierAccount.objects.count() == before


def test_the_refusal_does_not_repeat_the_secret(world: World) -> None:
    with pytest.raises(actions.WrongCredential) as refused:
        account_of(world.acme, carrier="twilio", api_key=f"wrong:{TOKEN}", hook_token="new")
    assert TOKEN not in repr(refused.value.__dict__) + str(refused.value)


def test_other_carriers_have_keys_of_any_shape(world: World) -> None:
    assert account_of(world.acme, carrier="stateset", api_key="any key", hook_token="new").pk


def test_a_credential_is_read_and_never_shown() -> None:
    found = read_credential(f"{ACCOUNT_SID}:{TOKEN}")
    assert found == Credential(ACCOUNT_SID, TOKEN)
    assert TOKEN not in repr(found)
    assert base64.b64decode(found.basic.removeprefix("Basic ")).decode() == f"{ACCOUNT_SID}:{TOKEN}"


def test_the_client_is_told_where_its_callbacks_go(world: World, settings: object) -> None:
    settings.PUBLIC_URL = "https://calls.example"  # type: ignore[attr-defined]
    account = at_twilio(world)
    assert access_to(account).hook_url == f"https://calls.example/hooks/twilio/{account.public_id}"


def test_only_the_sandboxes_ring_nobody() -> None:
    ring_nobody = {c: CarrierAccount(carrier=c).is_sandbox for c, _ in CHOICES}
    assert [c for c, sandbox in ring_nobody.items() if sandbox] == ["sandbox", "sandbox-twilio"]


CHOICES = CarrierAccount._meta.get_field("carrier").choices or []


def test_every_carrier_there_is_has_a_client() -> None:
    assert {carrier for carrier, _ in CHOICES} == set(CARRIERS)


def test_a_hook_is_found_by_its_secret_path(world: World) -> None:
    assert account_at(HOOK_TOKEN, now=NOW) == world.account
    account = at_twilio(world)
    assert account_at("acme-twilio-hook", now=NOW) == account


def test_where_every_event_is_signed_the_id_will_do(world: World) -> None:
    account = at_twilio(world)
    assert account_at(account.public_id, now=NOW) == account


@pytest.mark.parametrize("carrier", ["sandbox", "stateset"])
def test_elsewhere_an_id_opens_nothing(world: World, carrier: str) -> None:
    account = account_of(world.acme, carrier=carrier, hook_token="new", hook_secrets=[])
    assert account_at(account.public_id, now=NOW) is None


@pytest.mark.parametrize("token", ["", "ca_", "ca_" + "0" * 32, "\x00", "ca_\x00", "é" * 40])
def test_a_path_nobody_gave_out_leads_nowhere(world: World, token: str) -> None:
    at_twilio(world)
    assert account_at(token, now=NOW) is None
