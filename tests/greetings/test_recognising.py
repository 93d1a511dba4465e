"""Which approved greeting a text means, among all of a tenant's."""

from uuid import UUID

from calls.agents import actions as agents
from calls.greetings import queries
from calls.greetings.models import Greeting
from calls.greetings.wording import Placeholder
from tests.world import APPOINTMENT, NOW, SEED, WAITING, World

FILLED = "Hi Ann, this is Acme. Your appointment is on 24 November at 3 PM."


def meant(
    world: World, text: str, agent_id: UUID | None = None
) -> list[tuple[str, dict[str, str]]]:
    found = queries.recognise(tenant=world.acme, text=text, agent_id=agent_id or world.agent.pk)
    return [(revision.greeting.name, values) for revision, values in found]


def approved(world: World, name: str, text: str, *gaps: Placeholder, agent: UUID) -> Greeting:
    return world.approve(world.draft(text, name=name, placeholders=gaps, agent_id=agent))


def another_agent(world: World) -> UUID:
    return agents.create_agent(
        tenant=world.acme, actor=SEED, now=NOW, agent_key="sales", name="Sales"
    ).pk


def test_exact_words(world: World) -> None:
    assert meant(world, APPOINTMENT) == [("Appointment", {})]


def test_a_filled_template(world: World) -> None:
    values = {"first_name": "Ann", "day": "24 November", "hour": "3 PM"}
    assert meant(world, FILLED) == [("Reminder", values)]


def test_words_nobody_approved(world: World) -> None:
    assert meant(world, WAITING) == []
    assert meant(world, APPOINTMENT + "!") == []
    assert meant(world, APPOINTMENT.lower()) == []


def test_words_of_another_tenant(world: World) -> None:
    found = queries.recognise(tenant=world.globex, text=APPOINTMENT, agent_id=world.agent.pk)
    assert found == []


def test_exact_words_win_over_a_template(world: World) -> None:
    approved(world, "A template", "Acme {anything}", Placeholder("anything"), agent=world.agent.pk)
    approved(world, "The words", "Acme here", agent=world.agent.pk)
    assert meant(world, "Acme here") == [("The words", {})]


def test_a_text_that_fits_two_templates_is_ambiguous(world: World) -> None:
    approved(world, "One", "Acme says hello {a}.", Placeholder("a"), agent=world.agent.pk)
    approved(world, "Two", "Acme {b} Ann.", Placeholder("b"), agent=world.agent.pk)
    assert [name for name, _ in meant(world, "Acme says hello Ann.")] == ["One", "Two"]


def test_words_of_the_own_agent_win_over_the_same_words_of_another(world: World) -> None:
    sales = another_agent(world)
    approved(world, "A first by name", "Acme here", agent=sales)
    approved(world, "Second", "Acme here", agent=world.agent.pk)
    assert meant(world, "Acme here") == [("Second", {})]
    assert meant(world, "Acme here", sales) == [("A first by name", {})]


def test_templates_of_another_agent_do_not_make_a_text_ambiguous(world: World) -> None:
    approved(world, "One", "Acme says hello {a}.", Placeholder("a"), agent=another_agent(world))
    approved(world, "Two", "Acme says hello {a}.", Placeholder("a"), agent=world.agent.pk)
    assert [name for name, _ in meant(world, "Acme says hello Ann.")] == ["Two"]


def test_words_of_another_agent_are_found_so_that_the_gate_can_say_whose(world: World) -> None:
    approved(world, "Theirs", "Acme here", agent=another_agent(world))
    assert meant(world, "Acme here") == [("Theirs", {})]


def test_words_of_no_agent_fit_every_agent(world: World) -> None:
    world.approve(world.draft("Acme here", name="Anybody's"))
    assert meant(world, "Acme here", another_agent(world)) == [("Anybody's", {})]


def test_live_greetings_are_those_with_approved_words(world: World) -> None:
    names = [greeting.name for greeting in queries.live_greetings(world.acme)]
    assert names == ["Appointment", "Reminder"]
    assert queries.all_greetings(world.acme).count() == 3
