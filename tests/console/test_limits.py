"""The page of limits: every cap with who says so, trying one on last week, setting and ending it."""

from typing import Any

import pytest

from calls.limits import actions as limits
from calls.limits.models import Limit
from calls.tenants import actions as tenants
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, SEED, World

PAGE = "/t/acme/rules/limits"
NEW = f"{PAGE}/new"


def page(world: World, who: str = "ada", url: str = PAGE) -> str:
    with at():
        return words(sign_in(world, who).get(url).content)


def send(world: World, who: str = "ada", act: str = "set", **fields: Any) -> Any:
    """The form of a new limit, sent."""
    typed = {"measure": "callee:", "most": "3", "length": "24", "unit": "3600", "gap": ""}
    data = typed | {"reason": "", "act": act} | fields
    with at():
        return sign_in(world, who).post(NEW, data)


def own(world: World, **fields: Any) -> Limit:
    given: dict[str, Any] = {"scope": "tenant", "most": 7, "reason": "Launch week"}
    return limits.set_limit(tenant=world.acme, actor=world.ada, now=NOW, **given | fields)


def test_the_house_is_shown_to_everybody(world: World) -> None:
    html = page(world, "aurel")
    assert "10 calls to one person in 24 hours" in html
    assert "2,000 calls to one country in 1 hour" in html
    assert "only the limits somebody set" in html


def test_a_limit_shows_its_reason_and_how_much_is_used(world: World) -> None:
    world.place()
    own(world)
    html = page(world)
    assert "7 calls in 24 hours" in html
    assert "Launch week" in html
    assert "1 used now" in html


def test_a_limit_on_one_route_names_it(world: World) -> None:
    own(world, scope="route", subject=world.route.public_id)
    assert "+1 555-555-1234 · Acme main line" in page(world)


def test_a_platform_limit_replaces_the_house_and_is_not_theirs_to_end(world: World) -> None:
    limits.set_limit(tenant=None, scope="callee", most=4, actor=SEED, now=NOW)
    html = page(world)
    assert "4 calls to one person in 24 hours" in html
    assert "10 calls to one person" not in html
    assert "End this limit" not in html


def test_a_new_live_tenant_sees_where_it_stands(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, mode="live", actor=SEED, now=NOW)
    html = page(world, "bob")
    assert "20 calls in 24 hours" in html
    assert "day 1 since live, 0 used now" in html


def test_spent_money_is_shown(world: World) -> None:
    own(world, scope="spend", most=50)
    html = page(world)
    assert "50 spent a day" in html
    assert "0.00 spent today" in html


@pytest.mark.parametrize(("who", "may"), [("ada", True), ("bob", False), ("aurel", False)])
def test_only_admins_are_offered_to_set_and_end(world: World, who: str, may: bool) -> None:
    own(world)
    html = page(world, who)
    assert (f'href="{NEW}"' in html, "End this limit" in html) == (may, may)


def test_trying_says_what_last_week_would_have_been_like(world: World) -> None:
    with at():
        world.place()
    html = words(send(world, act="try", measure="tenant:", most="1").content)
    assert "Last week it would have refused 0 calls of 1" in html
    assert "1 call in 24 hours, tried on the calls of the last seven days." in html
    assert Limit.objects.count() == 0


def test_trying_keeps_what_was_typed(world: World) -> None:
    html = words(send(world, act="try", most="17", reason="Because").content)
    assert 'value="17"' in html
    assert 'value="Because"' in html


def test_setting_a_limit(world: World) -> None:
    answer = send(world, gap="30", reason="Peace")
    limit = Limit.objects.get()
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert (limit.scope, limit.most, limit.window_seconds) == ("callee", 3, 86400)
    assert (limit.min_gap_seconds, limit.reason, limit.created_by) == (1800, "Peace", "Ada")


@pytest.mark.parametrize("scope", ["route", "agent"])
def test_one_route_or_agent_is_chosen(world: World, scope: str) -> None:
    subject = getattr(world, scope).public_id
    send(world, measure=f"{scope}:{subject}")
    assert Limit.objects.get().subject == subject


def test_money_is_by_the_day_whatever_was_typed(world: World) -> None:
    send(world, measure="spend:", most="50", length="2", gap="9")
    limit = Limit.objects.get()
    assert (limit.window_seconds, limit.min_gap_seconds) == (86400, 0)


WRONG = [
    ({"measure": "planet:"}, "Select a valid choice"),
    ({"most": "0"}, "greater than or equal to 1"),
    ({"length": "800"}, "Count over one second to 31 days."),
    ({"gap": "3000"}, "The gap between two calls must fit the window."),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_is_no_limit_is_said_at_its_field(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    answer = send(world, **fields)
    assert (answer.status_code, Limit.objects.count()) == (422, 0)
    assert sentence in words(answer.content)


def test_ending_a_limit(world: World) -> None:
    limit = own(world)
    with at():
        answer = sign_in(world, "ada").post(f"{PAGE}/{limit.public_id}/end", follow=True)
    limit.refresh_from_db()
    assert limit.ended_by == "Ada"
    assert "The limit is ended." in words(answer.content)


def test_ending_it_twice_says_so(world: World) -> None:
    limit, browser = own(world), sign_in(world, "ada")
    url = f"{PAGE}/{limit.public_id}/end"
    browser.post(url)
    assert "This limit was ended already" in words(browser.post(url, follow=True).content)


def test_a_platform_limit_is_not_found_under_a_tenant(world: World) -> None:
    limit = limits.set_limit(tenant=None, scope="callee", most=4, actor=SEED, now=NOW)
    answer = sign_in(world, "ada").post(f"{PAGE}/{limit.public_id}/end")
    assert answer.status_code == 404
