"""Redials on the screen: the call and its redials lead to each other; an admin sets the gaps."""

import pytest

from calls.dispatch import actions as dispatch
from calls.records.models import Call
from console.admin.minutes import MinutesField
from tests.console.administrators import admin_of_acme, url
from tests.console.signed_in import words
from tests.console.test_admin_tenants import kept, last
from tests.console.test_call import page
from tests.dispatch.steps import story
from tests.dispatch.test_redial import again, ended
from tests.world import NOW, World


@pytest.fixture
def first(world: World) -> Call:
    """A call to a busy line, which is dialled again."""
    world.acme.redial_busy = [5]
    world.acme.save()
    return ended(world, "busy")


def test_the_first_call_leads_to_its_redial(world: World, first: Call) -> None:
    redial = again(first)
    html = page(world, first)
    assert "Dialled again" in html and "this call" in html
    assert f'href="/t/acme/calls/{redial.sid}"' in html
    assert "It reached nobody and is dialled again" in html


def test_the_redial_leads_to_the_first_call(world: World, first: Call) -> None:
    html = page(world, again(first))
    assert f'href="/t/acme/calls/{first.sid}"' in html
    assert "First call" in html and "Redial 1" in html
    assert "Bob · Redial" in html


def test_a_call_without_redials_says_nothing_of_them(world: World) -> None:
    assert "Dialled again" not in page(world, ended(world, "busy"))


def test_why_it_is_not_dialled_again_stands_in_its_story(world: World, first: Call) -> None:
    Call.objects.filter(pk=first.pk).update(requester_id="mb_gone")
    assert dispatch.arrange_redial(call_id=first.pk, now=NOW) is None
    assert story(first)[-1] == "redial_not_possible"
    html = page(world, first)
    assert "It is not dialled again" in html and "may no longer ask for calls" in html


def test_an_admin_sets_the_gaps(world: World) -> None:
    admin_of_acme(world).post(url(world.acme), kept(world, redial_busy="5, 30 120"))
    world.acme.refresh_from_db()
    assert world.acme.redial_busy == [5, 30, 120]
    assert last().after == {"redial_busy": "[5, 30, 120]"}


def test_the_form_shows_them_as_they_are_typed(world: World) -> None:
    world.acme.redial_voicemail = [60, 120]
    world.acme.save()
    html = words(admin_of_acme(world).get(url(world.acme)).content)
    assert 'value="60, 120"' in html
    assert "Dial again after a voicemail" in html


# what is typed; what the form says to it
WRONG = [
    ("soon", "Write minutes"),
    ("5; 30", "Write minutes"),
    ("-5", "Write minutes"),
    ("30, 5", "widen"),
    ("1, 2, 3, 4", "3 times at most"),
    ("٥", "Write minutes"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_what_cannot_be_gaps_is_said(world: World, typed: str, said: str) -> None:
    html = words(admin_of_acme(world).post(url(world.acme), kept(world, redial_busy=typed)).content)
    assert said in html
    world.acme.refresh_from_db()
    assert world.acme.redial_busy == []


@pytest.mark.parametrize(
    ("before", "typed", "changed"),
    [([], "", False), ([5], " 5 ", False), ([5], "", True), ([], "x", True), (None, "", False)],
)
def test_spaces_are_no_change(before: list[int] | None, typed: str, changed: bool) -> None:
    assert MinutesField().has_changed(before, typed) is changed
