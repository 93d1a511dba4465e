"""Who acts for one business unit sees and reaches nothing of another's on the pages of words."""

import pytest

from tests.console.signed_in import sign_in
from tests.tenants.units import give, limit_to
from tests.world import World


@pytest.fixture
def north(world: World) -> World:
    """Alice acts for the north; the agent, and so all words, are of the south."""
    give(world, "south", world.agent)
    limit_to(world, "north", "alice")
    return world


@pytest.mark.parametrize("path", ["approvals", "greetings", "agents"])
def test_the_list_does_not_name_it(north: World, path: str) -> None:
    mine, all_of_them = (
        sign_in(north, name).get(f"/t/acme/{path}").content.decode() for name in ("alice", "olga")
    )
    named = "support_primary" if path == "agents" else "Order news"
    assert (named in mine, named in all_of_them) == (False, True)


def test_nothing_waits_for_her(north: World) -> None:
    """The number beside Approvals counts what she may decide."""
    assert "nav-badge" not in sign_in(north, "alice").get("/t/acme/calls").content.decode()
    assert "nav-badge" in sign_in(north, "olga").get("/t/acme/calls").content.decode()


@pytest.mark.parametrize("more", ["/decision", "/withdrawal", "/renewal"])
def test_its_reviews_are_not_found(north: World, more: str) -> None:
    asked = north.order_news.reviews.get().public_id
    answer = sign_in(north, "alice").post(f"/t/acme/approvals/{asked}{more}")
    assert answer.status_code == 404
    assert north.order_news.reviews.get().decision == ""


def test_its_words_are_not_on_offer(north: World) -> None:
    page = sign_in(north, "alice").get("/t/acme/calls/new").content.decode()
    assert north.appointment.public_id not in page
    page = sign_in(north, "olga").get("/t/acme/calls/new").content.decode()
    assert north.appointment.public_id in page
