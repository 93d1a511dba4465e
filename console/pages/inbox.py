"""The inbox: webhooks that carriers sent us, each with what it changed."""

import json

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from calls.events import queries
from calls.lib.phone import without_numbers
from console.access import TenantRequest, page
from console.hook_words import word_for_effect
from console.number_forms import page_of
from console.screens import show


@require_GET
@page("setup:read")
def inbox(request: TenantRequest) -> HttpResponse:
    """Genuine events, newest first; whatever was not genuine was refused and is not kept."""
    shown, pages = page_of(queries.inbox_of(request.tenant, orgs=request.actor.orgs), request)
    return show(
        request,
        "developers/inbox.html",
        title=gettext("Inbox"),
        active="developers",
        tab="inbox",
        lines=[(row, word_for_effect(row)) for row in shown],
        pages=pages,
        unsigned=queries.last_unsigned(request.tenant),
    )


@require_GET
@page("setup:read")
def inbound(request: TenantRequest, inbound_id: str) -> HttpResponse:
    """One event as it came."""
    row = queries.inbound_of(request.tenant, inbound_id, orgs=request.actor.orgs)
    body = _legible(row.body)
    return show(
        request,
        "developers/inbound.html",
        title=gettext("Carrier event"),
        active="developers",
        inbound=row,
        word=word_for_effect(row),
        body=body if request.actor.can("calls:read") else without_numbers(body),
    )


def _legible(body: str) -> str:
    """JSON with its lines broken; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


urlpatterns = [
    path("developers/inbox", inbox, name="inbox"),
    path("developers/inbox/<str:inbound_id>", inbound, name="inbound"),
]
