"""How an approval ends: an owner takes it back; and how the same words are asked for again."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from calls.greetings import actions, queries
from calls.greetings.actions import CannotAskAgain
from calls.greetings.models import Review
from calls.lib.errors import NotPermitted, Refusal
from calls.records.queries import calls_waiting_with, use_of
from calls.tenants import scope
from console.access import TenantRequest, page
from console.pages.calls import line_of
from console.screens import show

CALLS_SHOWN = 20


class WithdrawalForm(forms.Form):
    """Why an approval is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Shown with the greeting and kept in the audit log."),
        required=False,
        max_length=300,
    )


@page("calls:read")
def withdrawal(request: TenantRequest, review_id: str) -> HttpResponse:
    """Say what taking an approval back would do; do it when that was confirmed."""
    asked = _find(request, review_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if not request.actor.can("greetings:approve"):
        raise NotPermitted
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.withdraw_approval(
                asked=asked, actor=request.actor, now=request.now, reason=reason
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            text = gettext("“%s” is withdrawn. No call speaks these words from now on.")
            messages.success(request, text % asked.greeting.name)
        return redirect("greeting", request.tenant.slug, asked.greeting.public_id)
    return _show_withdrawal(request, asked, form)


@require_POST
@page("greetings:write")
def renewal(request: TenantRequest, review_id: str) -> HttpResponse:
    """Ask again for the words of this review, as they are."""
    asked = _find(request, review_id)
    try:
        actions.ask_again(
            revision=asked.revision, actor=request.actor, asker=request.user, now=request.now
        )
    except CannotAskAgain as refusal:
        messages.error(request, refusal.sentence)
    else:
        text = gettext("“%s” is asked for again. An owner who neither wrote nor asked decides.")
        messages.success(request, text % asked.greeting.name)
    return redirect("greeting", request.tenant.slug, asked.greeting.public_id)


def _find(request: TenantRequest, review_id: str) -> Review:
    rows = queries.reviews_of(request.tenant, orgs=request.actor.orgs)
    return scope.one(rows, tenant=request.tenant, public_id=review_id)


def _show_withdrawal(request: TenantRequest, asked: Review, form: WithdrawalForm) -> HttpResponse:
    is_live = asked.greeting.live_revision_id == asked.revision_id
    stopped = calls_waiting_with(asked.revision)
    mine = stopped.filter(scope.of_orgs(request.actor.orgs))[:CALLS_SHOWN]
    return show(
        request,
        "approvals/withdrawal.html",
        title=gettext("Withdraw the approval"),
        active="approvals",
        status=422 if form.errors else 200,
        review=asked,
        in_force=asked.is_in_force(request.now),
        is_live=is_live,
        waiting=stopped.count(),
        lines=[line_of(call, request.now) for call in mine],
        opens_with=use_of(asked.greeting).agents if is_live else [],
        form=form,
    )


urlpatterns = [
    path("approvals/<str:review_id>/withdrawal", withdrawal, name="withdrawal"),
    path("approvals/<str:review_id>/renewal", renewal, name="renewal"),
]
