"""A key that strangers may have is revoked with the calls it asked for, once their number was said."""

from typing import Any

from calls.placing.actions import stop_forbidden
from calls.records.models import Call
from calls.tenants.models import ApiKey
from tests.console.administrators import act, admin_of_acme, globex_key, list_url, url
from tests.console.signed_in import words
from tests.dispatch.steps import fresh
from tests.world import NOW, World


def asked_with(world: World, count: int) -> list[Call]:
    """Calls of the program's that wait."""
    place = world.place
    return [
        place(actor=world.program, door="api", reference=str(n)).call for n in range(1, count + 1)
    ]


def question(world: World) -> str:
    posted = {"action": "revoke_leaked", "_selected_action": str(world.runtime_key.pk)}
    return words(admin_of_acme(world).post(list_url(ApiKey), posted).content)


def leak(world: World) -> Any:
    return act(admin_of_acme(world), world.runtime_key, "revoke_leaked")


def test_the_question_says_how_many_calls_it_stops(world: World) -> None:
    asked_with(world, 2)
    world.place(reference="Bob's own")
    html = question(world)
    assert "every call they asked for that was not dialled yet: 2 calls wait now." in html
    assert "Revoke and stop the calls" in html
    world.runtime_key.refresh_from_db()
    assert world.runtime_key.revoked_at is None


def test_one_call_is_one_call(world: World) -> None:
    asked_with(world, 1)
    assert "not dialled yet: 1 call waits now." in question(world)


def test_its_calls_are_stopped_and_nobody_elses(world: World) -> None:
    calls, own = asked_with(world, 2), world.place(reference="Bob's own").call
    leak(world)
    assert stop_forbidden(since=NOW, now=NOW) == 2
    assert {(fresh(call).state, fresh(call).reason) for call in calls} == {
        ("refused", "not_permitted")
    }
    assert fresh(own).state == "queued"


def test_the_page_of_a_key_offers_what_makes_sense(world: World) -> None:
    client, page = admin_of_acme(world), url(world.runtime_key)
    assert "Revoke as leaked…" in words(client.get(page).content)
    act(client, world.runtime_key, "revoke")
    assert "Revoke as leaked…" in words(client.get(page).content)
    act(client, world.runtime_key, "revoke_leaked")
    html = words(client.get(page).content)
    assert "Revoke as leaked…" not in html
    assert "leaked" in html


def test_twice_says_so(world: World) -> None:
    leak(world)
    assert "already revoked" in words(leak(world).content)


def test_a_foreign_key_is_left_alone(world: World) -> None:
    row = globex_key(world)
    act(admin_of_acme(world), row, "revoke_leaked")
    row.refresh_from_db()
    assert (row.revoked_at, row.leaked_at) == (None, None)
