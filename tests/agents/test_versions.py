"""Versions of an agent: numbered, frozen, and one of them published."""

import pytest
from django.db import IntegrityError, transaction

from calls.agents import actions
from calls.agents.actions import LaunchNotComplete, NoSuchStep
from calls.agents.models import AgentVersion
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.agents.steps import add, go_live, launch, publish, retire, staged, states
from tests.audit.entries import entry, told
from tests.world import NOW, World


def test_versions_are_counted_per_agent(world: World) -> None:
    other = actions.create_agent(
        tenant=world.acme, actor=world.ada, now=NOW, agent_key="sales", name="Sales"
    )
    assert [add(world).number, add(world).number] == [2, 3]
    assert add(world, other).number == 1


def test_a_new_version_is_a_draft(world: World) -> None:
    version = add(world, voice="alloy")
    version.refresh_from_db()
    assert (version.state, version.config) == ("draft", {"voice": "alloy"})
    assert version.created_by == world.user("ada")
    assert entry(version, "version.added").target_label == "Support v2"
    assert told(version, "version.added") == ("Ada", {}, {"config": {"voice": "alloy"}})


def test_publishing_retires_the_one_before(world: World) -> None:
    second = add(world)
    actions.publish_version(version=second, actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "retired", 2: "published"}
    assert told(second, "version.published") == ("Ada", {"version": 1}, {"version": 2})
    assert second.published_at == NOW


def test_publishing_twice_changes_nothing(world: World) -> None:
    actions.publish_version(version=world.version, actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "published"}


def test_a_retired_version_is_not_published_but_rolled_back_to(world: World) -> None:
    publish(world, add(world))
    with pytest.raises(NoSuchStep, match="Roll back to it instead"):
        publish(world, world.version)
    assert states(world.agent) == {1: "retired", 2: "published"}


def test_other_agents_keep_theirs(world: World) -> None:
    other = actions.create_agent(
        tenant=world.acme, actor=world.ada, now=NOW, agent_key="sales", name="Sales"
    )
    actions.publish_version(version=add(world, other), actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "published"}


def test_new_calls_speak_with_the_published_one(world: World) -> None:
    second = add(world)
    assert world.place().call.agent_version == world.version
    actions.publish_version(version=second, actor=world.ada, now=NOW)
    assert world.place(allow_duplicate=True).call.agent_version == second


@pytest.mark.parametrize(
    ("number", "state"), [(2, "published"), (1, "draft"), (2, "live"), (2, "")]
)
def test_the_database_refuses_by_hand(world: World, number: int, state: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentVersion(agent=world.agent, number=number, state=state, created_at=NOW).save()


def test_a_configuration_that_cannot_stand_is_refused(world: World) -> None:
    with pytest.raises(BadField) as refused:
        add(world, media_url="http://media.acme.example")
    assert refused.value.field == "media_url"


def test_a_staged_version_is_ready_to_be_tried(world: World) -> None:
    version = staged(world)
    assert states(world.agent) == {1: "published", 2: "staged"}
    assert entry(version, "version.staged").actor_name == "Ada"


def test_only_a_draft_is_staged(world: World) -> None:
    with pytest.raises(NoSuchStep, match=r"is published\. Only a draft is staged"):
        actions.stage_version(version=world.version, actor=world.ada, now=NOW)


def test_what_was_read_before_another_acted_is_read_again(world: World) -> None:
    stale = add(world)
    retire(world, AgentVersion.objects.get(pk=stale.pk))
    with pytest.raises(NoSuchStep):
        publish(world, stale)
    assert states(world.agent) == {1: "published", 2: "retired"}


def test_a_live_tenants_draft_is_staged_first(world: World) -> None:
    version = launch(world, add(world))
    go_live(world)
    with pytest.raises(NoSuchStep, match="Stage it, then publish it"):
        publish(world, version)


def test_live_calls_need_all_four_launch_gates(world: World) -> None:
    version = launch(world, staged(world), "security", "operations")
    go_live(world)
    with pytest.raises(LaunchNotComplete, match="Not complete: behaviour, rollout") as refused:
        publish(world, version)
    assert refused.value.details == {"missing": ["behaviour", "rollout"]}
    assert states(world.agent) == {1: "published", 2: "staged"}


def test_with_all_four_it_is_published(world: World) -> None:
    version = launch(world, staged(world))
    go_live(world)
    publish(world, version)
    assert states(world.agent) == {1: "retired", 2: "published"}


def test_in_a_sandbox_the_gates_are_advice(world: World) -> None:
    publish(world, staged(world))
    assert states(world.agent) == {1: "retired", 2: "published"}


@pytest.mark.parametrize("number", [1, 2])
def test_any_version_can_be_retired(world: World, number: int) -> None:
    add(world)
    version = world.agent.versions.get(number=number)
    before = version.state
    assert retire(world, version).state == "retired"
    assert told(version, "version.retired") == ("Ada", {"state": before}, {"state": "retired"})


def test_what_is_retired_is_not_retired_again(world: World) -> None:
    retire(world, world.version)
    with pytest.raises(NoSuchStep, match="retired already"):
        retire(world, world.version)


VERBS = {
    "add": lambda w, who: add(w, by=who),
    "publish": lambda w, who: publish(w, w.version, by=who),
    "stage": lambda w, who: actions.stage_version(
        version=w.version, actor=getattr(w, who), now=NOW
    ),
    "retire": lambda w, who: actions.retire_version(
        version=w.version, actor=getattr(w, who), now=NOW
    ),
    "canary": lambda w, who: actions.set_canary(
        version=w.version, share=1, actor=getattr(w, who), now=NOW
    ),
    "roll back": lambda w, who: actions.roll_back(
        version=w.version, actor=getattr(w, who), now=NOW, reason="x"
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["alice", "bob", "aurel"])
def test_only_admins_change_versions(world: World, verb: str, who: str) -> None:
    with pytest.raises(NotPermitted):
        VERBS[verb](world, who)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_reaches_into_another_tenant(world: World, verb: str) -> None:
    with pytest.raises(NotFound):
        VERBS[verb](world, "charlie")
