"""A refusal leaves the form as it was, and the way to the record that was kept."""

from calls.dnc import actions as dnc
from calls.records.models import Call
from tests.console.signed_in import filled, sign_in, words
from tests.world import CALLEE, NOW, SEED, World

URL = "/t/acme/calls/new"


def forbid(world: World) -> None:
    """The callee asked not to be called."""
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="Asked", source="test", actor=SEED, now=NOW
    )


def test_the_refused_call_is_kept(world: World) -> None:
    forbid(world)
    assert sign_in(world).post(URL, filled(world)).status_code == 409
    call = Call.objects.get()
    assert (call.state, call.reason, call.door) == ("refused", "dnc_listed", "form")


def test_the_form_leads_to_the_record(world: World) -> None:
    forbid(world)
    html = words(sign_in(world).post(URL, filled(world)).content)
    assert "This call was refused, and nobody was called" in html
    assert f'href="/t/acme/calls/{Call.objects.get().sid}"' in html


def test_the_panel_shows_the_refusal(world: World) -> None:
    forbid(world)
    html = words(sign_in(world).post(URL, filled(world)).content)
    assert "One gate blocks this call" in html and "do-not-call list" in html


def test_what_was_typed_stays_under_a_fresh_token(world: World) -> None:
    forbid(world)
    form = filled(world, reference="Order 7")
    answer = sign_in(world).post(URL, form)
    assert 'value="Order 7"' in answer.content.decode()
    assert answer.context["form"]["token"].value() != form["token"]


def test_the_same_form_twice_is_one_refused_call(world: World) -> None:
    forbid(world)
    client, form = sign_in(world), filled(world)
    assert [client.post(URL, form).status_code for _ in range(2)] == [409, 409]
    assert Call.objects.count() == 1
