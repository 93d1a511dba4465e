"""A list that follows the calls: "3 new" above, moving rows in place, nothing jumps."""

from calls.placing.actions import cancel_call
from tests.console.signed_in import HTMX, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/calls"


def news(world: World, query: str) -> str:
    return words(sign_in(world).get(f"{URL}/news?{query}", headers=HTMX).content)


def test_nothing_new_says_nothing(world: World) -> None:
    sid = world.place().call.sid
    assert "new</a>" not in news(world, f"first={sid}")


def test_new_calls_are_counted(world: World) -> None:
    first = world.place().call.sid
    for n in range(3):
        world.place(reference=str(n))
    assert "3 new</a>" in news(world, f"first={first}")


def test_only_those_that_match_count(world: World) -> None:
    first = world.place().call.sid
    world.place(reference="1")
    assert "new</a>" not in news(world, f"first={first}&outcome=busy")


def test_the_way_to_them_keeps_the_filters(world: World) -> None:
    first = world.place().call.sid
    world.place(reference="1")
    html = news(world, f"first={first}&outcome=waiting&sid={first}")
    assert f'href="{URL}?outcome=waiting"' in html


def test_a_moving_row_is_drawn_again_in_place(world: World) -> None:
    call = world.place().call
    html = news(world, f"first={call.sid}&sid={call.sid}")
    assert f'id="state-{call.sid}" hx-swap-oob="true"' in html and "Queued" in html


def test_a_row_that_is_over_stops_asking(world: World) -> None:
    call = world.place().call
    cancel_call(call=call, actor=world.bob, now=NOW)
    html = news(world, f"first={call.sid}&sid={call.sid}")
    assert "Canceled" in html and 'name="sid"' not in html


def test_rows_of_another_tenant_are_not_told(world: World) -> None:
    sid = world.place().call.sid
    html = sign_in(world, "charlie").get(f"/t/globex/calls/news?sid={sid}", headers=HTMX).content
    assert sid not in html.decode()


def test_the_first_page_listens_and_later_ones_do_not(world: World) -> None:
    sids = [world.place(reference=str(n)).call.sid for n in range(26)]
    client = sign_in(world)
    assert 'id="calls-news"' in client.get(URL).content.decode()
    assert 'id="calls-news"' not in client.get(f"{URL}?before={sids[1]}").content.decode()
