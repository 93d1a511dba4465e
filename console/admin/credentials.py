"""What opens a carrier account, in the admin: tried, changed, rotated. A secret is seen once, as it is made."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.dispatch import probe
from calls.lib.errors import Refusal
from calls.routes import actions
from calls.routes.models import CarrierAccount
from console.admin.base import HouseAdmin
from console.admin.once import once
from console.admin_reach import actor

Answer = HttpResponse | None


class CredentialForm(forms.Form):
    """Another credential; what was typed is not shown again, whatever comes of it."""

    api_key = forms.CharField(
        label=_("Credential"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=_("Of the same account at the carrier. Of Twilio: AC…:token."),
    )
    at_once = forms.BooleanField(
        label=_("The former one leaked"),
        required=False,
        help_text=_("Twilio's former token then verifies no event from now on."),
    )


class RotationForm(forms.Form):
    """Nothing to type. `once` keeps a double click from rotating twice, which would end the carrier's own."""

    at_once = forms.BooleanField(
        label=_("The former one leaked"),
        required=False,
        help_text=_("It then ends now instead of in 24 hours, and events are lost until you told."),
    )
    once = forms.CharField(widget=forms.HiddenInput, initial=lambda: uuid4().hex)


class CredentialActs(HouseAdmin):
    """The acts on what opens an account; each is for one account at a time."""

    @admin.action(description=_("Test the credential"), permissions=["run"])
    def test_credential(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> Answer:
        """Ask for one row of the call log, and say what came of it."""
        row = _one(request, rows)
        if row is None:
            return None
        try:
            tried = probe.try_credential(account=row, actor=actor(request, row.tenant_id))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            level = messages.SUCCESS if tried.outcome == probe.ACCEPTED else messages.ERROR
            messages.add_message(request, level, f"{row}: {sentence_of(tried)}")
        return redirect("admin:calls_carrieraccount_change", row.pk)

    @admin.action(description=_("Change the credential…"), permissions=["run"])
    def change_credential(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> Answer:
        """Take another credential."""
        form = CredentialForm(request.POST if "confirmed" in request.POST else None)
        row = _one(request, rows)
        if row is None:
            return None
        if not row.is_like_twilio:
            del form.fields["at_once"]
        if form.is_valid():
            who, now = actor(request, row.tenant_id), timezone.now()
            try:
                row = actions.change_credential(
                    account=row, actor=who, now=now, **form.cleaned_data
                )
            except Refusal as refusal:
                form.add_error("api_key", refusal.sentence)
            else:
                return made(self, request, row, title=gettext("Credential changed"))
        return _ask(
            self,
            request,
            row,
            form,
            title=gettext("Change the credential"),
            effect=gettext(
                "The next request of every process is made with it. A paused account stays paused until"
                " it is resumed."
            ),
        )

    @admin.action(description=_("Rotate the hook's secret…"), permissions=["run"])
    def rotate_secret(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> Answer:
        """Make another secret for the carrier to sign with."""
        title, label = gettext("Rotate the hook's secret"), gettext("New secret")
        return self._rotate(request, rows, actions.rotate_hook_secret, title=title, label=label)

    @admin.action(description=_("Rotate the hook's address…"), permissions=["run"])
    def rotate_path(self, request: HttpRequest, rows: QuerySet[CarrierAccount]) -> Answer:
        """Make another address for the carrier to send to."""
        title, label = gettext("Rotate the hook's address"), gettext("New address")
        return self._rotate(request, rows, actions.rotate_hook_token, title=title, label=label)

    def _rotate(
        self, request: HttpRequest, rows: QuerySet[Any], verb: Any, *, title: str, label: str
    ) -> Answer:
        form = RotationForm(request.POST if "confirmed" in request.POST else None)
        row = _one(request, rows)
        if row is None:
            return None
        if form.is_valid():
            by = {"actor": actor(request, row.tenant_id), "now": timezone.now()}
            given, said = form.cleaned_data, gettext("This was done already, and was shown once.")
            try:
                with once(f"rotation:{given['once']}", sent_already=said):
                    row, new = verb(account=row, at_once=given["at_once"], **by)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                shown = hook_of(row, new) if verb is actions.rotate_hook_token else new
                return made(self, request, row, title=title, shown=[(label, shown)])
        effect = gettext(
            "The new one is shown once: give it to the carrier within 24 hours. Until then the former"
            " one is good too."
        )
        return _ask(self, request, row, form, title=title, effect=effect)


def hook_of(account: CarrierAccount, token: str) -> str:
    """The address to which its carrier sends events; Twilio is told it with each call."""
    path = f"twilio/{account.public_id}" if account.is_like_twilio else f"stateset/{token}"
    return f"{settings.PUBLIC_URL}/hooks/{path}"


def sentence_of(tried: probe.Tried) -> str:
    """What came of trying a credential, for people."""
    known = {
        probe.ACCEPTED: gettext("The carrier accepted the credential."),
        probe.REFUSED: gettext("The carrier refused the credential (%(status)s). Change it."),
        probe.UNCLEAR: gettext(
            "The carrier answered %(status)s, which says nothing about the credential. Try again later."
        ),
        probe.NO_ANSWER: gettext("No answer. %(why)s Check the address, or try again later."),
        probe.SEALED: gettext("The credential cannot be opened here. %(why)s"),
    }
    return known[tried.outcome] % {"status": tried.status, "why": tried.why}


def made(
    page: HouseAdmin,
    request: HttpRequest,
    row: CarrierAccount,
    *,
    title: str,
    shown: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """What was made, shown on this answer only, and the next step; the browser keeps none of it."""
    context = _context(page, request, row, title) | {"shown": shown or []}
    response = TemplateResponse(request, "admin/calls/carrieraccount/made.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _ask(
    page: HouseAdmin,
    request: HttpRequest,
    row: CarrierAccount,
    form: forms.Form,
    *,
    title: str,
    effect: str,
) -> HttpResponse:
    asked = {"form": form, "effect": effect, "action": request.POST.get("action", "")}
    context = _context(page, request, row, title) | asked
    return TemplateResponse(request, "admin/calls/carrieraccount/ask.html", context)


def _context(
    page: HouseAdmin, request: HttpRequest, row: CarrierAccount, title: str
) -> dict[str, Any]:
    named = {"title": title, "row": row, "opts": page.opts, "checkbox": ACTION_CHECKBOX_NAME}
    return page.admin_site.each_context(request) | named


def _one(request: HttpRequest, rows: QuerySet[CarrierAccount]) -> CarrierAccount | None:
    """The one account that was chosen; of several at once none, and it is said."""
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    messages.error(request, gettext("Choose one account: this is done to one at a time."))
    return None
