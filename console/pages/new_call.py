"""New call: one form, a verdict that follows what is typed, and never a second call by accident."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext

from calls.carriers.sandbox.scripts import BY_DIGITS, SCRIPTS
from calls.greetings import wording
from calls.lib.errors import BadField
from calls.placing import actions as placing
from calls.placing.ask import NEXT_ALLOWED, NOW
from calls.records.models import Call
from calls.records.queries import calls_of
from calls.records.states import HELD
from calls.tenants import scope
from console import searches, verdict
from console.access import TenantRequest, page
from console.call_form import AT, CallForm, new_token
from console.choices import Offer, offer_to
from console.screens import show

TEMPLATE = "calls/new_call.html"
ANSWERS_WELL = "5678"


@page("calls:write")
def new_call(request: TenantRequest) -> HttpResponse:
    """The form, empty, like the call `?again=` or for the number `?search=`; POST places the call."""
    if request.method == "POST":
        return _place(request)
    offer = offer_to(request)
    form = CallForm(offer=offer, initial=_initial(request, offer))
    return _show(request, form, starts="to" in form.initial)


@page("calls:write")
def new_call_preview(request: TenantRequest) -> HttpResponse:
    """What the gates say to the form as it stands; nothing is written. A POST, as numbers are in it."""
    if request.method != "POST":
        return redirect("new_call", request.tenant.slug)
    form = CallForm(request.POST, offer=offer_to(request))
    return _show(request, form, part="verdict", preview=_preview(request, form))


@page("calls:write")
def new_call_fields(request: TenantRequest) -> HttpResponse:
    """The fields of the greeting that was just chosen, everything typed kept."""
    if request.method != "POST":
        return redirect("new_call", request.tenant.slug)
    offer = offer_to(request)
    form = CallForm(offer=offer, initial=request.POST.dict())
    return _show(request, form, part="gaps")


def _place(request: TenantRequest) -> HttpResponse:
    form = CallForm(request.POST, offer=offer_to(request))
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        placed = placing.place_call(
            ask=form.ask(), tenant=request.tenant, actor=request.actor, now=request.now
        )
    except BadField as problem:
        form.point_at(problem)
        return _show(request, form, status=422)
    except placing.KeyReused as reused:
        return _again(request, form, kept=str(reused.details["call_sid"]), refusal=None)
    except placing.CallRefused as refusal:
        return _again(request, form, kept=refusal.call.sid, refusal=refusal)
    messages.success(request, _said(placed))
    return redirect("call", request.tenant.slug, placed.call.sid)


def _said(placed: placing.Placement) -> str:
    if placed.replayed:
        return gettext("This form had placed this call already. Nothing was placed twice.")
    if placed.state == HELD:
        return gettext("Held. It goes on by itself once an owner approves its words.")
    if placed.due_at > placed.call.created_at:
        return gettext("Scheduled. It dials by itself, after every gate was asked again.")
    return gettext("Accepted. This page follows the call by itself.")


def _again(
    request: TenantRequest, form: CallForm, *, kept: str, refusal: placing.CallRefused | None
) -> HttpResponse:
    """The form as it was typed, under a new token, with the way to what its old token names."""
    preview = _preview(request, form)
    form.renew()
    note = {
        "href": reverse("call", args=[request.tenant.slug, kept]),
        "refused": refusal,
        "text": refusal.sentence if refusal else "",
    }
    return _show(request, form, preview=preview, note=note, status=409 if refusal else 422)


def _preview(request: TenantRequest, form: CallForm) -> placing.Preview | None:
    """The gates' view of a form that is filled in; a field the domain refuses is marked on the form."""
    if not form.is_valid():
        return None
    try:
        return placing.preview_call(
            ask=form.ask(), tenant=request.tenant, actor=request.actor, now=request.now
        )
    except BadField as problem:
        form.point_at(problem)
        return None


