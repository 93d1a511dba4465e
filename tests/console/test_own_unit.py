"""Who acts for one business unit sees and reaches nothing of another's on the pages."""

from typing import Any

import pytest

from calls.dnc import actions as dnc
from calls.limits import actions as limits
from calls.routes import actions as routes
from tests.console.administrators import admin_of_acme, url
from tests.console.signed_in import sign_in
from tests.dnc.registries import acmes
from tests.tenants.units import give, limit_to
from tests.world import NEW_YORKER, NOW, SEED, World


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


LIMITS = "/t/acme/rules/limits"


def limits_page(world: World, who: str = "ada") -> str:
    return sign_in(world, who).get(LIMITS).content.decode()


def test_a_limit_of_another_units_route_is_not_shown(world: World) -> None:
    give(world, "south", world.route)
    by: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW}
    limits.set_limit(scope="route", subject=world.route.public_id, most=7, **by)
    assert "Acme main line" in limits_page(world)
    limit_to(world, "north", "ada")
    assert "Acme main line" not in limits_page(world)
    new = sign_in(world, "ada").get(f"{LIMITS}/new").content.decode()
    assert world.route.public_id not in new


def test_what_holds_for_the_whole_tenant_is_let_go_by_who_acts_for_all(world: World) -> None:
    by: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW}
    limit = limits.set_limit(scope="tenant", most=7, **by)
    pause = limits.pause(reason="Stop", **by)
    ends = [f"{LIMITS}/{limit.public_id}/end", f"/t/acme/rules/pauses/{pause.public_id}/end"]
    assert [end in limits_page(world) for end in ends] == [True, True]
    limit_to(world, "north", "ada")
    assert [end in limits_page(world) for end in ends] == [False, False]
    answer = sign_in(world, "ada").post(ends[1], follow=True).content.decode()
    assert "more than your business units" in answer


def offered(world: World, path: str, what: str, who: str = "ada") -> bool:
    """Whether a page offers this."""
    return what in sign_in(world, who).get(f"/t/acme/rules{path}").content.decode()


def test_what_forbids_for_all_is_not_offered_to_be_let_go(world: World) -> None:
    entry = dnc.add_number(
        tenant=world.acme, number=NEW_YORKER, reason="x", source="x", actor=SEED, now=NOW
    )
    pages = [
        ("", "/t/acme/rules/hours"),
        ("/dnc", "/t/acme/rules/registries/new"),
        (f"/dnc/{entry.public_id}", 'name="reason"'),
        (f"/registries/{acmes(world).public_id}", 'name="pasted"'),
    ]
    assert [offered(world, *each) for each in pages] == [True] * 4
    assert offered(world, "/dnc", "/t/acme/rules/dnc/new")
    limit_to(world, "north", "ada")
    assert [offered(world, *each) for each in pages] == [False] * 4
    assert offered(world, "/dnc", "/t/acme/rules/dnc/new")


@pytest.mark.parametrize("path", ["hours", "registries/new"])
def test_their_forms_are_closed(world: World, path: str) -> None:
    client = sign_in(world, "ada")
    assert client.get(f"/t/acme/rules/{path}").status_code == 200
    limit_to(world, "north", "ada")
    assert client.get(f"/t/acme/rules/{path}").status_code == 403


def test_the_tenants_settings_are_only_shown_in_the_admin(world: World) -> None:
    assert 'name="allow_toll_free"' in admin_of_acme(world).get(url(world.acme)).content.decode()
    limit_to(world, "north", "ada")
    page = admin_of_acme(world).get(url(world.acme)).content.decode()
    assert "toll-free" in page and 'name="allow_toll_free"' not in page


def test_a_stopped_account_is_not_offered_to_be_resumed(world: World) -> None:
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="Two for one.")
    assert "Resume…" in admin_of_acme(world).get(url(world.account)).content.decode()
    limit_to(world, "north", "ada")
    page = admin_of_acme(world).get(url(world.account)).content.decode()
    assert "Two for one." in page and "Resume…" not in page
