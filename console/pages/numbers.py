"""Numbers: why may this number not be called, when may it, and everything that is on record about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from calls.dnc import actions as dnc
from calls.lib import exports
from calls.lib.errors import BadField
from calls.lib.phone import Number
from calls.placing.dossier import Dossier, approver_of, as_record
from calls.records import actions as records
from console import numberview, searches, verdict
from console.access import TenantRequest, page
from console.lookup_form import CHOSEN, LookupForm
from console.pages.calls import Line, line_of
from console.screens import show

SHOWN = 50
EXPORTED = 1000
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call in the number's history, with who had approved its words."""

    line: Line
    approver: str


def lines_of(record: Dossier, now: datetime) -> list[Spoken]:
    """The calls on record as the page lists them, newest first."""
    return [Spoken(line_of(call, now), approver_of(call)) for call in record.calls]


@page("calls:read")
def numbers(request: TenantRequest) -> HttpResponse:
    """The form, and the answer to what it asks; the number itself stays in the session."""
    form = LookupForm.of(request)
    number = form.found
    response = show(
        request,
        "numbers/show.html",
        title=gettext("Numbers"),
        active="numbers",
        part="answer",
        form=form,
        oob=bool(request.htmx),
        lost=bool(request.GET.get("search")) and not form.is_bound,
        viewer_zone=request.tenant.time_zone,
        **(_about(request, form, number) if number else {}),
    )
    response["HX-Push-Url"] = _address(request, "numbers")
    return response


def _about(request: TenantRequest, form: LookupForm, number: Number) -> dict[str, Any]:
    """The answer, the record, and what can be done from here."""
    answer, zone = numberview.answer_to(request, form), request.tenant.time_zone
    record = numberview.record_of(request, number, most=SHOWN)
    return {
        "number": number,
        "facts": _facts(number),
        "verdict": numberview.panel(answer, number, viewer_zone=zone),
        "record": record,
        "caps": numberview.caps_of(answer),
        "consent_says": numberview.gate_says(answer, "consent"),
        "lines": lines_of(record, request.now),
        "links": _links(request, form.ask().greeting_id, numberview.waiting_wish(answer)),
        "may_list": request.actor.can("dnc:write") and not record.is_listed,
    }


def _facts(number: Number) -> list[tuple[str, str]]:
    return [
        (gettext("E.164"), number.e164),
        (gettext("Country"), verdict.country(number)),
        (gettext("Line type"), verdict.line_type(number)),
        (gettext("Clocks by its digits"), ", ".join(number.zones)),
    ]


def _links(request: TenantRequest, greeting: str, wish: dict[str, str]) -> dict[str, str]:
    """Where one can go from here with the number, which none of these addresses names."""
    name = request.GET.get("search", "")
    links = {
        "calls": f"{reverse('calls', args=[request.tenant.slug])}?search={name}",
        "list": _address(request, "numbers_dnc"),
        "export": _address(request, "numbers_export"),
    }
    if request.actor.can("calls:write"):
        words = {"greeting": greeting}
        links["call"] = _address(request, "new_call", more=words)
        links["then"] = _address(request, "new_call", more=words | wish) if wish else ""
    return links


@require_POST
@page("calls:read")
def numbers_search(request: TenantRequest) -> HttpResponse:
    """Keep the number in the session and show the answer; no number ever stands in a URL."""
    asked = {name: request.POST.get(name, "") for name in CHOSEN}
    if number := request.POST.get("number", "").strip():
        asked["search"] = searches.keep_number(request, number)
    return redirect(_address(request, "numbers", asked))


@require_POST
@page("dnc:write")
def numbers_dnc(request: TenantRequest) -> HttpResponse:
    """Put the number that is looked at on the tenant's do-not-call list."""
    number, reason = LookupForm.of(request).found, request.POST.get("reason", "").strip()
    if number is None or not reason or len(reason) > LONGEST_REASON:
        messages.error(request, gettext("Nothing was listed. Look the number up and say why."))
        return redirect(_address(request, "numbers"))
    try:
        _list(request, number, reason)
    except BadField as problem:
        messages.error(request, problem.sentence)
    else:
        said = gettext("On the do-not-call list. Calls that wait for it are stopped in seconds.")
        messages.success(request, said)
    return redirect(_address(request, "numbers"))


def _list(request: TenantRequest, number: Number, reason: str) -> None:
    dnc.add_number(
        tenant=request.tenant,
        number=number.e164,
        reason=reason,
        source="console",
        actor=request.actor,
        now=request.now,
    )


@require_POST
@page("calls:read")
def numbers_export(request: TenantRequest) -> HttpResponse:
    """Everything on this page as a signed file; who took it away is audited."""
    form = LookupForm.of(request)
    number = form.found
    if number is None:
        messages.error(request, gettext("Nothing was exported. Look the number up first."))
        return redirect(_address(request, "numbers"))
    record = numberview.record_of(request, number, most=EXPORTED)
    answer = numberview.answer_as_data(numberview.answer_to(request, form))
    head = {"written_at": request.now, "written_by": request.actor.name, "answer": answer}
    content, digest = exports.written(head | as_record(record))
    records.note_export(
        tenant=request.tenant,
        number=number.e164,
        sha256=digest,
        actor=request.actor,
        now=request.now,
    )
    return _download(content, f"number-{request.now:%Y-%m-%d}-{digest[:8]}.json")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _address(
    request: TenantRequest,
    name: str,
    asked: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> str:
    """A page's address that carries on what is asked about here, or in `asked`, and says `more`."""
    given, query = asked or request.GET, QueryDict(mutable=True)
    for key in ("search", *CHOSEN):
        if value := given.get(key, ""):
            query[key] = value
    for key, value in (more or {}).items():
        query[key] = value
    address = reverse(name, args=[request.tenant.slug])
    return f"{address}?{query.urlencode()}" if query else address


urlpatterns = [
    path("numbers", numbers, name="numbers"),
    path("numbers/search", numbers_search, name="numbers_search"),
    path("numbers/do-not-call", numbers_dnc, name="numbers_dnc"),
    path("numbers/export", numbers_export, name="numbers_export"),
]