def _show(
    request: TenantRequest,
    form: CallForm,
    *,
    part: str = "",
    status: int = 200,
    preview: placing.Preview | None = None,
    **context: Any,
) -> HttpResponse:
    if form.number:
        form["to"].help_text = verdict.read_as(form.number)
    zone = request.tenant.time_zone
    return show(
        request,
        TEMPLATE,
        title=gettext("New call"),
        active="new_call",
        part=part,
        status=status,
        form=form,
        oob=bool(part and request.htmx),
        verdict=_panel(form, preview, zone=zone, now=request.now),
        submit=_submit(form, preview, zone=zone),
        viewer_zone=zone,
        sandbox_numbers=_sandbox_numbers() if request.tenant.is_sandbox else [],
        **context,
    )


def _panel(
    form: CallForm, preview: placing.Preview | None, *, zone: str, now: datetime
) -> dict[str, Any]:
    if preview is not None:
        return verdict.panel(preview, viewer_zone=zone)
    return verdict.unasked(
        headline=gettext("May this call be placed?"),
        detail=form.first_problem() if form.number else gettext("The answer follows as you type."),
        number=form.number,
        now=now,
    )


def _submit(form: CallForm, preview: placing.Preview | None, *, zone: str) -> dict[str, Any]:
    """The button: what it does, why it cannot be pressed, and what would help."""
    when = str(form["when"].value() or NOW)
    label, reason = verdict.submit_words(preview, when=when, viewer_zone=zone)
    refused = {v.gate: v.saw for v in preview.decision.refusals} if preview else {}
    return {
        "label": label,
        "reason": reason,
        "offers_waiting": set(refused) == {"hours"} and when == NOW,
        "earlier": refused.get("duplicate", {}).get("call_sid", ""),
        "offers_twice": set(refused) == {"duplicate"} or bool(form["twice"].value()),
    }


def _initial(request: TenantRequest, offer: Offer) -> dict[str, Any]:
    agent = offer.usual_agent
    greeting = agent.default_greeting if agent else None
    initial: dict[str, Any] = {"when": NOW, "token": new_token()}
    if offer.routes:
        initial["route"] = offer.routes[0].public_id
    if agent:
        initial["agent"] = agent.agent_key
    if greeting:
        initial["greeting"] = greeting.public_id
    if sid := request.GET.get("again"):
        rows = calls_of(request.tenant, orgs=request.actor.orgs)
        initial |= _like(scope.one(rows, tenant=request.tenant, public_id=sid))
    elif number := searches.recall(request):
        initial |= {"to": number} | _wished(request, offer)
    return initial


def _wished(request: TenantRequest, offer: Offer) -> dict[str, Any]:
    """What another page chose for this form already, as far as it is on offer."""
    wished = {name: request.GET.get(name, "") for name in ("route", "agent", "greeting")}
    offered = {
        "route": [route.public_id for route in offer.routes],
        "agent": [agent.agent_key for agent in offer.agents],
        "greeting": [greeting.public_id for greeting in offer.greetings],
    }
    kept: dict[str, Any] = {name: one for name, one in wished.items() if one in offered[name]}
    if request.GET.get("when") in (NEXT_ALLOWED, AT):
        kept |= {"when": request.GET["when"], "at": request.GET.get("at", "")}
    return kept


def _like(call: Call) -> dict[str, Any]:
    """The form as it would be filled in for the same call, placeholders read back from its words."""
    again: dict[str, Any] = {
        "to": call.to,
        "route": call.route.public_id,
        "agent": call.agent.agent_key,
        "reference": call.reference,
    }
    if revision := call.greeting_revision:
        again["greeting"] = revision.greeting.public_id
        gaps = wording.read_placeholders(revision.placeholders)
        values = wording.recognise(call.greeting_text, revision.text, gaps) or {}
        again |= {f"gap_{name}": value for name, value in values.items()}
    return again


def _sandbox_numbers() -> list[tuple[str, str]]:
    endings = [(ANSWERS_WELL, SCRIPTS["answered"])]
    endings += [(digits, SCRIPTS[name]) for digits, name in BY_DIGITS.items()]
    return [(f"+1555555{digits}", script.about) for digits, script in endings]


urlpatterns = [
    path("calls/new", new_call, name="new_call"),
    path("calls/new/preview", new_call_preview, name="new_call_preview"),
    path("calls/new/fields", new_call_fields, name="new_call_fields"),
]
