"""Raw `greeting` text: exactly one approved greeting is meant, or the call is refused and says why."""

import json
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.greetings.models import Greeting
from calls.greetings.wording import Placeholder
from calls.records.models import Call
from tests.api.program import EXAMPLE, Program
from tests.world import NOW, SEED, World

FILLED = "Hi Ann, this is Acme. Your appointment is on 24 November at 3 PM."
A, B = Placeholder("a"), Placeholder("b")


def approved(world: World, name: str, text: str, *gaps: Placeholder, **fields: Any) -> Greeting:
    given = {"agent_id": world.agent.pk} | fields
    return world.approve(world.draft(text, name=name, placeholders=gaps, **given))


def said(world: World, text: str) -> dict[str, Any]:
    answer = Program(world.key).place(EXAMPLE, greeting=text)
    body: dict[str, Any] = json.loads(answer.content)
    return body


def meant() -> str:
    """The name of the greeting the newest call speaks."""
    revision = Call.objects.latest("id").greeting_revision
    assert revision
    return revision.greeting.name


def test_a_filled_template_is_recognised(world: World) -> None:
    assert said(world, FILLED)["status"] == "queued"
    assert meant() == "Reminder"
    assert Call.objects.get().greeting_text == FILLED


def test_exact_words_win_over_the_template_they_also_fill(world: World) -> None:
    approved(world, "Word for word", FILLED)
    said(world, FILLED)
    assert meant() == "Word for word"


def test_two_templates_are_one_too_many(world: World) -> None:
    approved(world, "One", "Acme says hello {a}.", A)
    approved(world, "Two", "Acme {b} Ann.", B)
    refused = said(world, "Acme says hello Ann.")
    assert refused["error"] == "greeting_not_approved"
    assert "more than one approved template. Send greeting_id." in refused["message"]


def test_two_readings_of_one_template_are_none(world: World) -> None:
    approved(world, "One", "Acme: {a} and {b}.", A, B)
    assert said(world, "Acme: x and y.")["status"] == "queued"
    assert said(world, "Acme: x and y and z.")["error"] == "greeting_not_approved"


def test_words_of_another_agent_are_named_as_such(world: World) -> None:
    sales = agents.create_agent(
        tenant=world.acme, actor=SEED, now=NOW, agent_key="sales", name="Sales"
    )
    approved(world, "Theirs", "Acme sales here.", agent_id=sales.pk)
    refused = said(world, "Acme sales here.")
    assert refused["error"] == "greeting_not_approved"
    assert "another agent" in refused["message"]


@pytest.mark.parametrize(
    "text",
    [
        FILLED + " ",
        "  " + FILLED,
    ],
)
def test_spaces_around_it_are_nobodys_words(world: World, text: str) -> None:
    assert said(world, text)["status"] == "queued"
    assert Call.objects.get().greeting_text == FILLED


@pytest.mark.parametrize(
    "text",
    [
        FILLED.replace("Hi", "hi"),
        FILLED.replace("  ", " ").replace(", this", " , this"),
        FILLED.replace("24 November", "30 February"),
        FILLED.replace("3 PM", "25:00"),
        FILLED.replace("Ann", "Ann!"),
        FILLED.replace("Acme", "Аcme"),  # a Cyrillic letter
        FILLED + " Buy now.",
    ],
)
def test_almost_approved_is_not_approved(world: World, text: str) -> None:
    assert said(world, text)["error"] == "greeting_not_approved"


def test_two_spellings_of_one_text_are_the_same(world: World) -> None:
    approved(world, "Cafe", "Acme Café here.")
    assert said(world, "Acme Cafe\u0301 here.")["status"] == "queued"
    assert meant() == "Cafe"
