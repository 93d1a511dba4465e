"""Launch gates of a version: file evidence, complete a gate, take a completion back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext

from calls.agents import actions, launch
from calls.agents.models import AgentVersion, LaunchGate
from calls.agents.queries import completion_facts
from calls.lib.errors import NotFound, NotPermitted, Refusal
from calls.records.queries import use_of_agent
from calls.tenants import scope
from console.access import TenantRequest, page
from console.agent_forms import EvidenceForm, ReasonForm
from console.agent_words import GateLine, gates_of
from console.pages.agents import find_agent, published_of
from console.refusals import show_refusal
from console.screens import show


@page("calls:read")
def launch_gate(request: TenantRequest, agent_id: str, version_id: str, name: str) -> HttpResponse:
    """File the evidence of one gate, or file it anew, which takes a completion back."""
    version, line = _find(request, agent_id, version_id, name)
    _must_file(request)
    sent = request.POST if request.method == "POST" else None
    form = _evidence_form(request, line, sent)
    if sent is None or not form.is_valid():
        return _show(request, version, line, form)
    try:
        actions.file_evidence(
            **_by(request, version, name),
            user=request.user,
            evidence=form.cleaned_data["evidence"],
            owner=form.owner_chosen(),
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show(request, version, line, form)
    messages.success(
        request, gettext("The evidence is filed. An owner other than you completes it.")
    )
    return _back(request, version)


@page("calls:read")
def completion(request: TenantRequest, agent_id: str, version_id: str, name: str) -> HttpResponse:
    """Accept the evidence; whoever comes back by address sees the version."""
    version, line = _find(request, agent_id, version_id, name)
    if request.method != "POST":
        return _back(request, version)
    try:
        actions.complete_gate(**_by(request, version, name), user=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, gettext("%s is complete.") % line.label)
    return _back(request, version)


@page("calls:read")
def reopening(request: TenantRequest, agent_id: str, version_id: str, name: str) -> HttpResponse:
    """Say what taking a completion back would do; do it when that was confirmed."""
    version, line = _find(request, agent_id, version_id, name)
    _must_file(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, version, line, form, reopening=True)
    try:
        actions.reopen_gate(**_by(request, version, name), reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show(request, version, line, form, reopening=True)
    messages.success(request, gettext("%s is open again.") % line.label)
    return _back(request, version)


def lines_for(request: TenantRequest, version: AgentVersion) -> list[dict[str, Any]]:
    """All four gates, and why this member may not complete each; the domain's own sentence."""
    return [
        {"line": line, "objection": _objection(request, version, line)}
        for line in gates_of(version)
    ]


def _objection(request: TenantRequest, version: AgentVersion, line: GateLine) -> str:
    gate = line.gate or LaunchGate(version=version, name=line.name)
    facts = completion_facts(gate, actor=request.actor, user=request.user)
    return launch.objection(facts)


def _find(
    request: TenantRequest, agent_id: str, version_id: str, name: str
) -> tuple[AgentVersion, GateLine]:
    agent = find_agent(request, agent_id)
    version = next((v for v in agent.versions.all() if v.public_id == version_id), None)
    if version is None or name not in launch.NAMES:
        raise NotFound().naming(version_id)
    return version, next(line for line in gates_of(version) if line.name == name)


def _must_file(request: TenantRequest) -> None:
    if not (request.actor.can("setup:write") or request.actor.can("launch:approve")):
        raise NotPermitted


def _evidence_form(request: TenantRequest, line: GateLine, sent: Any) -> EvidenceForm:
    members = list(scope.members_of(request.tenant))
    owner_id = line.gate.owner_id if line.gate else request.user.pk
    chosen = next((m.public_id for m in members if m.user_id == owner_id), "")
    evidence = line.gate.evidence if line.gate else ""
    return EvidenceForm(sent, members=members, evidence=evidence, owner=chosen)


def _by(request: TenantRequest, version: AgentVersion, name: str) -> dict[str, Any]:
    return {"version": version, "name": name, "actor": request.actor, "now": request.now}


def _back(request: TenantRequest, version: AgentVersion) -> HttpResponse:
    return redirect(
        "agent_version", request.tenant.slug, version.agent.public_id, version.public_id
    )


def _show(
    request: TenantRequest,
    version: AgentVersion,
    line: GateLine,
    form: Any,
    *,
    reopening: bool = False,
) -> HttpResponse:
    complete = line.gate is not None and line.gate.is_complete
    return show(
        request,
        "agents/launch_gate.html",
        title=gettext("%(gate)s of %(version)s") % {"gate": line.label, "version": version},
        active="agents",
        status=422 if form.errors else 200,
        agent=version.agent,
        version=version,
        line=line,
        form=form,
        reopening=reopening,
        complete=complete,
        stops=_stops(request, version) if complete else 0,
    )


def _stops(request: TenantRequest, version: AgentVersion) -> int:
    """How many waiting calls would meet an incomplete gate; in a sandbox none does."""
    use = use_of_agent(version.agent)
    if request.tenant.is_sandbox:
        return 0
    speaks = version == published_of(version.agent)
    return use.named.get(version.pk, 0) + (use.waiting if speaks else 0)


urlpatterns = [
    path(
        f"agents/<str:agent_id>/versions/<str:version_id>/launch-gates/<str:name>{more}",
        view,
        name=label,
    )
    for more, view, label in (
        ("", launch_gate, "launch_gate"),
        ("/completion", completion, "completion"),
        ("/reopening", reopening, "reopening"),
    )
]
