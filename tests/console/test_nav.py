"""Navigation: the order of work, the page one is on, what a role may use, what waits."""

import re

import pytest

from calls.tenants import actions as tenants
from tests.console.signed_in import sign_in, words
from tests.world import NOW, SEED, World

ENTRY = re.compile(r'<a href="(/t/acme/[^"]*)"( aria-current="page")?><svg')


def sidebar(world: World, who: str = "bob", page: str = "") -> str:
    html = words(sign_in(world, who).get(f"/t/acme/{page}").content)
    return html[html.index('<nav class="nav"') : html.index("</nav>")]


def test_pages_stand_in_the_order_of_work(world: World) -> None:
    urls = [url for url, _ in ENTRY.findall(sidebar(world))]
    pages = ["", "calls", "scheduled", "numbers", "approvals", "greetings", "agents", "rules"]
    assert urls == [f"/t/acme/{page}" for page in pages]


@pytest.mark.parametrize(
    "page", ["", "calls", "scheduled", "numbers", "approvals", "greetings", "agents", "rules"]
)
def test_the_page_one_is_on_is_marked(world: World, page: str) -> None:
    marked = [url for url, current in ENTRY.findall(sidebar(world, page=page)) if current]
    assert marked == [f"/t/acme/{page}"]


def test_owners_see_how_much_waits_for_them(world: World) -> None:
    assert '<span class="nav-badge">1</span>' in sidebar(world, "alice")


@pytest.mark.parametrize("who", ["bob", "ada", "aurel"])
def test_nobody_else_is_counted_for(world: World, who: str) -> None:
    assert "nav-badge" not in sidebar(world, who)


def test_nothing_waiting_shows_no_badge(world: World) -> None:
    world.approve(world.order_news)
    assert "nav-badge" not in sidebar(world, "alice")


@pytest.mark.parametrize(("who", "offered"), [("bob", True), ("alice", True), ("aurel", False)])
def test_new_call_is_offered_to_who_may_place_one(world: World, who: str, offered: bool) -> None:
    html = words(sign_in(world, who).get("/t/acme/").content)
    assert ('aria-keyshortcuts="n"' in html) is offered


def test_the_tenants_one_belongs_to_can_be_switched(world: World) -> None:
    tenants.add_member(
        tenant=world.globex, user=world.user("bob"), role="auditor", actor=SEED, now=NOW
    )
    html = words(sign_in(world).get("/t/acme/").content)
    assert '<a href="/t/acme/" aria-current="true">Acme</a>' in html
    assert '<a href="/t/globex/">Globex</a>' in html


def test_others_tenants_are_never_named(world: World) -> None:
    assert "Globex" not in words(sign_in(world).get("/t/acme/").content)
