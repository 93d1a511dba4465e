"""Carrier accounts in the admin: an account that stopped is resumed by whoever may, and by nobody else."""

import pytest

from calls.audit.models import AuditEntry
from calls.dispatch.actions import claim
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.console.administrators import (
    act,
    admin_of_acme,
    admin_of_globex,
    list_url,
    platform,
    url,
)
from tests.console.signed_in import words
from tests.world import NOW, SEED, World


@pytest.fixture
def stopped(world: World) -> World:
    """Acme's account, stopped by a look at the carrier's log."""
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="Two for one.")
    return world


def is_paused(world: World) -> bool:
    world.account.refresh_from_db()
    return world.account.paused_at is not None


def test_its_admin_resumes_it_and_calls_go_out(stopped: World) -> None:
    call = stopped.place().call
    assert claim(call_id=call.pk, now=NOW) is None
    act(admin_of_acme(stopped), stopped.account, "resume")
    assert not is_paused(stopped)
    assert claim(call_id=call.pk, now=NOW)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_name) == ("account.resumed", "Ada")


def test_the_page_says_why_it_stopped_and_asks_first(stopped: World) -> None:
    client = admin_of_acme(stopped)
    html = words(client.get(url(stopped.account)).content)
    assert "Two for one." in html and "Resume…" in html
    asked = client.post(
        list_url(CarrierAccount),
        {"action": "resume", "_selected_action": str(stopped.account.pk)},
    )
    assert "find out why first" in words(asked.content)


def test_it_is_paused_with_a_reason(world: World) -> None:
    act(admin_of_acme(world), world.account, "pause", reason="They asked us to stop.")
    assert is_paused(world)
    assert world.account.paused_reason == "They asked us to stop."


def test_a_shared_account_is_for_whoever_runs_the_installation(stopped: World) -> None:
    type(stopped.account).objects.update(tenant=None)
    act(admin_of_acme(stopped), stopped.account, "resume")
    assert is_paused(stopped)
    act(platform(), stopped.account, "resume")
    assert not is_paused(stopped)


def test_another_tenants_admin_does_not_even_see_it(stopped: World) -> None:
    client = admin_of_globex(stopped)
    assert client.get(url(stopped.account)).status_code == 302
    act(client, stopped.account, "resume")
    assert is_paused(stopped)
