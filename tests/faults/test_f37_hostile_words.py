"""F37: hostile words at the real doors are refused by name, or stored and shown as text, and spoken to the byte."""

import json
import unicodedata
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.dispatch.dial import dial
from calls.greetings import queries
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.records.models import Call
from tests.api.program import EXAMPLE, Program
from tests.console.signed_in import sign_in, words
from tests.faults.carrier import Clock, Recorder
from tests.faults.hostile import REFUSED, SPOKEN, STOPPED, TEMPLATES, TEXTS
from tests.world import NOW, World

NEW = "/t/acme/greetings/new"


def of(*fates: str) -> Any:
    """A test for every text with one of these fates."""
    chosen = {name: text for name, (fate, text) in TEXTS.items() if fate in fates}
    return pytest.mark.parametrize("text", chosen.values(), ids=chosen.keys())


def draft(world: World, text: str) -> HttpResponse:
    """Bob sends the form."""
    typed = {"name": "Hostile", "agent": "", "language": "en-US", "text": text}
    return sign_in(world).post(NEW, typed)


def stored(name: str = "Hostile") -> GreetingRevision:
    return Greeting.objects.get(name=name).revisions.get()


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def field_of(answer: HttpResponse) -> str:
    """The field a 400 names."""
    assert answer.status_code == 400
    return str(json.loads(answer.content)["details"]["field"])


def test_there_are_sixty() -> None:
    assert len(TEXTS) == 60
    assert {fate for fate, _ in TEXTS.values()} == {REFUSED, STOPPED, SPOKEN}


@of(REFUSED)
def test_the_api_refuses_it_by_name(world: World, text: str) -> None:
    answer = Program(world.key).place(EXAMPLE, greeting=text)
    assert field_of(answer) == "greeting"
    assert Call.objects.count() == 0


@of(REFUSED)
def test_a_placeholder_does_not_smuggle_it_in(world: World, text: str) -> None:
    values = {"first_name": text, "day": "24 November", "hour": "3 PM"}
    body = {name: value for name, value in EXAMPLE.items() if name != "greeting"}
    sent = {"greeting_id": world.reminder.public_id, "variables": values}
    assert field_of(Program(world.key).place(body, **sent)).startswith("variables")


@of(REFUSED)
def test_the_form_refuses_it_at_the_field(world: World, text: str) -> None:
    answer = draft(world, text)
    assert answer.status_code == 422
    assert 'id="id_text_error"' in words(answer.content)
    assert not Greeting.objects.filter(name="Hostile").exists()


@of(STOPPED, SPOKEN)
def test_the_api_keeps_what_nobody_approved_as_text(world: World, text: str) -> None:
    answer = Program(world.key).place(EXAMPLE, greeting=text)
    assert json.loads(answer.content)["error"] == "greeting_not_approved"
    assert Call.objects.get().greeting_text == normal(text)


@of(STOPPED, SPOKEN)
def test_the_form_stores_it_in_normal_form_and_shows_it_as_text(world: World, text: str) -> None:
    assert draft(world, text).status_code == 302
    assert stored().text == normal(text)
    asked = stored().reviews.get()
    page = sign_in(world, "alice").get(f"/t/acme/approvals/{asked.public_id}").content.decode()
    assert escape(normal(text)) in page
    assert normal(text) == escape(normal(text)) or normal(text) not in page


@of(STOPPED)
def test_it_cannot_be_approved(world: World, text: str) -> None:
    draft(world, text)
    asked = stored().reviews.get()
    url = f"/t/acme/approvals/{asked.public_id}/decision"
    assert sign_in(world, "alice").post(url, {"decision": "approved"}).status_code == 422
    asked.refresh_from_db()
    assert asked.decision == Review.OPEN


@of(SPOKEN)
def test_the_carrier_gets_exactly_the_approved_bytes(
    world: World, carrier: Recorder, clock: Clock, text: str
) -> None:
    draft(world, text)
    world.approve(Greeting.objects.get(name="Hostile"))
    call = world.place(greeting=text).call
    clock.now = NOW + timedelta(seconds=1)
    dial(call_id=call.pk)
    (request,) = carrier.asked
    assert request.greeting.encode() == normal(text).encode() == stored().text.encode()


@pytest.mark.parametrize("text", TEMPLATES)
def test_template_syntax_is_refused_where_it_is_written(world: World, text: str) -> None:
    answer = draft(world, text)
    assert answer.status_code == 422
    assert 'id="id_text_error"' in words(answer.content)


@pytest.mark.parametrize("text", TEMPLATES)
def test_template_syntax_is_nothing_to_a_program(world: World, text: str) -> None:
    answer = Program(world.key).place(EXAMPLE, greeting=text)
    assert json.loads(answer.content)["error"] == "greeting_not_approved"
    assert Call.objects.get().greeting_text == text


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\udc00\\ud800", "Acme \\udbff here"])
def test_half_a_character_in_json_is_refused(world: World, half: str) -> None:
    raw = json.dumps(EXAMPLE | {"greeting": "HALF"}).replace("HALF", half)
    answer = Program(world.key).send("make-call", raw)
    assert answer.status_code == 400
    assert Call.objects.count() == 0


def test_half_a_character_in_a_form_is_seen_as_damaged(world: World) -> None:
    text = quote_plus("Acme \ud800 here", errors="surrogatepass")
    body = f"name=Hostile&agent=&language=en-US&text={text}"
    kind = "application/x-www-form-urlencoded"
    assert sign_in(world).post(NEW, body, content_type=kind).status_code == 302
    assert set(stored().text) - set("Acme here") == {"\ufffd"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_is_refused_by_name_or_kept_as_it_is(world: World, text: str) -> None:
    answer = Program(world.key).place(EXAMPLE, greeting=text, key=None)
    if answer.status_code == 400:
        assert field_of(answer) == "greeting"
    else:
        assert answer.status_code == 409
        assert Call.objects.latest("id").greeting_text == normal(text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=80))
def test_any_draft_is_named_or_stored_and_judged(world: World, text: str) -> None:
    world.order_news.reviews.filter(decision=Review.OPEN).delete()
    url = f"/t/acme/greetings/{world.order_news.public_id}/revisions/new"
    answer = sign_in(world).post(url, {"text": text})
    newest = world.order_news.revisions.latest("number")
    if answer.status_code == 422:
        assert "_error" in answer.content.decode()
    else:
        assert newest.text == normal(text)
        assert {f.level for f in queries.findings_of(newest, now=NOW)} <= {"stops", "advice"}
