"""Taking a waiting call back, with its effect said before the click."""

from datetime import timedelta

from django.http import HttpResponse

from calls.records.models import Call
from tests.console.signed_in import at, sign_in, words
from tests.dispatch.steps import asking
from tests.world import NOW, World

TOMORROW = NOW + timedelta(days=1)


def cancel(world: World, call: Call, name: str = "bob", **fields: str) -> HttpResponse:
    client = sign_in(world, name)
    return client.post(f"/t/acme/calls/{call.sid}/cancel", fields, follow=True)


def test_the_effect_is_said_before_the_click(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW).call
    html = words(sign_in(world).get(f"/t/acme/calls/{call.sid}").content)
    assert "Nobody is called. It cannot be taken up again" in html and "Cancel this call" in html


def test_a_waiting_call_is_taken_back(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW).call
    html = words(cancel(world, call).content)
    call.refresh_from_db()
    assert call.state == "canceled"
    assert "Canceled. Nobody is called." in html and "Canceled by Bob." in html


def test_a_call_on_its_way_is_not(world: World) -> None:
    call = world.place().call
    asking(call)
    html = words(cancel(world, call).content)
    assert "Only a waiting call can be canceled." in html
    assert Call.objects.get().state == "dispatching"


def test_it_is_not_offered_for_a_call_on_its_way(world: World) -> None:
    call = world.place().call
    asking(call)
    assert b"Cancel this call" not in sign_in(world).get(f"/t/acme/calls/{call.sid}").content


def test_support_takes_back_its_own_calls_only(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW, actor=world.alice).call
    page = sign_in(world).get(f"/t/acme/calls/{call.sid}").content
    assert b"Cancel this call" not in page
    assert "Somebody else asked for this call." in words(cancel(world, call).content)


def test_an_owner_takes_back_anybodys(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW).call
    cancel(world, call, name="alice")
    assert Call.objects.get().state == "canceled"


def test_an_auditor_may_not(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW).call
    assert cancel(world, call, name="aurel").status_code == 403
    assert Call.objects.get().state == "queued"


def test_another_tenant_finds_nothing(world: World) -> None:
    sid = world.place(scheduled_at=TOMORROW).call.sid
    answer = sign_in(world, "charlie").post(f"/t/globex/calls/{sid}/cancel")
    assert answer.status_code == 404


def test_a_link_cancels_nothing(world: World) -> None:
    sid = world.place(scheduled_at=TOMORROW).call.sid
    assert sign_in(world).get(f"/t/acme/calls/{sid}/cancel").status_code == 405


def test_from_the_schedule_it_leads_back_there(world: World) -> None:
    call = world.place(scheduled_at=TOMORROW).call
    with at(NOW):
        answer = cancel(world, call, back="scheduled")
    assert answer.request["PATH_INFO"] == "/t/acme/scheduled"
