"""Agents: who speaks on the calls. List, show with history, create, change."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from calls.agents import actions, life, queries
from calls.agents.actions import AgentKeyTaken
from calls.agents.models import Agent, AgentVersion
from calls.greetings.queries import live_greetings
from calls.lib.errors import Refusal
from calls.records.queries import use_of_agent
from calls.tenants import scope
from console.access import TenantRequest, page
from console.agent_forms import AgentForm, NewAgentForm, OpeningForm
from console.agent_words import complete, words_of
from console.refusals import show_refusal
from console.screens import show


@require_GET
@page("calls:read")
def agents(request: TenantRequest) -> HttpResponse:
    """Every agent, the version it speaks with, and how far its launch gates are."""
    found = queries.agents_with_versions(request.tenant, orgs=request.actor.orgs)
    return show(
        request,
        "agents/list.html",
        title=gettext("Agents"),
        active="agents",
        lines=[_line(agent) for agent in found],
        may_write=request.actor.can("setup:write"),
    )


@require_GET
@page("calls:read")
def agent(request: TenantRequest, agent_id: str) -> HttpResponse:
    """What an agent is, and all its versions, the newest first."""
    found = find_agent(request, agent_id)
    return _show(request, found, _opening(request, found))


@page("setup:write")
def new_agent(request: TenantRequest) -> HttpResponse:
    """Create an agent; it speaks once a version of it is published."""
    form = NewAgentForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show_new(request, form)
    try:
        made = actions.create_agent(
            tenant=request.tenant, actor=request.actor, now=request.now, **form.cleaned_data
        )
    except Refusal as refusal:
        show_refusal(
            form, refusal, {"": "agent_key"} if isinstance(refusal, AgentKeyTaken) else None
        )
        return _show_new(request, form)
    messages.success(request, gettext("%s is created. Add its first version.") % made.name)
    return redirect("new_version", request.tenant.slug, made.public_id)


@page("setup:write")
def agent_settings(request: TenantRequest, agent_id: str) -> HttpResponse:
    """Change the name or the purpose; another purpose is confirmed first."""
    found = find_agent(request, agent_id)
    sent = request.POST if request.method == "POST" else None
    form = AgentForm(sent, initial={"name": found.name, "purpose": found.purpose})
    if sent is None or not form.is_valid():
        return _show_settings(request, found, form)
    if form.cleaned_data["purpose"] != found.purpose and "confirmed" not in sent:
        return _show_settings(request, found, form, confirm=True)
    try:
        actions.change_agent(agent=found, actor=request.actor, now=request.now, **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show_settings(request, found, form)
    messages.success(request, gettext("%s is changed.") % form.cleaned_data["name"])
    return redirect("agent", request.tenant.slug, found.public_id)


@page("setup:write")
def default_greeting(request: TenantRequest, agent_id: str) -> HttpResponse:
    """Choose what the agent opens with; whoever comes back by address sees the agent."""
    found = find_agent(request, agent_id)
    if request.method == "POST":
        form = _opening(request, found, request.POST)
        if not form.is_valid():
            return _show(request, found, form)
        chosen = form.greeting_chosen()
        actions.set_default_greeting(
            agent=found,
            greeting_id=chosen.pk if chosen else None,
            actor=request.actor,
            now=request.now,
        )
        messages.success(request, gettext("The default greeting of %s is set.") % found.name)
    return redirect("agent", request.tenant.slug, found.public_id)


def find_agent(request: TenantRequest, agent_id: str) -> Agent:
    """The agent in the address, with its versions and their launch gates. Raises NotFound."""
    rows = queries.agents_with_versions(request.tenant, orgs=request.actor.orgs)
    return scope.one(rows, tenant=request.tenant, public_id=agent_id)


def published_of(found: Agent) -> AgentVersion | None:
    """The version its calls speak with, out of those already read."""
    return next((v for v in found.versions.all() if v.state == life.PUBLISHED), None)


def _opening(request: TenantRequest, found: Agent, sent: Any = None) -> OpeningForm:
    greetings = live_greetings(request.tenant, orgs=request.actor.orgs)
    return OpeningForm(sent, agent=found, greetings=greetings)


def _show(request: TenantRequest, found: Agent, form: OpeningForm) -> HttpResponse:
    versions = found.versions.all()
    return show(
        request,
        "agents/show.html",
        title=found.name,
        active="agents",
        status=422 if form.errors else 200,
        agent=found,
        form=form,
        published=published_of(found),
        use=use_of_agent(found),
        versions=[{"version": v, "words": words_of(v), "complete": complete(v)} for v in versions],
        may_write=request.actor.can("setup:write"),
    )


def _show_new(request: TenantRequest, form: NewAgentForm) -> HttpResponse:
    return show(
        request,
        "agents/form.html",
        title=gettext("New agent"),
        active="agents",
        status=422 if form.errors else 200,
        form=form,
    )


def _show_settings(
    request: TenantRequest, found: Agent, form: AgentForm, *, confirm: bool = False
) -> HttpResponse:
    return show(
        request,
        "agents/form.html",
        title=gettext("Settings of %s") % found.name,
        active="agents",
        status=422 if form.errors or confirm else 200,
        form=form,
        agent=found,
        confirm=confirm,
        use=use_of_agent(found) if confirm else None,
    )


def _line(found: Agent) -> dict[str, Any]:
    """A row of the list: what speaks, who hears the canary, and how far the launch gates are."""
    versions = list(found.versions.all())
    published = published_of(found)
    shown = published or next(iter(versions), None)
    coming = next((v for v in versions if v.state == life.STAGED and v != shown), None)
    return {
        "agent": found,
        "published": published,
        "canary": next((v for v in versions if v.canary_share), None),
        "shown": shown,
        "complete": complete(shown),
        "coming": coming,
        "coming_complete": complete(coming),
    }


urlpatterns = [
    path("agents", agents, name="agents"),
    path("agents/new", new_agent, name="new_agent"),
    path("agents/<str:agent_id>", agent, name="agent"),
    path("agents/<str:agent_id>/settings", agent_settings, name="agent_settings"),
    path(
        "agents/<str:agent_id>/default-greeting",
        default_greeting,
        name="default_greeting",
    ),
]
