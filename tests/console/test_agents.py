"""Agents: the list, one agent with its versions, creating and changing one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.agents.models import Agent
from tests.agents.steps import add, launch, publish, retire, share, staged
from tests.console.signed_in import sign_in, words
from tests.database.rows import again, org
from tests.world import World

URL = "/t/acme/agents"


def page(world: World, who: str = "bob", path: str = "") -> str:
    return words(sign_in(world, who).get(URL + path).content)


def agent_page(world: World, who: str = "bob") -> str:
    return page(world, who, f"/{world.agent.public_id}")


def send(world: World, path: str, who: str = "ada", **fields: str) -> tuple[int, str]:
    """What a sent form is answered with."""
    answer = sign_in(world, who).post(URL + path, fields)
    return answer.status_code, words(answer.content)


def test_the_list_says_what_each_speaks_with(world: World) -> None:
    share(world, staged(world), 10)
    launch(world, world.version, "security", "rollout")
    html = page(world)
    assert f'<a href="{URL}/{world.agent.public_id}" data-row>Support</a>' in html
    assert "<code>support_primary</code>" in html
    assert "Version 1" in html
    assert "Version 2, 10 of 100" in html
    assert '<span class="num">2 of 4</span>' in html
    assert "Appointment" in html


def test_how_far_the_coming_version_is_stands_beside(world: World) -> None:
    launch(world, staged(world), "security")
    assert "version 2: 1 of 4" in page(world)


def test_an_agent_that_cannot_speak_stands_out(world: World) -> None:
    retire(world, world.version)
    assert "Calls with this agent are refused until a version is published." in page(world)
    assert "No version is published" in agent_page(world)


def test_a_tenant_without_agents_is_told_what_one_is(world: World) -> None:
    html = words(sign_in(world, "charlie").get("/t/globex/agents").content)
    assert "No agents yet" in html
    assert "/agents/new" not in html


def test_queries_do_not_grow_with_the_list(world: World) -> None:
    client = sign_in(world)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for n in range(4):
        agent = Agent.objects.create(
            tenant=world.acme, agent_key=f"a{n}", name=f"A{n}", created_at=world.agent.created_at
        )
        launch(world, staged(world, agent), "security")
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) <= len(few)


@pytest.mark.parametrize("who", ["bob", "alice", "aurel"])
def test_who_cannot_change_sees_no_button(world: World, who: str) -> None:
    add(world)
    assert "/agents/new" not in page(world, who)
    html = agent_page(world, who)
    assert not any(path in html for path in ("/settings", "/versions/new", "/default-greeting"))


def test_admins_see_what_they_can_change(world: World) -> None:
    assert "/agents/new" in page(world, "ada")
    html = agent_page(world, "ada")
    assert all(path in html for path in ("/settings", "/versions/new", "/default-greeting"))


def test_versions_stand_the_newest_first(world: World) -> None:
    publish(world, add(world))
    share(world, staged(world), 10)
    html = agent_page(world)
    assert html.index("Version 3") < html.index("Version 2</a>") < html.index("Version 1</a>")
    for chip in ("Staged", "Canary: 10 of 100", "Published", "Retired"):
        assert f"</svg>{chip}</span>" in html


def test_what_waits_for_it_is_counted(world: World) -> None:
    world.place()
    world.place(allow_duplicate=True, agent_version_id=world.version.public_id)
    assert '<dt>Waiting calls</dt><dd class="num">1</dd>' in agent_page(world)


def test_an_agent_of_another_unit_is_not_found_by_who_is_limited(world: World) -> None:
    north = org(world)
    world.members["bob"].orgs.add(north)
    south = again(north, key="south")
    Agent.objects.update(org=south)
    assert "support_primary" not in page(world)
    assert sign_in(world).get(f"{URL}/{world.agent.public_id}").status_code == 404


def test_a_new_agent_is_asked_for_its_first_version(world: World) -> None:
    fields = {"name": "Sales", "agent_key": "sales", "purpose": "marketing"}
    answer = sign_in(world, "ada").post(f"{URL}/new", fields)
    made = Agent.objects.get(agent_key="sales")
    assert (made.name, made.purpose) == ("Sales", "marketing")
    assert answer["Location"] == f"{URL}/{made.public_id}/versions/new"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("agent_key", "support_primary", "Another agent has this key."),
        ("agent_key", "two words", "Enter a valid “slug”"),
        ("name", "", "This field is required."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    world: World, field: str, value: str, said: str
) -> None:
    fields = {"name": "Sales", "agent_key": "sales", "purpose": "marketing"} | {field: value}
    status, html = send(world, "/new", **fields)
    assert status == 422
    assert said in html.partition(f'id="id_{field}"')[2]


def settings(world: World, **fields: str) -> tuple[int, str]:
    given = {"name": "Support", "purpose": "transactional"} | fields
    return send(world, f"/{world.agent.public_id}/settings", **given)


def test_a_name_is_changed_at_once(world: World) -> None:
    assert settings(world, name="Service")[0] == 302
    world.agent.refresh_from_db()
    assert world.agent.name == "Service"


def test_another_purpose_says_first_what_it_costs(world: World) -> None:
    world.place()
    status, html = settings(world, purpose="marketing")
    world.agent.refresh_from_db()
    assert (status, world.agent.purpose) == (422, "transactional")
    assert "2 approved greetings are bound to the purpose and lose their approval" in html
    assert "One waiting call would be refused." in html


def test_confirmed_it_is_changed(world: World) -> None:
    assert settings(world, purpose="marketing", confirmed="1")[0] == 302
    world.agent.refresh_from_db()
    assert world.agent.purpose == "marketing"


def opening(world: World, greeting: str) -> int:
    return send(world, f"/{world.agent.public_id}/default-greeting", greeting=greeting)[0]


def test_the_default_greeting_is_chosen(world: World) -> None:
    assert opening(world, world.reminder.public_id) == 302
    world.agent.refresh_from_db()
    assert world.agent.default_greeting == world.reminder


def test_it_can_be_left_without_one(world: World) -> None:
    assert opening(world, "") == 302
    world.agent.refresh_from_db()
    assert world.agent.default_greeting is None


def test_words_that_nobody_approved_are_not_offered(world: World) -> None:
    assert opening(world, world.order_news.public_id) == 422
    assert "Order news" not in agent_page(world, "ada")
