"""The life of a version: draft, staged (perhaps as a canary), published, retired, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from calls.agents import configuration, life, queries
from calls.agents.actions.steps import SETUP, must_keep, take_turn
from calls.agents.models import Agent, AgentVersion
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants.models import User


class NoSuchStep(Refusal):
    """A version does not go from where it stands to where it was sent."""

    code = "version_step_not_allowed"


class LaunchNotComplete(Refusal):
    """Before a version speaks to real people, a second person completed all four launch gates."""

    code = "launch_not_complete"

    def __init__(self, missing: tuple[str, ...]) -> None:
        names = ", ".join(missing)
        super().__init__(
            f"Live calls need all four launch gates. Not complete: {names}."
            " File the evidence, and ask an owner to complete them.",
            missing=list(missing),
        )


class CanaryTaken(Refusal):
    """One canary at a time, or nobody could tell which of them failed."""

    code = "canary_taken"

    def __init__(self, other: AgentVersion) -> None:
        super().__init__(
            f"Version {other.number} speaks to {other.canary_share} of 100 callees already."
            " Set its share to 0 first."
        )


@transaction.atomic
def add_version(
    *,
    agent: Agent,
    actor: Actor,
    now: datetime,
    config: Mapping[str, Any],
    note: str = "",
    author: User | None = None,
) -> AgentVersion:
    """Add a draft version with its configuration, which never changes afterwards.

    Raises NotPermitted, BadField.
    """
    must_keep(actor, agent, SETUP)
    if flaw := configuration.flaw(config):
        raise BadField(*flaw)
    take_turn(agent.pk)
    last = agent.versions.aggregate(last=Max("number"))["last"] or 0
    version = AgentVersion.objects.create(
        agent=agent,
        number=last + 1,
        config=dict(config),
        note=note[:300],
        created_at=now,
        created_by=author,
        created_by_name=actor.name[:200],
    )
    _note(version, actor, now, "version.added", after={"config": dict(config)})
    return version


@transaction.atomic
def stage_version(*, version: AgentVersion, actor: Actor, now: datetime) -> AgentVersion:
    """Make a draft ready to be tried: by its id, or by a share of callees. Raises NoSuchStep."""
    version = _taken(version, actor)
    if not life.may_follow(version.state, life.STAGED):
        raise NoSuchStep(f"Version {version.number} is {version.state}. Only a draft is staged.")
    _move(version, life.STAGED)
    _note(version, actor, now, "version.staged")
    return version


@transaction.atomic
def stage_configuration(
    *, agent: Agent, changes: Mapping[str, str], actor: Actor, now: datetime
) -> AgentVersion:
    """Have a staged version that differs from the published one by these keys; nothing live changes.

    Answers the version in use where it has all of them, and the one staged last where it is that very
    configuration. Raises NotPermitted, BadField.
    """
    must_keep(actor, agent, SETUP)
    take_turn(agent.pk)
    newest = agent.versions.order_by("-number")
    published = newest.filter(state=life.PUBLISHED).first()
    base = published or newest.first()
    wanted = {**(base.config if base else {}), **changes}
    staged = newest.filter(state=life.STAGED).first()
    for version in (published, staged):
        if version is not None and version.config == wanted:
            _note(version, actor, now, "version.asked_again", after=changes)
            return version
    by: dict[str, Any] = {"actor": actor, "now": now}
    version = add_version(agent=agent, config=wanted, note="Asked for by the admin API.", **by)
    return stage_version(version=version, **by)


@transaction.atomic
def set_canary(*, version: AgentVersion, share: int, actor: Actor, now: datetime) -> AgentVersion:
    """Let a staged version speak to `share` of a hundred callees, always the same ones.

    Raises BadField, NoSuchStep, CanaryTaken, and LaunchNotComplete where real people would hear it.
    """
    if not 0 <= share <= 100:
        raise BadField("share", "Give a share from 0 to 100.")
    version = _taken(version, actor)
    if version.state != life.STAGED:
        raise NoSuchStep("Only a staged version can be a canary. Stage it first.")
    others = version.agent.versions.exclude(pk=version.pk)
    if share and (other := others.filter(canary_share__gt=0).first()):
        raise CanaryTaken(other)
    if share:
        _must_be_launched(version)
    before, version.canary_share = version.canary_share, share
    version.save(update_fields=["canary_share"])
    _note(version, actor, now, "version.canary_set", {"share": before}, {"share": share})
    return version


@transaction.atomic
def publish_version(*, version: AgentVersion, actor: Actor, now: datetime) -> AgentVersion:
    """Make this the version calls speak with from now on; the one published before is retired.

    Raises NoSuchStep, and LaunchNotComplete for live tenants.
    """
    version = _taken(version, actor)
    if version.state == life.RETIRED:
        raise NoSuchStep(f"Version {version.number} is retired. Roll back to it instead.")
    if version.state == life.PUBLISHED:
        _note(version, actor, now, "version.published")
        return version
    if not life.may_follow(
        version.state, life.PUBLISHED, is_sandbox=version.agent.tenant.is_sandbox
    ):
        raise NoSuchStep(f"Version {version.number} is a draft. Stage it, then publish it.")
    before = _take_over(version, now)
    _note(version, actor, now, "version.published", before, {"version": version.number})
    return version


@transaction.atomic
def roll_back(*, version: AgentVersion, actor: Actor, now: datetime, reason: str) -> AgentVersion:
    """Publish an earlier version again, with the launch gates it has; say why.

    Raises BadField, NoSuchStep, and LaunchNotComplete for live tenants.
    """
    if not reason.strip():
        raise BadField(
            "reason", "Say what is wrong with the version in use, for who reads it later."
        )
    version = _taken(version, actor)
    if not life.may_return(version.state, was_published=version.published_at is not None):
        raise NoSuchStep(
            f"Version {version.number} was never in use and retired. Publish a staged one instead."
        )
    before = _take_over(version, now)
    after = {"version": version.number, "reason": reason.strip()[:300]}
    _note(version, actor, now, "version.rolled_back_to", before, after)
    return version


@transaction.atomic
def retire_version(*, version: AgentVersion, actor: Actor, now: datetime) -> AgentVersion:
    """Take a version out of use; no call speaks with it from now on. Raises NoSuchStep."""
    version = _taken(version, actor)
    if not life.may_follow(version.state, life.RETIRED):
        raise NoSuchStep(f"Version {version.number} is retired already.")
    before = version.state
    _move(version, life.RETIRED)
    _note(version, actor, now, "version.retired", {"state": before}, {"state": life.RETIRED})
    return version


def _taken(version: AgentVersion, actor: Actor) -> AgentVersion:
    """The version as it stands, for who may change it, while nobody else changes its agent."""
    must_keep(actor, version.agent, SETUP)
    agent = take_turn(version.agent_id)
    version.refresh_from_db()
    version.agent = agent
    return version


def _take_over(version: AgentVersion, now: datetime) -> dict[str, int]:
    """Retire what is published and publish this; gives back what was published before."""
    _must_be_launched(version)
    current = version.agent.versions.filter(state=life.PUBLISHED).first()
    if current is not None:
        _move(current, life.RETIRED)
    version.published_at = now
    _move(version, life.PUBLISHED)
    return {"version": current.number} if current else {}


def _move(version: AgentVersion, state: str) -> None:
    version.state, version.canary_share = state, 0
    version.save(update_fields=["state", "canary_share", "published_at"])


def _must_be_launched(version: AgentVersion) -> None:
    """For a sandbox tenant the gates are advice: nobody real is called."""
    if version.agent.tenant.is_sandbox:
        return
    if missing := queries.missing_gates(version):
        raise LaunchNotComplete(missing)


def _note(
    version: AgentVersion,
    actor: Actor,
    now: datetime,
    verb: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=version,
        tenant_id=version.agent.tenant_id,
        now=now,
        before=before,
        after=after,
    )
