"""Drafting: placeholders are found and typed, errors stand at their fields, nothing typed is lost."""

from typing import Any

import pytest
from django.http import HttpResponse

from calls.greetings.models import Greeting, Review
from tests.console.signed_in import HTMX, sign_in, words
from tests.world import World

URL = "/t/acme/greetings/new"
NAME_GAP = {"gap-first_name-type": "name", "gap-first_name-length": "30"}


def send(world: World, who: str = "bob", htmx: bool = False, **fields: Any) -> HttpResponse:
    typed = {"name": "Delivery", "agent": "", "language": "en-US", "text": "Hi, this is Acme."}
    headers = HTMX if htmx else {}
    return sign_in(world, who).post(URL, typed | fields, headers=headers)


def drafted() -> Greeting:
    return Greeting.objects.get(name="Delivery")


def test_a_draft_waits_for_an_owner(world: World) -> None:
    answer = send(world)
    review = drafted().reviews.get()
    assert answer["Location"] == f"/t/acme/greetings/{drafted().public_id}"
    assert (review.decision, review.author) == (Review.OPEN, world.user("bob"))


def test_the_author_is_told_who_decides(world: World) -> None:
    answer = send(world)
    html = words(answer.client.get(answer["Location"]).content)  # type: ignore[attr-defined]
    assert "An owner other than you decides." in html


def test_agent_and_language_are_kept(world: World) -> None:
    send(world, agent=world.agent.public_id, language="es-US")
    assert (drafted().agent, drafted().language) == (world.agent, "es-US")


def test_a_placeholder_not_seen_yet_is_proposed_first(world: World) -> None:
    answer = send(world, text="Hi {first_name}, see you on {day}.")
    html = words(answer.content)
    assert answer.status_code == 422
    assert "Look at the placeholders" in html
    assert '<option value="name" selected>' in html
    assert '<option value="date" selected>' in html
    assert not Greeting.objects.filter(name="Delivery").exists()


def test_placeholders_are_stored_as_chosen(world: World) -> None:
    send(world, text="Hi {first_name}!", **NAME_GAP)
    assert drafted().revisions.get().placeholders == [
        {"name": "first_name", "type": "name", "max_length": 30}
    ]


def test_fields_of_a_placeholder_no_longer_mentioned_are_dropped(world: World) -> None:
    send(world, text="Hi!", **NAME_GAP)
    assert drafted().revisions.get().placeholders == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("length", "0"), ("length", "121"), ("length", "many"), ("type", "sentence"), ("type", "")],
)
def test_a_placeholder_that_makes_no_sense_is_refused(world: World, field: str, value: str) -> None:
    answer = send(world, text="Hi {first_name}!", **NAME_GAP | {f"gap-first_name-{field}": value})
    assert answer.status_code == 422
    assert f'id="id_gap-first_name-{field}_error"' in words(answer.content)


def test_without_script_a_button_finds_the_placeholders(world: World) -> None:
    answer = send(world, text="Hi {first_name}!", name="", check="1")
    html = words(answer.content)
    assert answer.status_code == 200
    assert "gap-first_name-type" in html
    assert "This field is required" not in html


def test_while_one_types_htmx_brings_the_placeholders_alone(world: World) -> None:
    html = words(send(world, htmx=True, text="Hi {hour}!", check="1").content)
    assert html.startswith('<div id="gaps"')
    assert '<option value="time" selected>' in html
    assert "<textarea" not in html


def test_what_was_chosen_survives_typing_on(world: World) -> None:
    chosen = {"gap-first_name-type": "text", "gap-first_name-length": "12"}
    html = words(send(world, htmx=True, text="Hi {first_name}, {day}", check="1", **chosen).content)
    assert '<option value="text" selected>' in html
    assert 'value="12"' in html


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "appointment"}, "name"),
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "a" * 501}, "text"),
        ({"text": "Hi \u202e there"}, "text"),
        ({"text": "Hi \x07"}, "text"),
        ({"language": "xx"}, "language"),
        ({"agent": "ag_" + "0" * 32}, "agent"),
    ],
)
def test_errors_stand_at_their_field(world: World, fields: dict[str, str], field: str) -> None:
    answer = send(world, **fields)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in words(answer.content)
    assert Greeting.objects.filter(tenant=world.acme).count() == 3


def test_what_was_typed_is_kept(world: World) -> None:
    html = words(send(world, name="", text="Words I would hate to lose.").content)
    assert "Words I would hate to lose." in html


def test_a_very_long_text_is_answered_quickly(world: World) -> None:
    text = " ".join(f"{{gap{number}}}" for number in range(20_000))
    assert send(world, text=text).status_code == 422


def test_another_tenants_agent_cannot_be_chosen(world: World) -> None:
    typed = {"name": "X", "agent": world.agent.public_id, "language": "en-US", "text": "Hi."}
    answer = sign_in(world, "charlie").post("/t/globex/greetings/new", typed)
    assert answer.status_code == 422


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("alice", 200), ("aurel", 403)])
def test_who_may_write(world: World, who: str, status: int) -> None:
    assert sign_in(world, who).get(URL).status_code == status


def test_a_reader_cannot_send_one_either(world: World) -> None:
    assert send(world, "aurel").status_code == 403
    assert not Greeting.objects.filter(name="Delivery").exists()
