"""Walking through the list by key: older, newer, and as many rows as one likes."""

import pytest

from tests.console.signed_in import sign_in
from tests.world import World

URL = "/t/acme/calls"


@pytest.fixture
def sids(world: World) -> list[str]:
    """Thirty calls, newest first."""
    return [world.place(reference=str(n)).call.sid for n in range(30)][::-1]


def page(world: World, query: str) -> tuple[list[str], dict[str, str]]:
    """The ids on a page, and the ways on."""
    context = sign_in(world).get(f"{URL}{query}").context
    return [line.call.sid for line in context["lines"]], context["pages"]


def test_the_first_page_leads_to_older_calls_only(world: World, sids: list[str]) -> None:
    found, ways = page(world, "")
    assert found == sids[:25]
    assert (ways["newer"], ways["older"]) == ("", f"?before={sids[24]}")


def test_the_last_page_leads_back(world: World, sids: list[str]) -> None:
    found, ways = page(world, f"?before={sids[24]}")
    assert found == sids[25:]
    assert (ways["newer"], ways["older"]) == (f"?after={sids[25]}", "")


def test_back_again_is_the_first_page(world: World, sids: list[str]) -> None:
    found, ways = page(world, f"?after={sids[25]}")
    assert found == sids[:25]
    assert ways["newer"] == ""


def test_filters_travel_along(world: World, sids: list[str]) -> None:
    _, ways = page(world, "?outcome=waiting")
    assert ways["older"] == f"?outcome=waiting&before={sids[24]}"


def test_a_call_that_comes_meanwhile_moves_no_page(world: World, sids: list[str]) -> None:
    world.place(reference="new")
    assert page(world, f"?before={sids[24]}")[0] == sids[25:]


def test_fifty_fit_on_a_page(world: World, sids: list[str]) -> None:
    assert page(world, "?size=50")[0] == sids


def test_a_size_nobody_offers_is_the_smallest(world: World, sids: list[str]) -> None:
    assert len(page(world, "?size=30")[0]) == 25
