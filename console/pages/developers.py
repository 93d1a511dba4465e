"""Developers: the endpoints webhooks are sent to, what was sent, and what may be done about it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from calls.hooks import actions, queries
from calls.hooks.envelope import EVENTS
from calls.hooks.models import Delivery, Endpoint
from calls.lib.errors import NotFound, NotPermitted, Refusal
from calls.lib.phone import without_numbers
from calls.tenants import scope
from console.access import TenantRequest, page
from console.hook_words import tries_of, word_for_delivery, word_for_endpoint
from console.number_forms import page_of
from console.refusals import show_refusal
from console.screens import show

FIELDS = {"orgs": "org_keys"}


class EndpointForm(forms.Form):
    """An address, and what it wants to hear of."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("https, on port 443 or 8443. It must be reachable from the internet."),
        max_length=1000,
        widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        help_text=_("None chosen means all, also those that come later."),
        choices=[(name, name) for name in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    org_keys = forms.MultipleChoiceField(
        label=_("Business units"),
        help_text=_("Whose calls it hears of. None chosen means all of yours."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, request: TenantRequest) -> None:
        data = request.POST if request.method == "POST" else None
        super().__init__(data, label_suffix="")
        units = scope.units_of(request.tenant, orgs=request.actor.orgs)
        choices: Any = self.fields["org_keys"]
        choices.choices = [(unit.key, unit.name) for unit in units]
        if not units:
            del self.fields["org_keys"]


@require_GET
@page("setup:read")
def developers(request: TenantRequest) -> HttpResponse:
    """Every endpoint with how it does."""
    rows = queries.endpoints_of(request.tenant, orgs=request.actor.orgs)
    tried = queries.tried_among(rows)
    return show(
        request,
        "developers/endpoints.html",
        title=gettext("Developers"),
        active="developers",
        tab="endpoints",
        lines=[(row, word_for_endpoint(row, tried=row.pk in tried)) for row in rows],
        may_write=request.actor.can("setup:write"),
    )


@page("setup:write")
def endpoint_new(request: TenantRequest) -> HttpResponse:
    """Add an endpoint; its secret is shown on the answer and never again."""
    form = EndpointForm(request)
    if form.is_bound and form.is_valid():
        try:
            row, secret = actions.add_endpoint(
                tenant=request.tenant, actor=request.actor, now=request.now, **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal, FIELDS)
        else:
            return _show_secret(request, row, secret)
    return show(
        request,
        "developers/endpoint_new.html",
        title=gettext("New endpoint"),
        active="developers",
        status=422 if form.is_bound else 200,
        form=form,
    )


@require_GET
@page("setup:read")
def endpoint(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """One endpoint and its log, or only what was given up."""
    row = _endpoint(request, endpoint_id)
    failed = request.GET.get("failed") == "1"
    shown, pages = page_of(queries.deliveries_of(row, failed=failed), request)
    return show(
        request,
        "developers/endpoint.html",
        title=gettext("Endpoint"),
        active="developers",
        endpoint=row,
        word=word_for_endpoint(row, tried=row.pk in queries.tried_among([row])),
        lines=[(each, word_for_delivery(each)) for each in shown],
        pages=pages,
        failed=failed,
        overlaps=row.former_until is not None and row.former_until > request.now,
        may_write=request.actor.can("setup:write") and row.ended_at is None,
    )


@require_POST
@page("setup:write")
def endpoint_secret(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """Give an endpoint a new secret, shown on the answer and never again."""
    row, at_once = _endpoint(request, endpoint_id), request.POST.get("at_once") == "1"
    try:
        row, secret = actions.rotate_secret(
            endpoint=row, actor=request.actor, now=request.now, at_once=at_once
        )
    except Refusal as refusal:
        return _back(request, row, refusal)
    return _show_secret(request, row, secret)


@require_POST
@page("setup:write")
def endpoint_test(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """Send a test event, and show what comes of it."""
    row = _endpoint(request, endpoint_id)
    try:
        sent = actions.send_test_event(endpoint=row, actor=request.actor, now=request.now)
    except Refusal as refusal:
        return _back(request, row, refusal)
    messages.success(request, gettext("The test is on its way. Reload to see what came of it."))
    return redirect("delivery", request.tenant.slug, sent.public_id)


@require_POST
@page("setup:write")
def endpoint_switch(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """Switch an endpoint on or off."""
    row, on = _endpoint(request, endpoint_id), request.POST.get("act") == "on"
    verb = actions.enable_endpoint if on else actions.disable_endpoint
    try:
        verb(endpoint=row, actor=request.actor, now=request.now)
    except Refusal as refusal:
        return _back(request, row, refusal)
    told = (
        gettext("Switched on. What it missed waits for a replay.")
        if on
        else gettext("Switched off. What happens is kept for 30 days.")
    )
    messages.success(request, told)
    return redirect("endpoint", request.tenant.slug, endpoint_id)


@require_POST
@page("setup:write")
def endpoint_end(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """Delete an endpoint; its log stays."""
    row = _endpoint(request, endpoint_id)
    try:
        actions.end_endpoint(endpoint=row, actor=request.actor, now=request.now)
    except Refusal as refusal:
        return _back(request, row, refusal)
    messages.success(request, gettext("Deleted. Its log stays on record."))
    return redirect("developers", request.tenant.slug)


@require_POST
@page("setup:write")
def endpoint_replay(request: TenantRequest, endpoint_id: str) -> HttpResponse:
    """Send everything again that was given up in the last days."""
    row, days = _endpoint(request, endpoint_id), request.POST.get("days", "")
    back = timedelta(days={"1": 1, "7": 7}.get(days, 30))
    by: dict[str, Any] = {"actor": request.actor, "now": request.now}
    try:
        count = actions.replay_failed(endpoint=row, since=request.now - back, **by)
    except Refusal as refusal:
        return _back(request, row, refusal)
    told = ngettext("One event is sent again.", "%(n)d events are sent again.", count)
    messages.success(request, told % {"n": count})
    return redirect("endpoint", request.tenant.slug, endpoint_id)


@require_GET
@page("setup:read")
def delivery(request: TenantRequest, delivery_id: str) -> HttpResponse:
    """One delivery: the body as it is signed, and every try."""
    row = queries.delivery_of(request.tenant, delivery_id, orgs=request.actor.orgs)
    may_see = request.actor.can("calls:read")
    return show(
        request,
        "developers/delivery.html",
        title=gettext("Delivery"),
        active="developers",
        delivery=row,
        word=word_for_delivery(row),
        body=row.body if may_see else without_numbers(row.body),
        tries=tries_of(row),
        may_replay=request.actor.can("setup:write") and row.endpoint.is_enabled,
    )


@require_POST
@page("setup:write")
def delivery_replay(request: TenantRequest, delivery_id: str) -> HttpResponse:
    """Send one event again."""
    row = queries.delivery_of(request.tenant, delivery_id, orgs=request.actor.orgs)
    try:
        actions.replay_delivery(delivery=row, actor=request.actor, now=request.now)
    except Refusal as refusal:
        return _back(request, row, refusal)
    messages.success(request, gettext("It is on its way again. Reload to see what came of it."))
    return redirect("delivery", request.tenant.slug, delivery_id)


def _endpoint(request: TenantRequest, endpoint_id: str) -> Endpoint:
    return queries.endpoint_of(request.tenant, endpoint_id, orgs=request.actor.orgs)


def _back(request: TenantRequest, row: Endpoint | Delivery, refusal: Refusal) -> HttpResponse:
    """To the thing's own page, with the reason; a missing right or row is no matter of that page."""
    if isinstance(refusal, NotFound | NotPermitted):
        raise refusal
    messages.error(request, refusal.sentence)
    where = "endpoint" if isinstance(row, Endpoint) else "delivery"
    return redirect(where, request.tenant.slug, row.public_id)


def _show_secret(request: TenantRequest, row: Endpoint, secret: str) -> HttpResponse:
    answer = show(
        request,
        "developers/secret.html",
        title=gettext("Signing secret"),
        active="developers",
        endpoint=row,
        secret=secret,
    )
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [
    path("developers", developers, name="developers"),
    path("developers/endpoints/new", endpoint_new, name="endpoint_new"),
    path("developers/endpoints/<str:endpoint_id>", endpoint, name="endpoint"),
    path("developers/endpoints/<str:endpoint_id>/secret", endpoint_secret, name="endpoint_secret"),
    path("developers/endpoints/<str:endpoint_id>/test", endpoint_test, name="endpoint_test"),
    path("developers/endpoints/<str:endpoint_id>/switch", endpoint_switch, name="endpoint_switch"),
    path("developers/endpoints/<str:endpoint_id>/end", endpoint_end, name="endpoint_end"),
    path("developers/endpoints/<str:endpoint_id>/replay", endpoint_replay, name="endpoint_replay"),
    path("developers/deliveries/<str:delivery_id>", delivery, name="delivery"),
    path("developers/deliveries/<str:delivery_id>/replay", delivery_replay, name="delivery_replay"),
]
