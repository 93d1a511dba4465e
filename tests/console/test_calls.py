"""The list of calls: filters that stand in the URL, counts, and why it is empty."""

from typing import Any

import pytest

from calls.placing.actions import CallRefused
from tests.console.signed_in import HTMX, at, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/calls"


def listed(world: World, query: str = "", name: str = "bob") -> list[str]:
    """The ids of the calls on the page, in order."""
    lines = sign_in(world, name).get(f"{URL}{query}").context["lines"]
    return [line.call.sid for line in lines]


def refused(world: World) -> str:
    """The id of a call that a gate refused."""
    with pytest.raises(CallRefused) as refusal:
        world.place(to="+442079460018")
    return refusal.value.call.sid


def test_the_newest_stands_first(world: World) -> None:
    first, second = world.place(reference="1").call.sid, world.place(reference="2").call.sid
    assert listed(world) == [second, first]


def test_refused_calls_are_listed_too(world: World) -> None:
    sid = refused(world)
    assert listed(world) == [sid]


def test_another_tenant_sees_none_of_them(world: World) -> None:
    world.place()
    client = sign_in(world, "charlie")
    assert client.get(URL).status_code == 404
    assert client.get("/t/globex/calls").context["lines"] == []


def test_an_auditor_reads(world: World) -> None:
    sid = world.place().call.sid
    assert listed(world, name="aurel") == [sid]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?outcome=waiting", True),
        ("?outcome=placed", False),
        ("?outcome=refused", False),
        ("?state=queued", True),
        ("?state=completed", False),
        ("?agent=support_primary", True),
        ("?door=api", True),
        ("?door=form", False),
        ("?reference=Order+7", True),
        ("?reference=Order", False),
        ("?since=2026-11-03&until=2026-11-03", True),
        ("?since=2026-11-04", False),
        ("?until=2026-11-02", False),
    ],
)
def test_filters(world: World, query: str, found: bool) -> None:
    sid = world.place(reference="Order 7").call.sid
    assert listed(world, query) == ([sid] if found else [])


def test_refusals_by_reason(world: World) -> None:
    sid = refused(world)
    assert listed(world, "?outcome=refused&reason=country_blocked") == [sid]
    assert listed(world, "?outcome=refused&reason=dnc_listed") == []


def test_a_route_is_named_by_its_id(world: World) -> None:
    sid = world.place().call.sid
    assert listed(world, f"?route={world.route.public_id}") == [sid]


def test_days_are_days_on_the_tenants_clock(world: World) -> None:
    late = NOW.replace(hour=3)  # still 2 November in New York
    sid = world.place(now=late).call.sid
    assert listed(world, "?until=2026-11-02") == [sid]


def test_what_cannot_be_read_filters_nothing(world: World) -> None:
    sid = world.place().call.sid
    assert listed(world, "?outcome=lost&since=yesterday&size=many&before=CA1&route=rt_1") == [sid]


def test_filters_in_force_can_be_taken_away_one_by_one(world: World) -> None:
    page = sign_in(world).get(f"{URL}?outcome=busy&door=api")
    urls = {(chip.label, chip.value): chip.url for chip in page.context["chips"]}
    assert urls == {("Outcome", "Busy"): "?door=api", ("Asked through", "API"): "?outcome=busy"}


def test_the_result_is_counted(world: World) -> None:
    for n in range(3):
        world.place(reference=str(n))
    assert "3 calls" in words(sign_in(world).get(URL).content)


def test_htmx_gets_the_results_only(world: World) -> None:
    world.place()
    answer = sign_in(world).get(f"{URL}?outcome=waiting&state=", headers=HTMX)
    assert b"<html" not in answer.content and b"<table" in answer.content


def test_the_url_keeps_only_the_filters_that_are_set(world: World) -> None:
    answer = sign_in(world).get(f"{URL}?outcome=waiting&state=&since=", headers=HTMX)
    assert answer["HX-Push-Url"] == f"{URL}?outcome=waiting"


def test_nothing_yet_offers_the_first_call(world: World) -> None:
    html = words(sign_in(world).get(URL).content)
    assert "No calls yet" in html and "Place the first call" in html


def test_nothing_yet_offers_an_auditor_nothing(world: World) -> None:
    html = words(sign_in(world, "aurel").get(URL).content)
    assert "Your role reads them" in html and "Place the first call" not in html


def test_nothing_found_offers_all_calls(world: World) -> None:
    world.place()
    html = words(sign_in(world).get(f"{URL}?outcome=busy").content)
    assert "No call matches" in html and "All calls" in html


def test_their_clock_first_then_ours(world: World) -> None:
    world.place(to="+14152365000", when="next_allowed")
    with at(NOW):
        html = words(sign_in(world).get(URL).content)
    assert "Tue 3 Nov, 09:00" in html and "PST" in html
    assert html.index("PST") < html.index("EST</abbr></time>", html.index("PST"))


def test_no_number_stands_in_an_address(world: World) -> None:
    world.place()
    html = sign_in(world).get(URL).content.decode()
    addresses = [piece.split('"')[0] for piece in html.split('href="')[1:]]
    assert not [address for address in addresses if "555" in address]


def test_a_page_costs_the_same_with_one_call_and_with_many(
    world: World, django_assert_num_queries: Any
) -> None:
    client = sign_in(world)
    world.place(reference="first")
    with django_assert_num_queries(COST):
        client.get(URL)
    for n in range(20):
        world.place(reference=str(n))
    with django_assert_num_queries(COST):
        client.get(URL)


COST = 9
