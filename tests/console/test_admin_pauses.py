"""The installation's own kill switch: turned and lifted by whoever runs it, and by nobody else."""

from typing import Any

import pytest
from django.test import Client

from calls.limits import actions as limits
from calls.limits.models import Pause
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

ADD = f"{list_url(Pause)}add/"
EMPTY = {"tenant": "", "until_0": "", "until_1": ""}


def turn(client: Client, **fields: Any) -> Any:
    """The form of a new pause, sent."""
    return client.post(ADD, EMPTY | {"reason": "Carrier down"} | fields)


def test_everybody_is_paused_with_a_reason(world: World) -> None:
    assert turn(platform()).status_code == 302
    found = Pause.objects.get()
    assert (found.scope, found.reason, found.started_by) == ("platform", "Carrier down", "Pat")


def test_one_tenant_is_paused(world: World) -> None:
    turn(platform(), tenant=str(world.acme.pk))
    found = Pause.objects.get()
    assert (found.scope, found.tenant) == ("tenant", world.acme)


def test_a_reason_is_demanded(world: World) -> None:
    answer = turn(platform(), reason=" ")
    assert (answer.status_code, Pause.objects.count()) == (200, 0)


def test_an_end_in_the_past_is_said_at_its_field(world: World) -> None:
    answer = turn(platform(), until_0="2020-01-01", until_1="10:00")
    assert "This time has passed." in words(answer.content)
    assert Pause.objects.count() == 0


def test_turning_it_twice_keeps_the_first_reason(world: World) -> None:
    client = platform()
    turn(client)
    turn(client, reason="Another")
    assert Pause.objects.get().reason == "Carrier down"


def test_lifting_asks_first_and_then_does_it(world: World) -> None:
    client = platform()
    turn(client)
    found = Pause.objects.get()
    asked = client.post(list_url(Pause), {"action": "lift", "_selected_action": str(found.pk)})
    assert "meets every gate again" in words(asked.content)
    act(client, found, "lift")
    found.refresh_from_db()
    assert found.ended_by == "Pat"


def test_a_tenants_admin_neither_turns_nor_lifts_it(world: World) -> None:
    limits.pause(tenant=None, reason="Carrier down", actor=SEED, now=NOW)
    own = limits.pause(tenant=world.acme, reason="Ours", actor=world.ada, now=NOW)
    client = admin_of_acme(world)
    assert turn(client).status_code == 403
    act(client, own, "lift")
    own.refresh_from_db()
    assert (own.ended_at, Pause.objects.count()) == (None, 2)


def test_a_tenants_admin_reads_their_own_only(world: World) -> None:
    limits.pause(tenant=None, reason="Carrier down", actor=SEED, now=NOW)
    own = limits.pause(tenant=world.acme, reason="Ours", actor=world.ada, now=NOW)
    html = words(admin_of_acme(world).get(list_url(Pause)).content)
    assert ("Ours" in html, "Carrier down" in html) == (True, False)
    assert admin_of_globex(world).get(url(own))["Location"] == "/admin/"


@pytest.mark.parametrize("scope", ["route", "agent"])
def test_the_page_of_one_shows_what_happened(world: World, scope: str) -> None:
    fields = {scope: getattr(world, scope)}
    found = limits.pause(tenant=world.acme, reason="Ours", actor=world.ada, now=NOW, **fields)
    html = words(platform().get(url(found)).content)
    assert "pause.started" in html
    assert "Ours" in html
