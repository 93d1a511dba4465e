"""The tenant's own calling hours: shown, kept, refused at their field."""

from typing import Any

import pytest

from calls.tenants.models import Tenant
from tests.console.signed_in import at, sign_in, words
from tests.world import World

PAGE = "/t/acme/rules"
FORM = f"{PAGE}/hours"
MONDAY = {"mon_from": "10:00", "mon_to": "18:00"}


def hours(world: World) -> dict[str, Any]:
    found: dict[str, Any] = Tenant.objects.get(pk=world.acme.pk).calling_hours
    return found


def send(world: World, fields: dict[str, str]) -> Any:
    with at():
        return sign_in(world, "ada").post(FORM, fields)


def page(world: World, who: str = "bob", url: str = PAGE) -> str:
    with at():
        return words(sign_in(world, who).get(url).content)


def test_without_any_the_law_alone_holds(world: World) -> None:
    assert "None: calls keep to the law's hours." in page(world)


def test_an_admin_keeps_narrower_hours(world: World) -> None:
    answer = send(world, MONDAY | {"sat_from": "09:30", "sat_to": "12:00"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert hours(world) == {"mon": ["10:00", "18:00"], "sat": ["09:30", "12:00"]}


def test_they_are_shown_with_the_closed_days(world: World) -> None:
    send(world, MONDAY)
    html = page(world)
    assert "10:00–18:00" in html
    assert html.count('<dd class="num">closed</dd>') == 6


def test_the_form_shows_what_is_kept(world: World) -> None:
    send(world, MONDAY)
    assert 'name="mon_from" value="10:00"' in page(world, "ada", FORM)


def test_emptying_every_day_takes_them_back(world: World) -> None:
    send(world, MONDAY)
    send(world, {})
    assert hours(world) == {}


WRONG = [
    ({"mon_from": "18:00", "mon_to": "10:00"}, "The day must end after it starts."),
    ({"mon_from": "10:00"}, "Write two times like 09:00 and 17:30."),
    ({"mon_from": "25:00", "mon_to": "26:00"}, "Enter a valid time."),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_is_no_window_is_said_at_its_day(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    answer = send(world, fields)
    assert (answer.status_code, hours(world)) == (422, {})
    assert sentence in words(answer.content)
    assert 'value="10:00"' in words(answer.content) or "25:00" in words(answer.content)


@pytest.mark.parametrize(("who", "offered"), [("ada", True), ("bob", False), ("aurel", False)])
def test_only_admins_are_offered_the_form(world: World, who: str, offered: bool) -> None:
    assert (f'href="{FORM}"' in page(world, who)) is offered
