"""Developers: endpoints on screen, their secrets shown once, their log, and what may be done."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from calls.hooks import actions
from calls.hooks.models import Delivery, Endpoint
from calls.lib.secrets import unseal
from calls.tenants import actions as tenants
from tests.console.signed_in import at, sign_in, words
from tests.hooks.steps import URL, attempt, delivery, endpoint, exhaust, fresh
from tests.world import NOW, SEED, World

BASE = "/t/acme/developers"


@pytest.fixture
def ada(world: World) -> Client:
    """Ada, who administers Acme."""
    return sign_in(world, "ada")


def read(browser: Client, path: str = "") -> str:
    with at():
        answer = browser.get(f"{BASE}{path}")
    assert answer.status_code == 200
    return words(answer.content)


def act(browser: Client, path: str, **fields: Any) -> HttpResponse:
    with at():
        return browser.post(f"{BASE}{path}", fields)


def of(row: Endpoint, what: str = "") -> str:
    return f"/endpoints/{row.public_id}{what}"


@pytest.mark.parametrize(("who", "seen"), [("ada", True), ("aurel", True), ("bob", False)])
def test_the_entry_is_seen_by_who_may_open_it(world: World, who: str, seen: bool) -> None:
    html = sign_in(world, who).get("/t/acme/").content.decode()
    assert (f'href="{BASE}"' in html) is seen


def test_without_any_it_says_what_they_are_for(world: World, ada: Client) -> None:
    html = read(ada)
    assert "Nothing is sent anywhere yet" in html
    assert f'href="{BASE}/endpoints/new"' in html


def test_an_auditor_reads_and_changes_nothing(world: World) -> None:
    row = endpoint(world)
    aurel = sign_in(world, "aurel")
    assert "endpoints/new" not in read(aurel)
    assert f'action="{BASE}' not in read(aurel, of(row))
    assert f'action="{BASE}' in read(sign_in(world, "ada"), of(row))


def test_one_is_added_and_its_secret_shown_once(world: World, ada: Client) -> None:
    answer = act(ada, "/endpoints/new", url=URL, events=["voice.call.completed"])
    row = Endpoint.objects.get()
    secret = unseal(row.sealed_secret)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert secret in answer.content.decode()
    assert (row.events, row.created_by) == (["voice.call.completed"], "Ada")
    assert secret not in read(ada) + read(ada, of(row))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", ""),
        ("url", "https://10.0.0.1/"),
        ("url", "http://93.184.216.34/"),
        ("events", "voice.call.lost"),
    ],
)
def test_what_cannot_be_told_is_said_at_its_field(
    world: World, ada: Client, field: str, value: str
) -> None:
    answer: Any = act(ada, "/endpoints/new", **{"url": URL} | {field: value})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not Endpoint.objects.exists()


def test_a_second_one_there_is_refused_above_the_form(world: World, ada: Client) -> None:
    endpoint(world)
    answer = act(ada, "/endpoints/new", url=URL)
    assert answer.status_code == 422
    assert "There is an endpoint at this address already" in words(answer.content)


def test_units_are_asked_for_where_there_are_any(world: World, ada: Client) -> None:
    assert "Business units" not in read(ada, "/endpoints/new")
    tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)
    assert "North" in read(ada, "/endpoints/new")
    act(ada, "/endpoints/new", url=URL, org_keys=["north"])
    assert Endpoint.objects.get().org_keys == ["north"]


def test_the_list_says_how_each_does(world: World, ada: Client) -> None:
    row = endpoint(world)
    assert "Nothing sent yet" in read(ada)
    delivery(row), delivery(row)
    attempt(row, 200)
    assert "Works" in read(ada)
    attempt(row, 500)
    assert "Fails" in read(ada)


@pytest.mark.parametrize(("status", "word"), [(410, "Gone"), (500, "Switched off")])
def test_and_why_one_is_off(world: World, ada: Client, status: int, word: str) -> None:
    row = endpoint(world)
    Endpoint.objects.update(failing_since=NOW - timedelta(days=5))
    delivery(row)
    attempt(row, status)
    assert word in read(ada)


def test_its_page_shows_its_log(world: World, ada: Client) -> None:
    row = endpoint(world)
    delivery(row)
    lost = exhaust(row)
    delivery(row, event="voice.call.failed", next_at=None, delivered_at=NOW)
    html = read(ada, of(row))
    assert "voice.call.failed" in html and "Given up" in html
    only = read(ada, of(row) + "?failed=1").partition("<main")[2]
    assert lost.public_id in only and "voice.call.failed" not in only


def test_its_secret_is_rotated_and_shown_once(world: World, ada: Client) -> None:
    row = endpoint(world)
    answer = act(ada, of(row, "/secret"))
    secret = unseal(Endpoint.objects.get().sealed_secret)
    assert secret in answer.content.decode()
    assert "Former secret" in read(ada, of(row))


def test_a_second_rotation_shows_another_and_the_first_signs_on(world: World, ada: Client) -> None:
    row = endpoint(world)
    shown = [act(ada, of(row, "/secret")).content.decode() for _ in range(2)]
    found = Endpoint.objects.get()
    assert [unseal(found.sealed_secret) in html for html in shown] == [False, True]
    assert found.sealed_former_secret == row.sealed_secret


def test_one_that_leaked_ends_at_once(world: World, ada: Client) -> None:
    row = endpoint(world)
    assert "Its secret leaked" in read(ada, of(row))
    answer = act(ada, of(row, "/secret"), at_once="1")
    found = Endpoint.objects.get()
    assert unseal(found.sealed_secret) in answer.content.decode()
    assert (found.sealed_former_secret, found.former_until) == ("", None)
    assert "Former secret" not in read(ada, of(row))


def test_a_test_leads_to_its_delivery(world: World, ada: Client) -> None:
    row = endpoint(world)
    answer = act(ada, of(row, "/test"))
    sent = Delivery.objects.get()
    assert answer["Location"] == f"{BASE}/deliveries/{sent.public_id}"
    assert "It was not tried yet." in read(ada, f"/deliveries/{sent.public_id}")


def test_it_is_switched_off_and_on(world: World, ada: Client) -> None:
    row = endpoint(world)
    act(ada, of(row, "/switch"), act="off")
    html = read(ada, of(row))
    assert "Switch on" in html and "Send a test" not in html
    act(ada, of(row, "/switch"), act="on")
    assert Endpoint.objects.get().is_enabled


def test_what_is_off_is_not_tested(world: World, ada: Client) -> None:
    row = actions.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    act(ada, of(row, "/test"))
    assert "Enable it first" in read(ada, of(row))


def test_deleted_it_leaves_the_list_and_keeps_its_page(world: World, ada: Client) -> None:
    row = endpoint(world)
    delivery(row)
    assert act(ada, of(row, "/end"))["Location"] == BASE
    assert URL not in read(ada)
    html = read(ada, of(row))
    assert "Deleted" in html and "Rotate the secret" not in html


def test_deleted_twice_it_says_so(world: World, ada: Client) -> None:
    row = endpoint(world)
    act(ada, of(row, "/end"))
    act(ada, of(row, "/end"))
    assert "This endpoint was deleted" in read(ada, of(row))


@pytest.mark.parametrize(("days", "again"), [("1", 1), ("7", 2), ("30", 3), ("x", 3)])
def test_what_was_given_up_lately_is_sent_again(
    world: World, ada: Client, days: str, again: int
) -> None:
    row = endpoint(world)
    for ago in (0, 3, 20, 40):
        delivery(row, next_at=None, given_up_at=NOW - timedelta(days=ago))
    act(ada, of(row, "/replay"), days=days)
    assert row.deliveries.filter(next_at=NOW).count() == again


def test_a_delivery_tells_every_try(world: World, ada: Client) -> None:
    row = endpoint(world)
    sent = delivery(row, body='{"to_number":"+14155550100"}')
    attempt(row, 500)
    attempt(row, None, NOW + timedelta(seconds=5))
    html = read(ada, f"/deliveries/{sent.public_id}")
    assert "Try 2" in html and "ConnectTimeout" in html
    assert "Try 1" in html and "12 ms" in html and "as it is" in html
    assert "+14155550100" in html


def test_it_is_sent_again(world: World, ada: Client) -> None:
    sent = delivery(endpoint(world), next_at=None, given_up_at=NOW)
    act(ada, f"/deliveries/{sent.public_id}/replay")
    assert fresh(sent).next_at == NOW


def test_not_while_it_is_under_way(world: World, ada: Client) -> None:
    sent = delivery(endpoint(world), lease_until=NOW + timedelta(seconds=9))
    act(ada, f"/deliveries/{sent.public_id}/replay")
    assert "being tried right now" in read(ada, f"/deliveries/{sent.public_id}")


def test_who_acts_for_some_units_sees_only_what_is_theirs(world: World, ada: Client) -> None:
    north = tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)
    everybodys = endpoint(world)
    sent = delivery(everybodys)
    world.members["ada"].orgs.add(north)
    assert URL not in read(ada)
    for path in (of(everybodys), f"/deliveries/{sent.public_id}"):
        assert ada.get(f"{BASE}{path}").status_code == 404


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 }}", "\u202eevil"])
def test_what_a_stranger_answers_is_only_shown(world: World, ada: Client, text: str) -> None:
    row = endpoint(world)
    tried = {"at": NOW.isoformat(), "status": 500, "milliseconds": 1, "trouble": "", "answer": text}
    sent = delivery(row, tries=[tried])
    assert "<script>alert" not in read(ada, f"/deliveries/{sent.public_id}")
