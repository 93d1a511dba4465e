"""A call page that follows its call: asks again until it is over, and is answered only with news."""

from datetime import datetime, timedelta

from django.http import HttpResponse

from calls.dnc import actions as dnc
from calls.placing.actions import stop_forbidden
from calls.records.models import Call
from tests.console.signed_in import HTMX, at, sign_in, words
from tests.dispatch.steps import placed, report, tell
from tests.world import NOW, SEED, World

LATER = NOW + timedelta(minutes=1)


def ask(world: World, call: Call, tag: str = "", now: datetime = NOW) -> HttpResponse:
    """What a poll gets, knowing `tag`."""
    headers = HTMX | ({"If-None-Match": tag} if tag else {})
    with at(now):
        return sign_in(world).get(f"/t/acme/calls/{call.sid}", headers=headers)


def test_a_poll_gets_the_live_part_only(world: World) -> None:
    html = words(ask(world, world.place().call).content)
    assert html.startswith('<div class="stack" id="live"') and "<html" not in html


def test_what_has_not_changed_is_not_sent_again(world: World) -> None:
    call = placed(world)
    answer = ask(world, call, tag=ask(world, call)["ETag"])
    assert (answer.status_code, answer.content) == (304, b"")


def test_every_step_is_news(world: World) -> None:
    call = placed(world)
    seen = {ask(world, call)["ETag"]}
    for state in ("ringing", "in_progress", "completed"):
        tell(call, report(state))
        seen.add(ask(world, call)["ETag"])
    assert len(seen) == 4


def test_late_facts_are_news_too(world: World) -> None:
    call = placed(world)
    tell(call, report("completed"))
    before = ask(world, call)["ETag"]
    tell(call, report("completed", summary="They confirmed."))
    assert ask(world, call, tag=before).status_code == 200


def test_a_reload_is_always_answered_in_full(world: World) -> None:
    call = placed(world)
    tag = ask(world, call)["ETag"]
    answer = sign_in(world).get(f"/t/acme/calls/{call.sid}", headers={"If-None-Match": tag})
    assert answer.status_code == 200


def test_the_browser_keeps_it_only_to_ask_again(world: World) -> None:
    assert ask(world, world.place().call)["Cache-Control"] == "private, no-cache"


def test_the_whole_page_has_no_tag_and_is_not_kept(world: World) -> None:
    answer = sign_in(world).get(f"/t/acme/calls/{placed(world).sid}")
    assert "ETag" not in answer
    assert answer["Cache-Control"] == "private, no-store"


def test_a_stop_is_news_to_whoever_watches_a_call_of_another_day(world: World) -> None:
    call = world.place(scheduled_at=NOW + timedelta(days=1)).call
    before = ask(world, call)["ETag"]
    dnc.add_number(
        tenant=world.acme, number=call.to, reason="Asked", source="test", actor=SEED, now=NOW
    )
    stop_forbidden(since=NOW, now=NOW)
    html = words(ask(world, call, tag=before).content)
    assert "Why it was stopped while it waited" in html and 'data-live="true"' in html
    assert 'data-live="false"' in words(ask(world, call, now=LATER).content)


def test_it_asks_while_the_call_is_under_way(world: World) -> None:
    html = words(ask(world, placed(world)).content)
    assert 'data-poll="2" data-live="true"' in html


def test_it_asks_less_often_for_a_call_of_another_day(world: World) -> None:
    call = world.place(scheduled_at=NOW + timedelta(days=1)).call
    assert 'data-poll="15" data-live="true"' in words(ask(world, call).content)


def test_it_rests_when_the_call_is_over(world: World) -> None:
    call = placed(world)
    tell(call, report("completed"))
    assert 'data-live="true"' in words(ask(world, call).content)  # the summary may still come
    assert 'data-live="false"' in words(ask(world, call, now=LATER).content)
