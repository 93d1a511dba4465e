"""Consent: who agreed to be called, to which words, on what evidence; record it, take it back."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from calls.consent import actions, queries
from calls.consent.models import ConsentRecord
from calls.lib import hours
from calls.lib.errors import NotPermitted, Refusal
from calls.tenants import scope
from console.access import TenantRequest, page
from console.number_forms import NumberForm, address_of, looked_for, page_of
from console.refusals import show_refusal
from console.screens import show
from console.time_fields import DayField, WallClockField
from console.words import Word

STANDS = Word(_("In force"), "check", "go")
EXPIRED = Word(_("Expired"), "clock", "mute")
REVOKED = Word(_("Revoked"), "ban", "stop")
SUPERSEDED = Word(_("Taken back since"), "ban", "stop")


class ConsentForm(NumberForm):
    """One person's agreement, with what shows it."""

    kind = forms.ChoiceField(label=_("How strong"), choices=ConsentRecord.KINDS)
    channel = forms.ChoiceField(label=_("Given by way of"), choices=ConsentRecord.CHANNELS)
    captured = WallClockField(label=_("Given at"))
    text_shown = forms.CharField(
        label=_("The words they agreed to"),
        help_text=_("As they were shown or read out, word for word."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = forms.CharField(
        label=_("Where the proof lies"),
        help_text=_("Such as: form 4711 in the archive, or a recording's id."),
        max_length=500,
    )
    until = DayField(
        label=_("Through"), help_text=_("The last day. Empty: until revoked."), required=False
    )


class RevocationForm(forms.Form):
    """How somebody took consent back."""

    how = forms.CharField(
        label=_("How they took it back"),
        help_text=_("Such as: on the phone to Bob. Kept on record."),
        max_length=200,
    )


class TakenBackForm(NumberForm, RevocationForm):
    """Whoever takes back all they agreed to, whether or not it is on record."""


@require_GET
@page("calls:read")
def consent(request: TenantRequest) -> HttpResponse:
    """Every record, or those of the number looked for."""
    found = looked_for(request)
    rows = queries.records_of(request.tenant, found.number if found else "")
    shown, pages = page_of(rows.none() if found and found.problem else rows, request)
    return show(
        request,
        "rules/consent.html",
        title=gettext("Consent"),
        active="rules",
        tab="consent",
        found=found,
        lines=[(record, word_for(record, request)) for record in shown],
        unrecorded=queries.revocations_of(request.tenant, found.number) if found else [],
        pages=pages,
        may_write=request.actor.can("consent:write"),
    )


@require_POST
@page("calls:read")
def consent_search(request: TenantRequest) -> HttpResponse:
    """Keep the number in the session and show its records."""
    return redirect(address_of(request, "rules_consent", request.POST.get("number", "")))


@page("consent:write")
def consent_new(request: TenantRequest) -> HttpResponse:
    """Put an agreement on record."""
    form = ConsentForm(request)
    if form.is_bound and form.is_valid():
        try:
            record = _record(request, form)
        except Refusal as refusal:
            show_refusal(form, refusal, {"captured_at": "captured", "expires_at": "until"})
        else:
            _tell(request, record)
            return redirect("consent_record", request.tenant.slug, record.public_id)
    return show(
        request,
        "rules/consent_new.html",
        title=gettext("Record consent"),
        active="rules",
        status=422 if form.is_bound else 200,
        form=form,
    )


@page("consent:write")
def consent_back(request: TenantRequest) -> HttpResponse:
    """Take back all that the person behind a number agreed to, also where no record of it stands."""
    form = TakenBackForm(request)
    if form.is_bound and form.is_valid():
        try:
            taken = _take_back(request, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _said_of(len(taken)))
            return redirect(address_of(request, "rules_consent", form.cleaned_data["number"]))
    return show(
        request,
        "rules/consent_back.html",
        title=gettext("They take all consent back"),
        active="rules",
        status=422 if form.is_bound else 200,
        form=form,
    )


@page("calls:read")
def consent_record(request: TenantRequest, record_id: str) -> HttpResponse:
    """The words and the evidence of one record, and the way to take it back."""
    rows = queries.records_of(request.tenant)
    record = scope.one(rows, tenant=request.tenant, public_id=record_id)
    form = RevocationForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and not request.actor.can("consent:write"):
        raise NotPermitted
    if form.is_bound and form.is_valid():
        try:
            _revoke(request, record, form)
            return redirect("consent_record", request.tenant.slug, record_id)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _show_record(request, record, form)


def word_for(record: ConsentRecord, request: TenantRequest) -> Word:
    """The word for where a record stands by itself."""
    if record.revoked_at is not None:
        return REVOKED
    if record.expires_at is not None and record.expires_at <= request.now:
        return EXPIRED
    return STANDS


def _record(request: TenantRequest, form: ConsentForm) -> ConsentRecord:
    given = form.cleaned_data
    return actions.record_consent(
        tenant=request.tenant,
        captured_at=hours.first_instant(given["captured"], form.zone),
        expires_at=form.end_of("until"),
        actor=request.actor,
        now=request.now,
        **{name: given[name] for name in ("number", "kind", "channel", "text_shown", "evidence")},
    )


def _tell(request: TenantRequest, record: ConsentRecord) -> None:
    if queries.in_force_among([record], tenant=request.tenant, now=request.now):
        messages.success(request, gettext("On record. It counts from now on."))
        return
    told = gettext("On record, but consent was taken back since then, so it does not count.")
    messages.warning(request, f"{told} {gettext('Record what they agreed to since.')}")


def _take_back(request: TenantRequest, form: TakenBackForm) -> list[ConsentRecord]:
    return actions.revoke_number(
        tenant=request.tenant,
        number=form.cleaned_data["number"],
        how=form.cleaned_data["how"],
        actor=request.actor,
        now=request.now,
    )


def _said_of(taken: int) -> str:
    if not taken:
        return gettext(
            "Kept. No consent of this number stood; what was agreed to before now does not count, "
            "however late it comes on record."
        )
    return ngettext(
        "One consent is revoked. Calls that need it are stopped now.",
        "%(n)d consents are revoked. Calls that need them are stopped now.",
        taken,
    ) % {"n": taken}


def _revoke(request: TenantRequest, record: ConsentRecord, form: RevocationForm) -> None:
    actions.revoke_consent(
        record=record, how=form.cleaned_data["how"], actor=request.actor, now=request.now
    )
    messages.success(request, gettext("Revoked. Calls that need this consent are stopped now."))


def _show_record(
    request: TenantRequest, record: ConsentRecord, form: RevocationForm
) -> HttpResponse:
    stand = queries.consents_for(tenant=request.tenant, number=record.number, now=request.now)
    stands = record in stand
    word = word_for(record, request)
    return show(
        request,
        "rules/consent_record.html",
        title=gettext("Consent"),
        active="rules",
        status=422 if form.is_bound else 200,
        record=record,
        word=SUPERSEDED if word is STANDS and not stands else word,
        others=len(stand) - stands,
        form=form,
        may_revoke=request.actor.can("consent:write") and record.revoked_at is None,
    )


urlpatterns = [
    path("rules/consent", consent, name="rules_consent"),
    path("rules/consent/search", consent_search, name="consent_search"),
    path("rules/consent/new", consent_new, name="consent_new"),
    path("rules/consent/taken-back", consent_back, name="consent_back"),
    path("rules/consent/<str:record_id>", consent_record, name="consent_record"),
]
