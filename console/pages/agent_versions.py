"""Versions of an agent: what one holds and changes, a new one, and each step of its life."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from calls.agents import actions
from calls.agents.models import AgentVersion
from calls.lib.errors import BadField, NotFound, Refusal
from calls.records.queries import use_of_agent
from console.access import TenantRequest, page
from console.agent_acts import ACTS, Act, effects, is_blocked, possible_acts
from console.agent_forms import VersionForm, version_form
from console.agent_words import settings_of, words_of
from console.pages.agents import find_agent, published_of
from console.pages.launch_gates import lines_for
from console.refusals import show_refusal
from console.screens import show


@require_GET
@page("calls:read")
def agent_version(request: TenantRequest, agent_id: str, version_id: str) -> HttpResponse:
    """What this version holds, how it differs from the published one, and its launch gates."""
    found = find_version(request, agent_id, version_id)
    published = published_of(found.agent)
    may_write = request.actor.can("setup:write")
    return show(
        request,
        "agents/version.html",
        title=str(found),
        active="agents",
        agent=found.agent,
        version=found,
        words=words_of(found),
        published=published if published and published.pk != found.pk else None,
        settings=settings_of(found, published),
        gates=lines_for(request, found),
        named=use_of_agent(found.agent).named.get(found.pk, 0),
        acts=possible_acts(found) if may_write else [],
        may_file=may_write or request.actor.can("launch:approve"),
    )


@page("setup:write")
def new_version(request: TenantRequest, agent_id: str) -> HttpResponse:
    """Add a draft that begins as the newest version is."""
    agent = find_agent(request, agent_id)
    sent = request.POST if request.method == "POST" else None
    form = version_form(sent, next(iter(agent.versions.all()), None))
    if sent is None or not form.is_valid():
        return _show_form(request, agent, form)
    try:
        made = actions.add_version(
            agent=agent,
            actor=request.actor,
            author=request.user,
            now=request.now,
            config=form.config(),
            note=form.cleaned_data["note"],
        )
    except BadField as refusal:
        show_refusal(form, refusal)
        return _show_form(request, agent, form)
    messages.success(request, gettext("%s is added as a draft.") % made)
    return redirect("agent_version", request.tenant.slug, agent.public_id, made.public_id)


@page("setup:write")
def version_act(request: TenantRequest, agent_id: str, version_id: str, act: str) -> HttpResponse:
    """Say what a step would change, with numbers; take it when that was confirmed."""
    found, chosen = find_version(request, agent_id, version_id), ACTS[act]
    initial = {"share": found.canary_share or 10}
    sent = request.POST if request.method == "POST" else None
    form = chosen.form(sent, initial=initial)
    if sent is None or not form.is_valid():
        return _show_act(request, found, chosen, form)
    by: dict[str, Any] = {"actor": request.actor, "now": request.now}
    try:
        chosen.verb(version=found, **by, **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show_act(request, found, chosen, form)
    messages.success(request, str(chosen.done) % found)
    return redirect("agent_version", request.tenant.slug, agent_id, version_id)


def find_version(request: TenantRequest, agent_id: str, version_id: str) -> AgentVersion:
    """The version in the address, one of the agent in the address. Raises NotFound."""
    agent = find_agent(request, agent_id)
    for version in agent.versions.all():
        if version.public_id == version_id:
            return version
    raise NotFound().naming(version_id)


def _show_form(request: TenantRequest, agent: Any, form: VersionForm) -> HttpResponse:
    return show(
        request,
        "agents/version_form.html",
        title=gettext("New version of %s") % agent.name,
        active="agents",
        status=422 if form.errors else 200,
        form=form,
        agent=agent,
        newest=next(iter(agent.versions.all()), None),
    )


def _show_act(
    request: TenantRequest, found: AgentVersion, act: Act, form: forms.Form
) -> HttpResponse:
    published, use = published_of(found.agent), use_of_agent(found.agent)
    return show(
        request,
        "agents/act.html",
        title=f"{act.title}: {found}",
        active="agents",
        status=422 if form.errors else 200,
        agent=found.agent,
        version=found,
        act=act,
        form=form,
        words=words_of(found),
        possible=act.possible(found),
        blocked=is_blocked(act, found) and act.name != "canary",
        effects=effects(act, found, published, use),
    )


_VERSION = "agents/<str:agent_id>/versions/<str:version_id>"

urlpatterns = [
    path("agents/<str:agent_id>/versions/new", new_version, name="new_version"),
    path(_VERSION, agent_version, name="agent_version"),
    *[path(f"{_VERSION}/{name}", version_act, {"act": name}, name=name) for name in ACTS],
]
