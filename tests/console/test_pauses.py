"""The kill switches on screen: what each would hold, turning it with a reason, lifting it, seeing it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.tenants import actions as tenants
from calls.tenants.models import Org
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, SEED, World

PAGE = "/t/acme/rules/limits"


def new(what: str) -> str:
    return f"/t/acme/rules/pauses/new/{what}"


def page(world: World, who: str = "bob", url: str = PAGE, now: datetime = NOW) -> str:
    with at(now):
        return words(sign_in(world, who).get(url).content)


def send(world: World, what: str = "tenant", who: str = "bob", **fields: str) -> Any:
    with at():
        return sign_in(world, who).post(new(what), {"reason": "Wrong list", "until": ""} | fields)


def key(world: World, scope: str) -> str:
    """How an address names a switch."""
    return scope if scope == "tenant" else str(getattr(world, scope).public_id)


def test_every_switch_is_on_the_page(world: World) -> None:
    html = page(world)
    for name in ("tenant", "route", "agent"):
        assert f'href="{new(key(world, name))}"' in html
    assert html.count("Calling</span>") == 3


def test_what_waits_behind_a_switch_is_counted(world: World) -> None:
    world.place()
    world.place(to="+15555557001")
    assert page(world).count('data-label="Waiting">2</td>') == 3


@pytest.mark.parametrize("scope", ["tenant", "route", "agent"])
def test_the_effect_is_said_before_the_click(world: World, scope: str) -> None:
    world.place()
    html = page(world, url=new(key(world, scope)))
    assert "1 waiting call stays in the queue" in html
    assert "New calls are refused with your reason." in html


@pytest.mark.parametrize("scope", ["tenant", "route", "agent"])
def test_pausing_with_a_reason(world: World, scope: str) -> None:
    answer = send(world, key(world, scope))
    found = Pause.objects.get()
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert (found.scope, found.reason, found.started_by) == (scope, "Wrong list", "Bob")


def test_the_end_is_read_on_the_tenants_clock(world: World) -> None:
    send(world, until="2026-11-03T12:30")
    assert Pause.objects.get().until == datetime(2026, 11, 3, 17, 30, tzinfo=UTC)


WRONG = [
    ({"reason": ""}, "This field is required."),
    ({"until": "2026-11-03T09:00"}, "This time has passed."),
    ({"until": "tomorrow"}, "Write date and time like"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_makes_no_pause_is_said_at_its_field(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    answer = send(world, **fields)
    assert (answer.status_code, Pause.objects.count()) == (422, 0)
    assert sentence in words(answer.content)


def test_a_pause_in_force_is_shown_with_its_reason(world: World) -> None:
    send(world, until="2026-11-03T12:30")
    html = page(world)
    assert "Paused</span>" in html
    assert "Wrong list · Bob" in html
    assert "12:30" in html


def test_pausing_again_keeps_the_first_reason_and_says_so(world: World) -> None:
    send(world)
    assert "the first reason is kept" in page(world, url=new("tenant"))
    send(world, reason="Another")
    assert Pause.objects.get().reason == "Wrong list"


def test_lifting_says_what_goes_out_and_does_it(world: World) -> None:
    world.place()
    send(world)
    assert "1 call waits behind it. It meets every gate again" in page(world)
    found = Pause.objects.get()
    with at():
        url = f"/t/acme/rules/pauses/{found.public_id}/end"
        answer = sign_in(world, "alice").post(url, follow=True)
    found.refresh_from_db()
    assert found.ended_by == "Alice"
    assert "Calling goes on." in words(answer.content)


def test_lifting_twice_says_so(world: World) -> None:
    send(world)
    url, browser = f"/t/acme/rules/pauses/{Pause.objects.get().public_id}/end", sign_in(world)
    browser.post(url)
    assert "This pause was lifted already" in words(browser.post(url, follow=True).content)


def test_an_auditor_sees_and_does_not_touch(world: World) -> None:
    send(world)
    html = page(world, "aurel")
    assert "Wrong list" in html
    assert "Lift the pause" not in html
    assert new(world.route.public_id) not in html


def test_a_platform_pause_is_seen_and_not_theirs_to_lift(world: World) -> None:
    found = limits.pause(tenant=None, reason="Carrier down", actor=SEED, now=NOW)
    html = page(world, "ada")
    assert "Whoever runs this installation has paused all calls" in html
    assert "Carrier down" in html
    url = f"/t/acme/rules/pauses/{found.public_id}/end"
    assert sign_in(world, "ada").post(url).status_code == 404


def test_a_member_of_one_unit_sees_its_switches_only(world: World) -> None:
    north = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    south = Org.objects.create(tenant=world.acme, key="south", name="South")
    world.members["bob"].orgs.add(north)
    world.route.org = south
    world.route.save()
    assert world.route.public_id not in page(world)
    assert sign_in(world).get(new(world.route.public_id)).status_code == 404


@pytest.mark.parametrize("what", ["planet", "rt_1", "tenant "])
def test_a_switch_that_is_none(world: World, what: str) -> None:
    assert sign_in(world).get(new(what)).status_code == 404


TITLES = {
    "tenant": "All calls are paused",
    "route": "Calls over Acme main line are paused",
    "agent": "Calls by Support are paused",
}


@pytest.mark.parametrize("scope", TITLES)
def test_the_overview_says_what_is_paused(world: World, scope: str) -> None:
    send(world, key(world, scope))
    html = page(world, url="/t/acme/")
    assert TITLES[scope] in html
    assert "Wrong list" in html
    assert f'href="{PAGE}"' in html


def test_the_overview_forgets_a_pause_that_ran_out(world: World) -> None:
    send(world, until="2026-11-03T12:30")
    assert "Wrong list" not in page(world, url="/t/acme/", now=NOW + timedelta(hours=3))


def test_the_overview_names_a_platform_pause(world: World) -> None:
    limits.pause(tenant=None, reason="Carrier down", actor=SEED, now=NOW)
    assert "All calls of this installation are paused" in page(world, url="/t/acme/")


@pytest.mark.parametrize(
    ("hours", "said"),
    [(None, "It has no end: to let calls go again"), (2, "A later end, or none, takes the place")],
)
def test_what_is_paused_already_says_what_pausing_again_does(
    world: World, hours: int | None, said: str
) -> None:
    until = NOW + timedelta(hours=hours) if hours else None
    limits.pause(tenant=world.acme, reason="Complaints", until=until, actor=SEED, now=NOW)
    html = page(world, url=new("tenant"))
    assert "the first reason is kept" in html and "Complaints" in html
    assert said in html


def test_a_switch_nothing_waits_behind_says_so(world: World) -> None:
    html = page(world, url=new("tenant"))
    assert "No call waits behind it" in html and "0 waiting" not in html
