"""Looking a number up on the page Numbers, as a browser does it: a POST, then the address it leads to."""

from typing import Any

from django.test import Client

from tests.console.signed_in import HTMX, at, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/numbers"


def look_up(client: Client, number: str, **chosen: str) -> str:
    """The address that asking about this number leads to."""
    return client.post(f"{URL}/search", {"number": number} | chosen)["Location"]


def answer(client: Client, number: str, **chosen: str) -> Any:
    """The page about this number."""
    return client.get(look_up(client, number, **chosen))


def told(world: World, number: str, who: str = "bob", moment: Any = NOW, **chosen: str) -> str:
    """What the page says to this person at this moment, as one line."""
    client = sign_in(world, who)
    with at(moment):
        return words(answer(client, number, **chosen).content)


def part(client: Client, address: str) -> str:
    """What htmx gets from an address."""
    return words(client.get(address, headers=HTMX).content)
