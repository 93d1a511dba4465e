"""The business unit of a greeting: chosen in the form, shown where it is read and decided, kept from others."""

from typing import Any

import pytest
from django.http import HttpResponse

from calls.greetings.models import Greeting
from tests.console.signed_in import sign_in, words
from tests.tenants.units import give, limit_to, unit
from tests.world import World

NEW = "/t/acme/greetings/new"
ROW = "<dt>Business unit</dt><dd>North</dd>"


@pytest.fixture
def norths(world: World) -> Greeting:
    """Approved words of the north."""
    return world.approve(
        world.draft("Hello, this is Acme.", name="North", org=unit(world, "north"))
    )


def send(world: World, who: str = "bob", **fields: Any) -> HttpResponse:
    typed = {"name": "Delivery", "agent": "", "language": "en-US", "text": "Hi, this is Acme."}
    return sign_in(world, who).post(NEW, typed | fields)


def page(world: World, path: str, who: str = "bob") -> str:
    return words(sign_in(world, who).get(f"/t/acme/{path}").content)


def test_it_is_asked_for_only_where_there_are_some(world: World) -> None:
    assert "Business unit" not in page(world, "greetings/new")
    unit(world, "north")
    assert "Business unit" in page(world, "greetings/new")


def test_what_was_chosen_is_kept(world: World) -> None:
    send(world, org=unit(world, "north").public_id)
    assert Greeting.objects.get(name="Delivery").org == unit(world, "north")


def test_none_chosen_is_for_all(world: World) -> None:
    unit(world, "north")
    send(world)
    assert Greeting.objects.get(name="Delivery").org is None


def test_only_ones_own_units_are_on_offer(world: World) -> None:
    limit_to(world, "south", "bob")
    answer = send(world, org=unit(world, "north").public_id)
    assert answer.status_code == 422
    html = page(world, "greetings/new")
    assert ("South" in html, "North" in html) == (True, False)


def test_an_agent_of_another_unit_is_refused_at_the_field(world: World) -> None:
    give(world, "south", world.agent)
    north, agent = unit(world, "north").public_id, world.agent.public_id
    answer = send(world, org=north, agent=agent)
    assert answer.status_code == 422
    assert "This agent is of South" in words(answer.content)


def test_it_stands_on_its_page_and_on_the_page_of_its_review(
    world: World, norths: Greeting
) -> None:
    assert ROW in page(world, f"greetings/{norths.public_id}")
    asked = norths.reviews.get()
    assert ROW in page(world, f"approvals/{asked.public_id}", "alice")
    assert "Business unit" not in page(world, f"greetings/{world.reminder.public_id}")


def test_it_is_on_offer_for_a_call_from_a_caller_id_of_its_unit(
    world: World, norths: Greeting
) -> None:
    assert norths.public_id not in page(world, "calls/new")
    give(world, "north", world.route)
    html = page(world, "calls/new")
    assert norths.public_id in html and "North · North" in html


def test_it_is_on_offer_as_default_of_an_agent_of_its_unit(world: World, norths: Greeting) -> None:
    path = f"agents/{world.agent.public_id}"
    assert norths.public_id not in page(world, path, "ada")
    give(world, "north", world.agent)
    assert norths.public_id in page(world, path, "ada")
