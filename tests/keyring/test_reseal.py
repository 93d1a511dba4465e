"""Another key: everything sealed is under it after a run, and a run that was cut short is started again."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError

from calls.hooks import actions as hooks
from calls.hooks.models import Endpoint
from calls.keyring.actions import Count, reseal_place
from calls.keyring.places import PLACES, Place
from calls.lib import secrets
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from tests.hooks.steps import endpoint
from tests.world import HOOK_SECRET, NOW, SEED, World, account_of

NEW = Fernet.generate_key().decode()
KEYS = Place("calls.CarrierAccount", "sealed_api_key")


@pytest.fixture
def rotated(world: World, settings: Any) -> World:
    """Acme's account and endpoint with a former secret each, Globex's account, and a second factor.

    Then a new first key.
    """
    routes.rotate_hook_secret(account=world.account, actor=SEED, now=NOW)
    account_of(world.globex)
    hooks.rotate_secret(endpoint=endpoint(world), actor=world.ada, now=NOW)
    TOTP.activate(world.user("ada"), "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(world.user("ada"))
    settings.ENCRYPTION_KEYS = [NEW, *settings.ENCRYPTION_KEYS]
    return world


def run(capsys: Any, **options: Any) -> list[str]:
    call_command("rotate_secrets", **options)
    return [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()[1:]]


def under(key: str) -> int:
    """How many texts are under a key."""
    stored = [list(place.model._base_manager.values_list(place.column)) for place in PLACES]
    return repr(stored).count(f"{secrets.key_id(key)}:")


def sealed_rows() -> list[dict[str, Any]]:
    """Every row with something sealed in it."""
    models = {place.model for place in PLACES}
    return [row for m in models for row in m._base_manager.order_by("pk").values()]


def signing_secrets() -> tuple[str, str]:
    """What the endpoint signs with, opened: the secret and the former one."""
    row = Endpoint.objects.get()
    return secrets.unseal(row.sealed_secret), secrets.unseal(row.sealed_former_secret)


def test_everything_is_under_the_new_key_and_the_old_one_can_go(
    rotated: World, settings: Any, capsys: Any
) -> None:
    codes = RecoveryCodes.activate(rotated.user("ada")).generate_codes()
    before = {row.pk: access_to(row) for row in CarrierAccount.objects.all()}
    signs = signing_secrets()
    done = [int(line.split()[0]) for line in run(capsys)]
    # Keys, secrets, the former one; an endpoint's secret and its former one; second factors.
    assert done == [2, 2, 1, 1, 1, 2]
    settings.ENCRYPTION_KEYS = [NEW]
    assert (signing_secrets(), len(set(signs))) == (signs, 2)
    assert {row.pk: access_to(row) for row in CarrierAccount.objects.all()} == before
    assert HOOK_SECRET in before[rotated.account.pk].former_secrets
    assert RecoveryCodes.activate(rotated.user("ada")).generate_codes() == codes
    totp = Authenticator.objects.get(type="totp")
    assert secrets.unseal(totp.data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_again_it_changes_nothing(rotated: World, capsys: Any) -> None:
    run(capsys)
    before = sealed_rows()
    assert {line[:10] for line in run(capsys)} == {"0 resealed"}
    assert sealed_rows() == before


def test_a_dry_run_counts_and_writes_nothing(rotated: World, capsys: Any) -> None:
    assert run(capsys, dry_run=True)[0].startswith("2 to reseal, 0 under the first key")
    assert under(NEW) == 0


def test_cut_short_it_is_started_again_and_nothing_is_lost(
    world: World, settings: Any, monkeypatch: Any, capsys: Any
) -> None:
    for n in range(8):
        account_of(world.acme, hook_token=f"t{n}", api_key=f"key {n}", hook_secrets=[])
    settings.ENCRYPTION_KEYS = [NEW, *settings.ENCRYPTION_KEYS]
    known = {row.pk: access_to(row) for row in CarrierAccount.objects.all()}
    left, seal = iter(range(5)), secrets.seal

    def dying(text: str) -> str:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return seal(text)

    with monkeypatch.context() as cut:
        cut.setattr(secrets, "seal", dying)
        with pytest.raises(KeyboardInterrupt):
            reseal_place(place=KEYS, batch=2)
    assert under(NEW) == 4  # two batches of two; the third, cut in its middle, is as it was
    assert {row.pk: access_to(row) for row in CarrierAccount.objects.all()} == known
    assert run(capsys)[0].startswith("5 resealed, 4 under the first key")
    assert {row.pk: access_to(row) for row in CarrierAccount.objects.all()} == known


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_every_row_is_looked_at_once_whatever_the_batch(rotated: World, batch: int) -> None:
    for n in range(4):
        account_of(rotated.acme, hook_token=f"t{n}")
    assert reseal_place(place=KEYS, batch=batch) == Count(resealed=2, current=4)


def test_what_nobody_can_open_is_named_after_all_else_was_done(
    rotated: World, settings: Any, capsys: Any
) -> None:
    CarrierAccount.objects.filter(pk=rotated.account.pk).update(sealed_api_key="0badbad0:lost")
    with pytest.raises(CommandError) as told:
        run(capsys)
    assert f"{rotated.account.public_id} (sealed_api_key) wants key 0badbad0" in str(told.value)
    assert "1 resealed, 0 under the first key, 1 undecryptable" in capsys.readouterr().out
    assert under(settings.ENCRYPTION_KEYS[1]) == 0
    assert CarrierAccount.objects.get(pk=rotated.account.pk).sealed_api_key == "0badbad0:lost"


def test_of_a_list_what_can_be_opened_is_resealed(rotated: World) -> None:
    sealed = [secrets.seal("one"), "0badbad0:lost"]
    CarrierAccount.objects.filter(pk=rotated.account.pk).update(sealed_former_secrets=sealed)
    count = reseal_place(place=Place("calls.CarrierAccount", "sealed_former_secrets"))
    assert (count.current, count.lost) == (1, [(rotated.account.public_id, "0badbad0")])


def test_no_secret_is_written_to_the_terminal(rotated: World, capsys: Any) -> None:
    call_command("rotate_secrets")
    out = capsys.readouterr().out
    assert "sandbox-acme" not in out and "whsec_" not in out and "gAAAA" not in out


def test_other_columns_and_other_entries_stay(rotated: World, capsys: Any) -> None:
    passkey = Authenticator.objects.create(
        user=rotated.user("ada"), type="webauthn", data={"name": "Key", "credential": {"x": "y"}}
    )
    used = {"used_mask": 5}
    codes = Authenticator.objects.get(type="recovery_codes")
    Authenticator.objects.filter(pk=codes.pk).update(data=codes.data | used)
    run(capsys)
    passkey.refresh_from_db()
    codes.refresh_from_db()
    assert passkey.data == {"name": "Key", "credential": {"x": "y"}}
    assert codes.data["used_mask"] == 5


def test_an_account_changed_meanwhile_is_not_undone(rotated: World, monkeypatch: Any) -> None:
    """Rows are read as their batch begins: what another changed before that is what is resealed."""
    first, later = CarrierAccount.objects.order_by("pk")
    reseal = secrets.reseal

    def meanwhile(sealed: str) -> str:
        if sealed == first.sealed_api_key:
            routes.change_credential(account=later, api_key="newest", actor=SEED, now=NOW)
        return reseal(sealed)

    with monkeypatch.context() as patched:
        patched.setattr(secrets, "reseal", meanwhile)
        assert reseal_place(place=KEYS, batch=1) == Count(resealed=1, current=1)
    assert access_to(CarrierAccount.objects.get(pk=later.pk)).api_key == "newest"
    assert under(NEW) == 2
