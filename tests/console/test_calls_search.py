"""Looking for a number from either end, without ever writing it into a URL."""

from django.test import Client

from tests.console.signed_in import sign_in, words
from tests.world import World

URL = "/t/acme/calls"


def search(client: Client, number: str, query: str = "") -> str:
    """Where the search leads."""
    return client.post(f"{URL}/search", {"number": number, "query": query})["Location"]


def found(client: Client, address: str) -> list[str]:
    return [line.call.to for line in client.get(address).context["lines"]]


def test_the_last_digits_find_a_number(world: World) -> None:
    world.place()
    world.place(to="+15555557777")
    client = sign_in(world)
    assert found(client, search(client, "7777")) == ["+15555557777"]


def test_the_first_digits_find_a_number_too(world: World) -> None:
    world.place()
    client = sign_in(world)
    assert found(client, search(client, "+1 555")) == ["+15555555678"]
    assert found(client, search(client, "+44")) == []


def test_no_digit_of_it_stands_in_the_url(world: World) -> None:
    address = search(sign_in(world), "5555555678")
    assert address.startswith(f"{URL}?search=") and len(address) == len(f"{URL}?search=") + 8


def test_other_filters_stay(world: World) -> None:
    address = search(sign_in(world), "7777", "outcome=busy&search=old&before=CA1")
    assert "outcome=busy" in address
    assert "old" not in address and "before" not in address


def test_it_can_be_taken_away(world: World) -> None:
    client = sign_in(world)
    chips = client.get(search(client, "7777", "outcome=busy")).context["chips"]
    assert [(chip.value, chip.url) for chip in chips][1] == ("7777", "?outcome=busy")


def test_a_shared_address_says_that_the_search_is_not_ones_own(world: World) -> None:
    world.place()
    address = search(sign_in(world), "5678")
    html = words(sign_in(world, "alice").get(address).content)
    assert "looked for in another session" in html and "No call matches" in html


def test_a_search_belongs_to_its_tenant(world: World) -> None:
    client = sign_in(world)
    name = search(client, "5678").partition("search=")[2]
    kept = client.session["number_searches"]
    assert kept == [[name, "acme", "5678"]]


def test_only_the_last_searches_are_kept(world: World) -> None:
    client = sign_in(world)
    for n in range(25):
        search(client, str(n))
    assert len(client.session["number_searches"]) == 20


def test_an_empty_search_shows_all(world: World) -> None:
    assert search(sign_in(world), "  ", "outcome=busy") == f"{URL}?outcome=busy"


def test_it_is_a_post(world: World) -> None:
    assert sign_in(world).get(f"{URL}/search?number=5678").status_code == 405
