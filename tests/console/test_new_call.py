"""New call: the empty form, its fields, who may open it."""

from django.test import Client

from calls.agents import actions as agents
from calls.greetings import actions as greetings
from calls.records.models import Call
from tests.console.signed_in import filled, sign_in, words
from tests.world import CALLEE, NOW, SEED, World

URL = "/t/acme/calls/new"


def test_it_opens_with_the_defaults_chosen(world: World) -> None:
    html = words(sign_in(world).get(URL).content)
    assert f'<option value="{world.route.public_id}" selected>' in html
    assert f'<option value="{world.appointment.public_id}" selected>Appointment</option>' in html


def test_only_approved_greetings_are_on_offer(world: World) -> None:
    html = sign_in(world).get(URL).content.decode()
    assert world.reminder.public_id in html
    assert world.order_news.public_id not in html


def test_an_auditor_may_not_open_it(world: World) -> None:
    assert sign_in(world, "aurel").get(URL).status_code == 403


def test_another_tenant_is_not_found(world: World) -> None:
    assert sign_in(world, "charlie").get(URL).status_code == 404


def test_strangers_are_asked_to_sign_in(world: World) -> None:
    assert "/accounts/login/" in Client().get(URL)["Location"]


def test_a_call_is_placed_and_shown(world: World) -> None:
    answer = sign_in(world).post(URL, filled(world, reference="Order 7"))
    call = Call.objects.get()
    assert answer["Location"] == f"/t/acme/calls/{call.sid}"
    assert (call.to, call.door, call.reference) == (CALLEE, "form", "Order 7")
    assert (call.requester_name, call.state) == ("Bob", "queued")


def test_any_spelling_of_a_number_is_read(world: World) -> None:
    client = sign_in(world)
    for spelling in ("555 555 5678", "+1 (555) 555-5678", "1-555-555-5678"):
        client.post(URL, filled(world, to=spelling, twice="on"))
    assert list(Call.objects.values_list("to", flat=True)) == [CALLEE] * 3


def test_placeholders_become_the_words(world: World) -> None:
    gaps = {"gap_first_name": "Maria", "gap_day": "Friday, 6 November", "gap_hour": "2:30 pm"}
    chosen = filled(world, greeting=world.reminder.public_id, **gaps)
    sign_in(world).post(URL, chosen)
    assert "Hi Maria, this is Acme. Your appointment is on" in Call.objects.get().greeting_text


def test_the_fields_of_a_greeting_come_by_htmx(world: World) -> None:
    chosen = filled(world, greeting=world.reminder.public_id)
    html = sign_in(world).post(f"{URL}/fields", chosen, headers={"HX-Request": "true"}).content
    assert b'name="gap_first_name"' in html
    assert b"<html" not in html


def test_the_fields_come_without_javascript_too(world: World) -> None:
    chosen = filled(world, greeting=world.reminder.public_id, reference="Order 7")
    html = sign_in(world).post(f"{URL}/fields", chosen).content.decode()
    assert 'name="gap_first_name"' in html and 'value="Order 7"' in html
    assert 'value="(555) 555-5678"' in html


def test_without_javascript_every_step_has_a_button(world: World) -> None:
    html = words(sign_in(world).get(URL).content)
    assert f'<noscript><button class="button" formaction="{URL}/fields"' in html
    assert f'formaction="{URL}/preview"' in html


def test_a_reload_of_a_swap_address_leads_to_the_form(world: World) -> None:
    client = sign_in(world)
    for address in ("preview", "fields"):
        assert client.get(f"{URL}/{address}")["Location"] == URL


def test_the_title_names_no_number(world: World) -> None:
    html = sign_in(world).post(f"{URL}/preview", filled(world)).content.decode()
    assert "<title>New call · Acme · Greenlight</title>" in html


def test_a_sandbox_tenant_is_told_its_numbers(world: World) -> None:
    html = words(sign_in(world).get(URL).content)
    assert "+1 555-555-0001" in html and "is busy" in html


def test_calling_again_fills_the_form_in(world: World) -> None:
    gaps = {"first_name": "Maria", "day": "Friday, 6 November", "hour": "2:30 pm"}
    call = world.place(greeting_id=world.reminder.public_id, variables=gaps).call
    html = words(sign_in(world).get(f"{URL}?again={call.sid}").content)
    assert f'value="{CALLEE}"' in html and 'value="Maria"' in html
    assert f'<option value="{world.reminder.public_id}" selected>' in html


def test_words_that_may_not_be_spoken_any_more_are_not_swapped_for_others(world: World) -> None:
    sid = world.place().call.sid
    asked = world.appointment.reviews.get(decision="approved")
    greetings.withdraw_approval(asked=asked, actor=world.alice, now=NOW, reason="Wrong day.")
    html = words(sign_in(world).get(f"{URL}?again={sid}").content)
    assert '<option value="" selected>Choose approved words' in html
    assert "The words of that call may not be spoken any more." in html


def test_calling_a_foreign_call_again_is_not_found(world: World) -> None:
    sid = world.place().call.sid
    assert sign_in(world, "charlie").get(f"/t/globex/calls/new?again={sid}").status_code == 404


def test_the_caller_ids_own_agent_is_chosen_whoever_comes_first_by_name(world: World) -> None:
    agents.create_agent(tenant=world.acme, actor=SEED, now=NOW, agent_key="aaa", name="Aardvark")
    page = sign_in(world).get("/t/acme/calls/new").context["form"]
    assert page["agent"].value() == "support_primary"
    assert page["greeting"].value() == world.appointment.public_id
