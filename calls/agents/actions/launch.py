"""Launch gates of a version: file the evidence, complete the gate, take the completion back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from calls.agents import launch, queries
from calls.agents.actions.steps import LAUNCH, SETUP, must_keep, take_turn
from calls.agents.models import AgentVersion, LaunchGate
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, NotFound, Refusal
from calls.tenants.models import Member, User
from calls.tenants.scope import must_belong, must_serve

LONGEST_EVIDENCE = 4000


class CannotComplete(Refusal):
    """The launch rule says no; the sentence says why."""

    code = "cannot_complete"


class GateNotComplete(Refusal):
    """Only a completion can be taken back."""

    code = "gate_not_complete"
    message = "This launch gate is not complete, so there is nothing to take back."


@transaction.atomic
def file_evidence(
    *,
    version: AgentVersion,
    name: str,
    evidence: str,
    owner: User,
    actor: Actor,
    user: User | None,
    now: datetime,
) -> LaunchGate:
    """Say what shows that a version is ready, and who answers for it; a completion before is void.

    Admins and owners file. Raises NotPermitted, NotFound, BadField.
    """
    must_keep(actor, version.agent, SETUP, LAUNCH)
    _must_be_usable(version, evidence, owner)
    gate = _gate(version, name)
    before = {"evidence": gate.evidence, "completed_by": gate.completed_by_name}
    gate.evidence, gate.owner, gate.owner_name = evidence.strip(), owner, str(owner)[:200]
    gate.filed_by, gate.filed_by_name, gate.filed_at = user, actor.name[:200], now
    gate.completed_by, gate.completed_by_name, gate.completed_at = None, "", None
    gate.save()
    after = {"gate": name, "evidence": gate.evidence, "owner": gate.owner_name}
    _note(gate, actor, now, "launch_gate.filed", before, after)
    return gate


@transaction.atomic
def complete_gate(
    *, version: AgentVersion, name: str, actor: Actor, user: User | None, now: datetime
) -> LaunchGate:
    """Accept the evidence: an owner does, who neither filed it nor made the version.

    Raises NotFound, NotPermitted, CannotComplete.
    """
    must_belong(actor, version.agent.tenant_id)
    must_serve(actor, version.agent.org)
    gate = _gate(version, name)
    if objection := launch.objection(queries.completion_facts(gate, actor=actor, user=user)):
        raise CannotComplete(objection)
    gate.completed_by, gate.completed_by_name, gate.completed_at = user, actor.name[:200], now
    gate.save(update_fields=["completed_by", "completed_by_name", "completed_at"])
    _note(gate, actor, now, "launch_gate.completed", after={"gate": name})
    return gate


@transaction.atomic
def reopen_gate(
    *, version: AgentVersion, name: str, actor: Actor, now: datetime, reason: str
) -> LaunchGate:
    """Take a completion back: live calls with this version stop at the gate from now on.

    Owners and admins do. Raises NotPermitted, NotFound, BadField, GateNotComplete.
    """
    must_keep(actor, version.agent, SETUP, LAUNCH)
    if not reason.strip():
        raise BadField("reason", "Say what was found, for whoever completes the gate again.")
    gate = _gate(version, name)
    if not gate.is_complete:
        raise GateNotComplete
    before = {"completed_by": gate.completed_by_name}
    gate.completed_by, gate.completed_by_name, gate.completed_at = None, "", None
    gate.save(update_fields=["completed_by", "completed_by_name", "completed_at"])
    after = {"gate": name, "reason": reason.strip()[:300]}
    _note(gate, actor, now, "launch_gate.reopened", before, after)
    return gate


def _must_be_usable(version: AgentVersion, evidence: str, owner: User) -> None:
    if not evidence.strip():
        raise BadField("evidence", "Say what was tested and where the result can be read.")
    if len(evidence) > LONGEST_EVIDENCE:
        raise BadField("evidence", f"Shorten the evidence to {LONGEST_EVIDENCE} characters.")
    answers = Member.objects.filter(
        tenant=version.agent.tenant_id, user=owner, ended_at__isnull=True
    )
    if not answers.exists():
        raise BadField("owner", "Name somebody who works for this tenant.")


def _gate(version: AgentVersion, name: str) -> LaunchGate:
    """The gate as it stands, or a new one, while nobody else changes the agent."""
    if name not in launch.NAMES:
        raise NotFound
    take_turn(version.agent_id)
    gate = LaunchGate.objects.filter(version=version, name=name).first()
    gate = gate or LaunchGate(version=version, name=name)
    gate.version = version
    return gate


def _note(
    gate: LaunchGate,
    actor: Actor,
    now: datetime,
    verb: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=gate.version,
        tenant_id=gate.version.agent.tenant_id,
        now=now,
        before=before,
        after=after,
    )
