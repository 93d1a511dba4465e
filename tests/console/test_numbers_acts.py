"""From a number to an act: a new call, one at the next opening, the do-not-call list; no URL names it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from calls.contacts import actions as contacts
from calls.dnc.models import DncEntry
from calls.limits import actions as limits
from console.numberview import wall_clock
from tests.console.looked_up import URL, answer, look_up, part, told
from tests.console.signed_in import HTMX, at, sign_in, words
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

MIDNIGHT = NOW.replace(hour=5)  # in New York
CALIFORNIAN = "+14152365000"
DIGITS = re.compile(r"2127365000|212-?736|7365000")


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    """The world's Tuesday morning."""
    with at(NOW):
        yield


def page_at(world: World, moment: Any = NOW, number: str = NEW_YORKER, **chosen: str) -> Any:
    client = sign_in(world)
    with at(moment):
        return client, answer(client, number, **chosen)


def test_no_address_of_the_page_names_the_number(world: World) -> None:
    client, page = page_at(world)
    addresses = re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', page.content.decode())
    assert [one for one in addresses if DIGITS.search(one)] == []
    assert not DIGITS.search(look_up(client, NEW_YORKER))


def test_neither_title_nor_what_htmx_pushes_names_it(world: World) -> None:
    client, page = page_at(world)
    pushed = client.get(look_up(client, NEW_YORKER), headers=HTMX)["HX-Push-Url"]
    assert pushed.startswith(f"{URL}?search=") and not DIGITS.search(pushed)
    assert "<title>Numbers · Acme · Greenlight</title>" in page.content.decode()


def test_a_number_sent_in_the_url_is_not_taken(world: World) -> None:
    html = words(sign_in(world).get(f"{URL}?number={NEW_YORKER}").content)
    assert "One number, one answer" in html


def test_the_same_number_keeps_its_name(world: World) -> None:
    client = sign_in(world)
    assert look_up(client, NEW_YORKER) == look_up(client, NEW_YORKER)
    assert look_up(client, CALLEE) != look_up(client, NEW_YORKER)


def test_another_sessions_address_says_so(world: World) -> None:
    address = look_up(sign_in(world), NEW_YORKER)
    html = words(sign_in(world, "alice").get(address).content)
    assert "This address belongs to another session" in html and "+1 212" not in html


def test_another_tenants_session_neither(world: World) -> None:
    name = look_up(sign_in(world), NEW_YORKER).partition("search=")[2]
    html = words(sign_in(world, "charlie").get(f"/t/globex/numbers?search={name}").content)
    assert "This address belongs to another session" in html


def test_htmx_gets_the_answer_and_the_field_but_no_page(world: World) -> None:
    client = sign_in(world)
    html = part(client, look_up(client, NEW_YORKER))
    assert "<html" not in html and "May be called now" in html
    assert 'id="lookup-number" hx-swap-oob="true"' in html


def test_htmx_is_led_from_the_search_to_the_answer(world: World) -> None:
    client = sign_in(world)
    led = client.post(f"{URL}/search", {"number": NEW_YORKER}, headers=HTMX, follow=True)
    assert led.status_code == 200 and "<html" not in led.content.decode()


def test_a_new_call_opens_with_the_number(world: World) -> None:
    client, page = page_at(world, greeting=world.reminder.public_id)
    html = words(client.get(page.context["links"]["call"]).content)
    assert f'value="{NEW_YORKER}"' in html and "load" in html
    assert f'value="{world.reminder.public_id}" selected' in html


def test_schedule_for_then_waits_for_the_next_allowed_minute(world: World) -> None:
    client, page = page_at(world, MIDNIGHT)
    then = page.context["links"]["then"]
    assert "when=next_allowed" in then and "Schedule for then" in page.content.decode()
    html = words(client.get(then).content)
    assert 'value="next_allowed" required id="id_when_1" checked' in html


def test_where_something_else_waits_the_time_is_written_down(world: World) -> None:
    with at(NOW):
        world.place(
            to=NEW_YORKER, door="form", greeting="", greeting_id=world.appointment.public_id
        )
    _, page = page_at(world, NOW + timedelta(seconds=20))
    assert "when=at&at=2026-11-03T10%3A01" in page.context["links"]["then"]


def test_a_call_that_may_go_now_is_not_scheduled(world: World) -> None:
    _, page = page_at(world)
    assert page.context["links"]["then"] == ""


def test_what_a_new_call_is_wished_to_be_has_to_be_on_offer(world: World) -> None:
    client = sign_in(world)
    name = look_up(client, NEW_YORKER).partition("search=")[2].partition("&")[0]
    wish = f"?search={name}&route=x&agent=y&greeting=z&when=yesterday"
    html = words(client.get(f"/t/acme/calls/new{wish}").content)
    assert 'value="now" required id="id_when_0" checked' in html
    assert f'value="{world.appointment.public_id}" selected' in html


def test_listing_forbids_the_number_from_now_on(world: World) -> None:
    client, page = page_at(world)
    after = client.post(page.context["links"]["list"], {"reason": "Wrote to us"}, follow=True)
    entry = DncEntry.objects.get()
    assert (entry.number, entry.reason, entry.tenant, entry.added_by) == (
        NEW_YORKER,
        "Wrote to us",
        world.acme,
        "Bob",
    )
    html = words(after.content)
    assert "Calls that wait for it are stopped" in html and "Not at all, as things stand" in html


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_listing_needs_a_reason(world: World, reason: str) -> None:
    client, page = page_at(world)
    after = client.post(page.context["links"]["list"], {"reason": reason}, follow=True)
    assert "Nothing was listed." in words(after.content) and not DncEntry.objects.exists()


def test_listing_says_how_many_calls_it_stops(world: World) -> None:
    world.place(scheduled_at=NOW + timedelta(hours=2))
    assert "1 call that waits for it is stopped." in told(world, CALLEE)


def test_d_reaches_for_the_list(world: World) -> None:
    assert 'aria-keyshortcuts="d"' in told(world, CALLEE)


def test_support_is_offered_no_way_off_the_list(world: World) -> None:
    client, page = page_at(world)
    after = client.post(page.context["links"]["list"], {"reason": "Wrote"}, follow=True)
    assert "lift" not in words(after.content).replace("lifts the entry", "")


@pytest.mark.parametrize(
    ("seconds", "zones", "written"),
    [
        (0, ["America/New_York"], "2026-11-03T10:00"),
        (1, ["America/New_York"], "2026-11-03T10:01"),
        (0, ["America/New_York", "America/Los_Angeles"], "2026-11-03T07:00"),
    ],
)
def test_the_time_written_down_is_no_earlier(seconds: int, zones: list[str], written: str) -> None:
    assert wall_clock(NOW + timedelta(seconds=seconds), zones) == written


def test_the_time_written_down_is_on_the_clock_stated_for_the_number(world: World) -> None:
    by: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW}
    contacts.state_contact(**by, number=CALIFORNIAN, time_zone="America/New_York", source="told us")
    limits.set_limit(**by, scope="callee", most=1, window_seconds=86_400)
    world.place(to=CALIFORNIAN)
    _, page = page_at(world, number=CALIFORNIAN)
    opens = page.context["verdict"]["next_at"].astimezone(ZoneInfo("America/New_York"))
    query = QueryDict(page.context["links"]["then"].partition("?")[2])
    assert (query["when"], query["at"]) == ("at", f"{opens:%Y-%m-%dT%H:%M}")
