"""Pointing the sandbox's webhooks at this installation, with a fresh token and secret each time."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from calls.carriers.sandbox import Sandbox, start
from calls.lib import secrets
from calls.management.demo import seed_acme, seed_globex
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from tests.callbacks import ACCOUNT_SID, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(settings: Any) -> Iterator[Sandbox]:
    """A running sandbox on a port the account does not know yet."""
    running = start(pace=0.02)
    settings.SANDBOX_URL = running.url
    yield running
    running.stop()


@pytest.fixture
def account() -> CarrierAccount:
    """Acme's account, with the address of another day."""
    seed_acme(sandbox_url="http://127.0.0.1:9", now=timezone.now())
    return CarrierAccount.objects.get()


def known_to(sandbox: Sandbox, key: str) -> tuple[str, str]:
    """The hook and secret the sandbox was given for an account."""
    with sandbox.server.ledger.transaction() as db:
        row = db.execute("SELECT * FROM accounts WHERE key = ?", (key,)).fetchone()
    return row[2], row[3]


def test_the_account_learns_where_the_sandbox_listens(
    sandbox: Sandbox, account: CarrierAccount
) -> None:
    call_command("connect_sandbox")
    account.refresh_from_db()
    assert account.base_url == sandbox.url


def test_the_sandbox_learns_our_hook_and_a_secret_we_hold(
    sandbox: Sandbox, account: CarrierAccount, settings: Any
) -> None:
    call_command("connect_sandbox")
    account.refresh_from_db()
    access = access_to(account)
    hook, secret = known_to(sandbox, access.api_key)
    assert hook.startswith(f"{settings.PUBLIC_URL}/hooks/stateset/")
    assert access.signing_secrets == (secret,)


def test_every_start_brings_a_new_token(sandbox: Sandbox, account: CarrierAccount) -> None:
    tokens = set()
    for _ in range(3):
        call_command("connect_sandbox")
        account.refresh_from_db()
        tokens.add(account.hook_token_sha256)
    assert len(tokens) == 3


def test_the_token_itself_is_not_stored(sandbox: Sandbox, account: CarrierAccount) -> None:
    call_command("connect_sandbox")
    account.refresh_from_db()
    hook, _ = known_to(sandbox, access_to(account).api_key)
    assert hook.rpartition("/")[2] not in (account.hook_token_sha256, account.base_url)


def test_the_twilio_face_learns_the_name_and_is_told_hooks_with_each_request(
    sandbox: Sandbox, account: CarrierAccount
) -> None:
    CarrierAccount.objects.update(
        carrier="sandbox-twilio", sealed_api_key=secrets.seal(f"{ACCOUNT_SID}:{TOKEN}")
    )
    call_command("connect_sandbox")
    account.refresh_from_db()
    assert account.base_url == sandbox.url
    assert known_to(sandbox, ACCOUNT_SID) == ("", "")
    assert sandbox.server.ledger.account_name(ACCOUNT_SID) == account.name


def test_a_sandbox_that_is_not_there_is_an_error_and_not_silence(
    account: CarrierAccount, settings: Any
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(Exception, match="refused"):
        call_command("connect_sandbox")


def test_the_sandbox_says_loudly_what_it_is(sandbox: Sandbox) -> None:
    with urllib.request.urlopen(f"{sandbox.url}/health") as answer:
        assert json.load(answer)["ok"] is True


def test_an_account_nobody_can_open_is_paused_and_the_next_one_connected(
    sandbox: Sandbox, account: CarrierAccount, capsys: Any
) -> None:
    CarrierAccount.objects.update(sealed_api_key="00000000:lost")
    seed_globex(sandbox_url="http://127.0.0.1:9", now=timezone.now())
    call_command("connect_sandbox")
    account.refresh_from_db()
    assert account.paused_reason in capsys.readouterr().err
    assert "it wants key '00000000'" in account.paused_reason
    other = CarrierAccount.objects.exclude(pk=account.pk).get()
    assert (other.paused_at, other.base_url) == (None, sandbox.url)
