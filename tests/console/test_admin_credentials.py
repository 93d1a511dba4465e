"""A carrier account's credential and hook in the admin: changed, tried, rotated, and resumed by one click."""

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.test import Client

from calls.audit.models import AuditEntry
from calls.carriers.sandbox import Sandbox, start
from calls.dispatch import probe
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to, account_at
from tests.callbacks import ACCOUNT_SID, TOKEN, at_twilio
from tests.carriers.world import fetch
from tests.console.administrators import (
    act,
    admin_of_acme,
    admin_of_globex,
    list_url,
    platform,
    url,
)
from tests.console.signed_in import words
from tests.console.test_admin_accounts_open import typed
from tests.database.rows import change
from tests.dispatch.wire import log_answers
from tests.tenants.units import limit_to
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, SEED, World, account_of

NEW = "sk-new-very-secret"
ACTS = ("test_credential", "change_credential", "rotate_secret", "rotate_path")


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    """A running sandbox, which Acme's account is asked at."""
    running = start(pace=0.02)
    change(world.account, base_url=running.url)
    yield running
    running.stop()


def key_of(world: World) -> str:
    return access_to(CarrierAccount.objects.get(pk=world.account.pk)).api_key


def asked(client: Client, world: World, action: str) -> str:
    """The page that asks first."""
    data = {"action": action, "_selected_action": str(world.account.pk)}
    return client.post(list_url(CarrierAccount), data).content.decode()


def rotate(client: Client, world: World, action: str, **fields: Any) -> str:
    """A rotation, through its form."""
    once = re.search(r'name="once" value="(\w+)"', asked(client, world, action))
    assert once
    return act(client, world.account, action, once=once[1], **fields).content.decode()


def test_it_is_changed_and_shown_nowhere(world: World) -> None:
    client = admin_of_acme(world)
    assert 'type="password"' in asked(client, world, "change_credential")
    html = act(client, world.account, "change_credential", api_key=NEW).content.decode()
    assert key_of(world) == NEW
    assert NEW not in html + client.get(url(world.account)).content.decode()
    html = words(client.get(url(world.account)).content)
    assert "<b>account.credential_changed</b> by Ada" in html
    assert NEW not in repr(list(AuditEntry.objects.values()))


def test_paused_it_stays_paused_and_one_click_resumes_it(world: World) -> None:
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="Refused: 401.")
    client = admin_of_acme(world)
    html = act(client, world.account, "change_credential", api_key=NEW).content.decode()
    assert "The account is still paused, and its calls wait: Refused: 401." in words(html.encode())
    world.account.refresh_from_db()
    assert world.account.paused_at is not None
    button = html.partition('value="resume"')
    assert 'name="confirmed" value="Resume the account"' in button[2].partition("</form>")[0]
    act(client, world.account, "resume")
    world.account.refresh_from_db()
    assert world.account.paused_at is None


def test_what_is_no_credential_is_refused_and_not_repeated(world: World) -> None:
    at_twilio(world)
    html = act(
        admin_of_acme(world), world.account, "change_credential", api_key=f"wrong:{TOKEN}"
    ).content.decode()
    assert "AC…:token" in html and f"wrong:{TOKEN}" not in html
    assert key_of(world) == f"{ACCOUNT_SID}:{TOKEN}"


def test_only_of_twilio_the_former_token_may_be_ended(world: World) -> None:
    client = admin_of_acme(world)
    assert 'name="at_once"' not in asked(client, world, "change_credential")
    at_twilio(world)
    assert 'name="at_once"' in asked(client, world, "change_credential")
    given = {"api_key": f"{ACCOUNT_SID}:{'b' * 32}", "at_once": "on"}
    act(client, world.account, "change_credential", **given)
    assert access_to(CarrierAccount.objects.get(pk=world.account.pk)).former_secrets == ()


def test_a_new_secret_is_shown_once_and_the_former_is_good_for_a_day(world: World) -> None:
    client = admin_of_acme(world)
    secret = typed(rotate(client, world, "rotate_secret"), "New secret")
    access = access_to(CarrierAccount.objects.get())
    assert (access.signing_secrets, access.former_secrets) == ((secret,), (HOOK_SECRET,))
    html = client.get(url(world.account)).content.decode()
    assert secret not in html and "the former secret until" in html


def test_a_new_address_is_shown_once_and_the_former_leads_here_too(world: World) -> None:
    client = admin_of_acme(world)
    address = typed(rotate(client, world, "rotate_path"), "New address")
    token = address.rpartition("/")[2]
    assert "/hooks/stateset/" in address
    assert account_at(token, now=NOW) == world.account == account_at(HOOK_TOKEN, now=NOW)
    html = client.get(url(world.account)).content.decode()
    assert token not in html and "the former address until" in html


def test_what_leaked_ends_at_once(world: World) -> None:
    rotate(admin_of_acme(world), world, "rotate_path", at_once="on")
    assert account_at(HOOK_TOKEN, now=NOW) is None


