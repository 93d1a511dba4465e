"""What dials by itself later, under the callee's day."""

from datetime import datetime, timedelta
from typing import Any

from tests.console.signed_in import at, sign_in, words
from tests.world import NEW_YORKER, NOW, World

URL = "/t/acme/scheduled"
SYDNEY = "+61262761234"
EVENING = datetime(2026, 11, 4, 22, 30)  # on the callee's clock


def page(world: World, name: str = "bob") -> Any:
    with at(NOW):
        return sign_in(world, name).get(URL)


def days(world: World) -> list[tuple[str, list[str]]]:
    """Each day with the numbers under it."""
    return [
        (str(day), [line.call.to for line in lines]) for day, lines in page(world).context["days"]
    ]


def test_only_calls_of_the_future_are_shown(world: World) -> None:
    world.place()
    later = world.place(scheduled_at=NOW + timedelta(hours=2)).call
    assert [line.call.sid for _, lines in page(world).context["days"] for line in lines] == [
        later.sid
    ]


def test_soonest_first_under_their_day(world: World) -> None:
    world.place(to=NEW_YORKER, scheduled_at=datetime(2026, 11, 6, 9, 0))
    world.place(to="+14152365000", scheduled_at=datetime(2026, 11, 5, 9, 0))
    assert days(world) == [("2026-11-05", ["+14152365000"]), ("2026-11-06", [NEW_YORKER])]


def test_the_day_is_the_callees(world: World) -> None:
    world.place(scheduled_at=EVENING)  # no clock of its own: the tenant's evening
    world.place(to="+14152365000", scheduled_at=datetime(2026, 11, 4, 19, 30))
    assert [day for day, _ in days(world)] == ["2026-11-04"]


def test_their_clock_first_then_ours(world: World) -> None:
    world.place(to="+14152365000", scheduled_at=datetime(2026, 11, 5, 9, 0))
    html = words(page(world).content)
    assert html.index("PST") < html.index("12:00")


def test_a_call_that_was_put_off_says_why(world: World) -> None:
    world.place(to=NEW_YORKER, now=NOW - timedelta(hours=5), when="next_allowed")
    with at(NOW - timedelta(hours=5)):
        html = words(sign_in(world).get(URL).content)
    assert "Tue 3 Nov, 09:00" in html


def test_support_can_cancel_from_here(world: World) -> None:
    sid = world.place(scheduled_at=NOW + timedelta(hours=2)).call.sid
    html = words(page(world).content)
    assert f'action="/t/acme/calls/{sid}/cancel"' in html and 'value="scheduled"' in html


def test_support_cancels_only_its_own(world: World) -> None:
    world.place(scheduled_at=NOW + timedelta(hours=2), actor=world.alice)
    assert b"Cancel this call" not in page(world).content
    assert b"Cancel this call" in page(world, "alice").content


def test_an_auditor_can_only_look(world: World) -> None:
    world.place(scheduled_at=NOW + timedelta(hours=2))
    assert b"Cancel this call" not in page(world, "aurel").content


def test_nothing_scheduled_says_so(world: World) -> None:
    html = words(page(world).content)
    assert "Nothing is scheduled" in html and "Schedule a call" in html


def test_an_auditor_is_offered_no_call(world: World) -> None:
    assert "Schedule a call" not in words(page(world, "aurel").content)


def test_another_tenants_calls_are_not_shown(world: World) -> None:
    world.place(scheduled_at=NOW + timedelta(hours=2))
    with at(NOW):
        answer = sign_in(world, "charlie").get("/t/globex/scheduled")
    assert answer.context["days"] == []


def test_a_page_costs_the_same_with_one_call_and_with_many(
    world: World, django_assert_num_queries: Any
) -> None:
    client = sign_in(world)
    for several in (1, 10):
        for n in range(several):
            world.place(scheduled_at=NOW + timedelta(hours=2), reference=f"{several}/{n}")
        with at(NOW), django_assert_num_queries(6):
            client.get(URL)
