"""The steps of a version's life, each by its verb, as whoever may take them."""

from typing import Any

from calls.agents import actions
from calls.agents.launch import NAMES
from calls.agents.models import Agent, AgentVersion, LaunchGate
from tests.database.rows import change
from tests.world import NOW, World


def add(world: World, agent: Agent | None = None, by: str = "ada", **config: str) -> AgentVersion:
    """A draft of Ada's."""
    return actions.add_version(
        agent=agent or world.agent,
        actor=getattr(world, by),
        author=world.user(by),
        now=NOW,
        config=config,
    )


def staged(world: World, agent: Agent | None = None, **config: str) -> AgentVersion:
    """A version that is ready to be tried."""
    version = add(world, agent, **config)
    return actions.stage_version(version=version, actor=world.ada, now=NOW)


def share(world: World, version: AgentVersion, part: int, by: str = "ada") -> AgentVersion:
    """Let a version speak to a part of a hundred callees."""
    return actions.set_canary(version=version, share=part, actor=getattr(world, by), now=NOW)


def publish(world: World, version: AgentVersion, by: str = "ada") -> AgentVersion:
    """Calls speak with it from now on."""
    return actions.publish_version(version=version, actor=getattr(world, by), now=NOW)


def roll_back(world: World, version: AgentVersion, reason: str = "It stutters.") -> AgentVersion:
    """Back to an earlier one."""
    return actions.roll_back(version=version, actor=world.ada, now=NOW, reason=reason)


def retire(world: World, version: AgentVersion) -> AgentVersion:
    """Out of use."""
    return actions.retire_version(version=version, actor=world.ada, now=NOW)


def file(
    world: World, version: AgentVersion, name: str = "security", by: str = "ada", **fields: Any
) -> LaunchGate:
    """Evidence for one launch gate, for which Bob answers."""
    given = {"evidence": "Pen test of 2 November: no findings.", "owner": world.user("bob")}
    people: dict[str, Any] = {"actor": getattr(world, by), "user": world.user(by)}
    return actions.file_evidence(version=version, name=name, now=NOW, **given | fields, **people)


def complete(
    world: World, version: AgentVersion, name: str = "security", by: str = "alice"
) -> LaunchGate:
    """A second person accepts the evidence."""
    return actions.complete_gate(
        version=version, name=name, actor=getattr(world, by), user=world.user(by), now=NOW
    )


def launch(world: World, version: AgentVersion, *names: str) -> AgentVersion:
    """These launch gates, or all four, filed by Ada and completed by Alice."""
    for name in names or NAMES:
        file(world, version, name)
        complete(world, version, name)
    return version


def go_live(world: World) -> None:
    """Acme calls real people."""
    change(world.acme, mode="live")
    world.acme.refresh_from_db()


def states(agent: Agent) -> dict[int, str]:
    """Each version by its number, and where it stands."""
    return dict(agent.versions.order_by("number").values_list("number", "state"))