def test_a_double_click_rotates_once(world: World) -> None:
    client = admin_of_acme(world)
    for _ in range(2):
        answer = act(client, world.account, "rotate_secret", once="form-of-a-double-click")
    assert "This was done already" in words(answer.content)
    assert access_to(CarrierAccount.objects.get()).former_secrets == (HOOK_SECRET,)


def test_after_a_refusal_the_same_form_can_be_sent(world: World) -> None:
    client = admin_of_acme(world)
    limit_to(world, "north", "ada")
    for _ in range(2):
        answer = act(client, world.account, "rotate_secret", once="form-of-a-refusal")
        assert "This was done already" not in words(answer.content)
    world.members["ada"].orgs.clear()
    act(client, world.account, "rotate_secret", once="form-of-a-refusal")
    assert access_to(CarrierAccount.objects.get()).former_secrets == (HOOK_SECRET,)


def test_without_the_cache_nothing_is_rotated_and_it_is_said(
    world: World, monkeypatch: Any
) -> None:
    client = admin_of_acme(world)
    monkeypatch.setattr(cache, "add", Mock(side_effect=ConnectionError))
    answer = act(client, world.account, "rotate_secret", once="form-without-cache")
    assert "Nothing was done" in words(answer.content)
    assert access_to(CarrierAccount.objects.get()).former_secrets == ()


def test_the_browser_keeps_no_page_that_shows_a_secret(world: World) -> None:
    answer = act(admin_of_acme(world), world.account, "rotate_secret", once="form-of-headers")
    assert "no-store" in answer["Cache-Control"]


def test_twilio_has_nothing_to_rotate_and_is_not_offered_it(world: World) -> None:
    at_twilio(world)
    client = admin_of_acme(world)
    page = client.get(url(world.account)).content.decode()
    assert "Rotate" not in page.partition('class="object-tools"')[2].partition("</ul>")[0]
    answer = act(client, world.account, "rotate_secret", once="form-of-twilio")
    assert "Change the credential instead" in words(answer.content)


def tried(client: Client, world: World) -> str:
    """What is said after a click on the button, each word of it as it stands."""
    data = {"action": "test_credential", "_selected_action": str(world.account.pk)}
    return words(client.post(list_url(CarrierAccount), data, follow=True).content)


def test_a_credential_that_is_good(world: World, sandbox: Sandbox) -> None:
    assert "The carrier accepted the credential." in tried(admin_of_acme(world), world)
    assert fetch(f"{sandbox.url}/ledger")["data"] == []


def test_one_is_tried_at_a_time(world: World, sandbox: Sandbox) -> None:
    client = admin_of_acme(world)
    with probe.TURN.taken():
        assert "An address is being tried for somebody else." in tried(client, world)
    assert "The carrier accepted the credential." in tried(client, world)


@pytest.mark.parametrize("status", [401, 403])
def test_one_that_is_refused_and_nothing_is_paused(
    world: World, sandbox: Sandbox, status: int
) -> None:
    log_answers(sandbox, status)
    said = f"The carrier refused the credential ({status})."
    assert said in tried(admin_of_acme(world), world)
    world.account.refresh_from_db()
    assert world.account.paused_at is None


def test_a_carrier_that_is_ill(world: World, sandbox: Sandbox) -> None:
    log_answers(sandbox, 503)
    assert "answered 503, which says nothing" in tried(admin_of_acme(world), world)


def test_a_carrier_that_does_not_answer(world: World) -> None:
    assert "No answer." in tried(admin_of_acme(world), world)


def test_one_nobody_can_open(world: World) -> None:
    change(world.account, sealed_api_key="0badbad0:lost")
    html = tried(admin_of_acme(world), world)
    assert "cannot be opened here" in html and "0badbad0" in html


@pytest.mark.parametrize("action", ACTS)
def test_who_acts_for_one_unit_does_none_of_it(world: World, action: str) -> None:
    limit_to(world, "north", "ada")
    before = CarrierAccount.objects.values().get()
    act(admin_of_acme(world), world.account, action, api_key=NEW, once=f"unit-{action}")
    assert CarrierAccount.objects.values().get() == before


@pytest.mark.parametrize("action", ACTS)
def test_another_tenants_admin_reaches_none_of_it(world: World, action: str) -> None:
    before = CarrierAccount.objects.values().get()
    act(admin_of_globex(world), world.account, action, api_key=NEW, once=f"globex-{action}")
    assert CarrierAccount.objects.values().get() == before


@pytest.mark.parametrize("action", ACTS)
def test_each_is_done_to_one_account(world: World, action: str) -> None:
    account_of(world.globex)
    before = list(CarrierAccount.objects.order_by("pk").values())
    data = {
        "action": action,
        "_selected_action": [str(row["id"]) for row in before],
        "confirmed": "1",
        "api_key": NEW,
        "once": f"two-{action}",
    }
    answer = platform().post(list_url(CarrierAccount), data, follow=True)
    assert "Choose one account" in words(answer.content)
    assert list(CarrierAccount.objects.order_by("pk").values()) == before
