"""A version's page: what it holds, how it differs, and each step of its life with its effect said first."""

import pytest

from calls.agents.models import AgentVersion
from tests.agents.steps import add, go_live, launch, publish, share, staged, states
from tests.audit.entries import told
from tests.console.signed_in import sign_in, words
from tests.database.rows import again
from tests.world import World


def path(version: AgentVersion, more: str = "") -> str:
    agent = version.agent.public_id
    return f"/t/acme/agents/{agent}/versions/{version.public_id}{more}"


def page(world: World, version: AgentVersion, more: str = "", who: str = "ada") -> str:
    return words(sign_in(world, who).get(path(version, more)).content)


def send(world: World, version: AgentVersion, more: str, **fields: object) -> tuple[int, str]:
    answer = sign_in(world, "ada").post(path(version, more), fields)
    return answer.status_code, words(answer.content)


def test_it_stands_beside_the_published_one(world: World) -> None:
    html = page(world, add(world, language="en-US", voice="verse"))
    assert '<ins data-tone="go">verse</ins>' in html
    assert "beside version 1, which is published" in html
    assert "<ins data-tone" not in html.partition("Language")[2]


def test_what_the_published_one_had_is_shown_as_gone(world: World) -> None:
    html = page(world, add(world))
    assert '<del data-tone="stop">en-US</del>' in html
    assert "left out" in html


def test_the_published_one_is_compared_with_nothing(world: World) -> None:
    html = page(world, world.version)
    assert "which is published" not in html
    assert "<del" not in html


STEPS = {
    "draft": ["staging", "publication", "retirement"],
    "staged": ["publication", "canary", "retirement"],
    "published": ["retirement"],
    "retired": ["rollback"],
}


@pytest.mark.parametrize("state", STEPS)
def test_only_what_can_be_done_is_offered(world: World, state: str) -> None:
    publish(world, add(world))
    staged(world)
    add(world)
    version = world.agent.versions.get(state=state)
    html = page(world, version)
    nouns = ("staging", "publication", "canary", "rollback", "retirement")
    assert [noun for noun in nouns if path(version, f"/{noun}") in html] == STEPS[state]


@pytest.mark.parametrize("who", ["bob", "alice", "aurel"])
def test_who_may_not_is_offered_nothing(world: World, who: str) -> None:
    html = page(world, staged(world), who=who)
    assert "/publication" not in html
    assert "/retirement" not in html


def test_a_live_tenant_is_not_offered_to_publish_a_draft(world: World) -> None:
    go_live(world)
    publication = path(add(world), "/publication")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.access.is_mfa_enabled", lambda user: True)
        assert publication not in page(world, world.agent.versions.get(number=2))


def test_publishing_says_first_what_it_changes(world: World) -> None:
    world.place()
    world.place(allow_duplicate=True, agent_version_id=world.version.public_id)
    html = page(world, staged(world), "/publication")
    assert "1 waiting call is affected." in html
    assert "Every call that names no version speaks with version 2 from now on." in html
    assert "Version 1 is retired." in html
    assert "1 waiting call names version 1 and will be refused" in html
    assert "Not complete: Security, Behaviour, Operations, Rollout. In a sandbox" in html


def test_confirmed_it_is_published(world: World) -> None:
    assert send(world, staged(world), "/publication")[0] == 302
    assert states(world.agent) == {1: "retired", 2: "published"}


def test_nothing_is_missing_where_all_four_are_complete(world: World) -> None:
    assert "Not complete" not in page(world, launch(world, staged(world)), "/publication")


def test_for_real_people_missing_gates_leave_no_button(world: World) -> None:
    version = staged(world)
    go_live(world)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.access.is_mfa_enabled", lambda user: True)
        html = page(world, version, "/publication")
        status, refused = send(world, version, "/publication")
    assert "Live calls need all four launch gates" in html
    assert "</svg>Publish</button>" not in html
    assert status == 422
    assert "Not complete: security, behaviour, operations, rollout." in refused
    assert states(world.agent)[2] == "staged"


def test_a_share_is_set(world: World) -> None:
    version = staged(world)
    assert send(world, version, "/canary", share=20)[0] == 302
    version.refresh_from_db()
    assert version.canary_share == 20
    assert "20 of 100 callees hear it now" in page(world, version, "/canary")


@pytest.mark.parametrize("typed", ["101", "-1", "some", ""])
def test_a_share_that_is_none_is_told(world: World, typed: str) -> None:
    assert send(world, staged(world), "/canary", share=typed)[0] == 422


def test_a_second_canary_is_told_of_the_first(world: World) -> None:
    share(world, staged(world), 10)
    status, html = send(world, staged(world), "/canary", share=5)
    assert status == 422
    assert "Version 2 speaks to 10 of 100 callees already." in html


def test_rolling_back_asks_why(world: World) -> None:
    publish(world, add(world))
    assert send(world, world.version, "/rollback", reason="")[0] == 422
    assert send(world, world.version, "/rollback", reason="It stutters.")[0] == 302
    assert states(world.agent) == {1: "published", 2: "retired"}
    assert told(world.version, "version.rolled_back_to")[2]["reason"] == "It stutters."


def test_retiring_the_published_one_counts_what_it_stops(world: World) -> None:
    world.place()
    world.place(to="+15555557001")
    html = page(world, world.version, "/retirement")
    assert "2 waiting calls will be refused" in html
    assert "the agent then has no published version" in html.lower()


def test_retiring_the_canary_gives_its_callees_back(world: World) -> None:
    html = page(world, share(world, staged(world), 10), "/retirement")
    assert "Its 10 of 100 callees hear the published version again." in html


def test_a_step_that_is_over_is_not_offered_again(world: World) -> None:
    html = page(world, world.version, "/staging")
    assert "This version does not stand where this can be done." in html
    assert "</svg>Stage</button>" not in html


def test_a_step_sent_all_the_same_is_refused_with_the_reason(world: World) -> None:
    status, html = send(world, world.version, "/staging")
    assert status == 422
    assert "Version 1 is published. Only a draft is staged." in html


def new(world: World, **fields: str) -> tuple[int, str]:
    url = f"/t/acme/agents/{world.agent.public_id}/versions/new"
    answer = sign_in(world, "ada").post(url, {"language": "en-US"} | fields)
    return answer.status_code, words(answer.content)


def test_a_new_version_begins_as_the_newest_is(world: World) -> None:
    add(world, voice="verse", prompt_key="support/2")
    url = f"/t/acme/agents/{world.agent.public_id}/versions/new"
    html = words(sign_in(world, "ada").get(url).content)
    assert 'value="verse"' in html
    assert 'value="support/2"' in html
    assert "It begins as version 2 is." in html


def test_it_is_added_as_a_draft_of_whoever_sent_it(world: World) -> None:
    assert new(world, voice="verse", note="Another voice")[0] == 302
    version = world.agent.versions.get(number=2)
    assert version.config == {"language": "en-US", "voice": "verse"}
    assert (version.state, version.note) == ("draft", "Another voice")
    assert version.created_by == world.user("ada")


def test_an_address_that_cannot_be_is_said_at_its_field(world: World) -> None:
    status, html = new(world, media_url="http://media.acme.example")
    assert status == 422
    assert "Give an address that begins with wss://" in html.partition('id="id_media_url"')[2]


def test_a_version_of_another_agent_is_not_found_under_this_one(world: World) -> None:
    other = again(world.agent, agent_key="x")
    foreign = path(add(world, other)).replace(other.public_id, world.agent.public_id)
    assert sign_in(world, "ada").get(foreign).status_code == 404
