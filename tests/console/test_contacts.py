"""Numbers' clocks on screen: state one with its source, find it, forget it."""

import pytest
from django.http import HttpResponse

from calls.contacts.models import Contact
from calls.contacts.queries import contact_of
from tests.console.signed_in import at, sign_in, words
from tests.world import NEW_YORKER, World

URL = "/t/acme/rules/contacts"
FORM = {
    "number": "(212) 736-5000",
    "time_zone": "America/Chicago",
    "jurisdiction": "us-il",
    "source": "told us on the phone",
}


def state(world: World, who: str = "bob", **fields: str) -> HttpResponse:
    with at():
        return sign_in(world, who).post(f"{URL}/new", FORM | fields)


@pytest.mark.parametrize("who", ["bob", "alice", "ada"])
def test_it_is_stated(world: World, who: str) -> None:
    assert state(world, who).status_code == 302
    found = contact_of(world.acme, NEW_YORKER)
    assert found is not None
    assert (found.time_zone, found.jurisdiction) == ("America/Chicago", "US-IL")
    assert found.stated_by == who.title()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "12"),
        ("time_zone", "EST"),
        ("time_zone", "America/Springfield"),
        ("jurisdiction", "Ohio"),
        ("source", ""),
    ],
)
def test_what_says_nothing_for_sure_is_told_at_its_field(
    world: World, field: str, value: str
) -> None:
    answer = state(world, **{field: value})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not Contact.objects.exists()


def test_one_of_the_two_is_needed(world: World) -> None:
    assert state(world, time_zone="", jurisdiction="").status_code == 422


def test_the_list_shows_the_clock_there_now(world: World) -> None:
    state(world)
    with at():
        html = words(sign_in(world, "aurel").get(URL).content)
    assert "Chicago" in html and "09:00" in html and "told us on the phone" in html


def test_it_is_found_by_its_number_beside_what_the_digits_tell(world: World) -> None:
    state(world)
    state(world, number="+12127365001")
    found = sign_in(world).post(f"{URL}/search", {"number": NEW_YORKER}, follow=True)
    assert [one.number for one in found.context["lines"]] == [NEW_YORKER]
    assert "By its digits: New York" in words(found.content)


def test_no_number_stands_in_an_address(world: World) -> None:
    assert "736" not in state(world)["Location"]


def test_forgetting_goes_back_to_the_digits(world: World) -> None:
    state(world)
    found = Contact.objects.get()
    sign_in(world).post(f"{URL}/{found.public_id}/forget")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("who", "offered"), [("bob", True), ("aurel", False)])
def test_writing_is_offered_to_whom_it_is_allowed(world: World, who: str, offered: bool) -> None:
    state(world)
    html = sign_in(world, who).get(URL).content.decode()
    assert ("Forget it" in html, f"{URL}/new" in html) == (offered, offered)


@pytest.mark.parametrize("tab", ["dnc", "consent", "contacts"])
def test_the_tabs_lead_everywhere(world: World, tab: str) -> None:
    html = sign_in(world).get(f"/t/acme/rules/{tab}").content.decode()
    for other in ("rules", "rules/dnc", "rules/consent", "rules/contacts", "rules/limits"):
        assert f'href="/t/acme/{other}"' in html
    assert html.count('aria-current="page"') >= 1
