"""Overview: tiles that equal their lists, problems first, one part for htmx, a fixed number of queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.dispatch.models import Finding
from calls.placing.actions import CallRefused, cancel_call
from calls.records.models import Call
from calls.rollups.actions import fold_waiting
from calls.tenants import actions as tenants
from tests.console.signed_in import HTMX, at, sign_in, words
from tests.world import NOW, SEED, World

URL = "/t/acme/"
TILE = re.compile(r'<a href="([^"]+)" class="tile".*?tile-value">([\d,]+)', re.S)


@pytest.fixture(autouse=True)
def _the_worlds_morning() -> object:
    with at():
        yield


def overview(world: World, who: str = "bob", query: str = "") -> str:
    return sign_in(world, who).get(URL + query).content.decode()


def tiles(html: str) -> dict[str, int]:
    """Where each tile leads and what it says."""
    return {href.replace("&amp;", "&"): int(n.replace(",", "")) for href, n in TILE.findall(html)}


def refuse(world: World, **fields: object) -> None:
    with pytest.raises(CallRefused):
        world.place(greeting="Words nobody approved.", **fields)


def place(world: World, count: int) -> list[Call]:
    return [world.place(to=f"+1555555{7000 + n}").call for n in range(count)]


def test_every_tile_equals_the_list_it_opens(world: World) -> None:
    cancel_call(call=place(world, 3)[0], actor=world.bob, now=NOW)
    refuse(world)
    client, found = sign_in(world), tiles(overview(world))
    lists = {href: number for href, number in found.items() if "/calls?" in href}
    assert len(lists) == 7
    for href, number in lists.items():
        assert client.get(href).context["total"] == number, href


@pytest.mark.parametrize("period", ["today", "week", "month"])
def test_every_outcome_and_reason_equals_its_list(world: World, period: str) -> None:
    place(world, 2)
    refuse(world)
    fold_waiting(now=NOW)
    client = sign_in(world)
    page = client.get(f"{URL}?period={period}")
    for line in [*page.context["lines"], *page.context["lines"][0].reasons]:
        assert client.get(line.href).context["total"] == line.count, line.key
    assert page.context["total"] == 3


def test_refusals_are_split_by_reason(world: World) -> None:
    refuse(world)
    html = words(overview(world))
    assert "Words not approved" in html
    assert "reason=greeting_not_approved" in html


def test_it_is_compared_with_the_same_weekday(world: World) -> None:
    refuse(world, now=NOW - timedelta(weeks=1, hours=1))  # 10:00 there: the clocks went back since
    assert "1 last Tuesday by 11:00" in words(overview(world))


def test_what_came_later_that_day_is_not_held_against_today(world: World) -> None:
    refuse(world, now=NOW - timedelta(weeks=1) + timedelta(hours=3))
    assert "1 last Tuesday" not in words(overview(world))


def test_words_that_wait_are_counted_and_lead_to_the_queue(world: World) -> None:
    assert tiles(overview(world))["/t/acme/approvals"] == 1


def test_a_call_that_needs_a_person_stands_first(world: World) -> None:
    call = place(world, 1)[0]
    Call.objects.filter(pk=call.pk).update(state="needs_human", outcome="unknown")
    html = overview(world)
    assert html.index(call.sid) < html.index('class="tiles"')
    assert "/t/acme/unsettled" in html


def test_a_dispute_with_the_carriers_log_is_a_problem(world: World) -> None:
    assert "unsettled" not in overview(world)
    Finding.objects.create(
        account=world.account, tenant_id=world.acme.pk, kind="twice", found_at=NOW, seen_at=NOW
    )
    assert "1 dispute with the carrier" in overview(world)


def test_an_outcome_being_looked_up_is_said(world: World) -> None:
    call = place(world, 1)[0]
    Call.objects.filter(pk=call.pk).update(state="unknown", outcome="unknown")
    assert "1 outcome is not known yet" in overview(world)


def test_a_call_that_is_late_is_said(world: World) -> None:
    place(world, 1)
    with at(NOW + timedelta(minutes=3)):
        assert "1 call is late" in overview(world)


def test_a_call_that_is_due_now_is_not_late(world: World) -> None:
    place(world, 1)
    assert "Needs attention" not in overview(world)


def test_a_suspended_tenant_is_said_with_its_reason(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="Unpaid since May")
    html = overview(world)
    assert "This tenant is suspended" in html
    assert "Unpaid since May" in html


def test_a_paused_carrier_is_said_with_its_reason(world: World) -> None:
    type(world.account).objects.update(paused_at=NOW, paused_reason="Credentials refused")
    html = overview(world)
    assert "Sandbox of Acme is paused" in html
    assert "Credentials refused" in html


def test_a_carrier_that_does_not_answer_is_said(world: World) -> None:
    type(world.account).objects.update(broken_at=NOW, probe_at=NOW)
    html = overview(world)
    assert "Sandbox of Acme does not answer; its calls wait" in html
    assert "then the calls go out by themselves" in html


def test_a_quiet_day_says_so_and_offers_a_call(world: World) -> None:
    html = overview(world)
    assert "No calls in this time" in html
    assert "Needs attention" not in html


def test_an_auditor_is_offered_no_call(world: World) -> None:
    html = overview(world, "aurel")
    assert "No calls in this time" in html
    assert "/calls/new" not in html


def test_htmx_gets_the_part_and_nothing_around_it(world: World) -> None:
    html = sign_in(world).get(URL, headers=HTMX).content.decode()
    assert html.strip().startswith('<div id="live"')
    assert "<nav" not in html


def test_it_asks_again_for_the_same_period(world: World) -> None:
    assert 'hx-get="/t/acme/?period=week"' in overview(world, query="?period=week")


def test_the_period_chosen_is_marked(world: World) -> None:
    html = words(overview(world, query="?period=month"))
    assert '<a href="/t/acme/?period=month" aria-current="page">30 days' in html


def test_nonsense_for_a_period_is_today(world: World) -> None:
    assert sign_in(world).get(URL, {"period": "'; drop"}).context["chosen"].name == "today"


def test_days_of_the_chart_open_their_list(world: World) -> None:
    place(world, 1)
    html = overview(world, query="?period=week")
    assert "/t/acme/calls?since=2026-11-03&amp;until=2026-11-03" in html


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(URL + "?period=month")
    return len(asked)


def test_the_number_of_queries_does_not_grow_with_the_calls(world: World) -> None:
    client = sign_in(world)
    place(world, 1)
    few = queries_of(client)
    place_more = [world.place(to=f"+1555555{8000 + n}").call for n in range(8)]
    Call.objects.filter(pk=place_more[0].pk).update(state="needs_human", outcome="unknown")
    refuse(world)
    assert queries_of(client) <= few + 1  # the calls that need a person, at most five, are one more


def test_another_tenants_calls_are_not_counted(world: World) -> None:
    place(world, 2)
    html = sign_in(world, "charlie").get("/t/globex/").content.decode()
    assert set(tiles(html).values()) == {0}


def test_another_tenants_overview_is_not_found(world: World) -> None:
    assert sign_in(world, "charlie").get(URL).status_code == 404
