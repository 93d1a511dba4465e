"""Approvals: what waits for an owner, the decision, and what ends soon."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from calls.greetings import actions, linter, queries, review, wording
from calls.greetings.models import Review
from calls.lib.errors import Refusal
from calls.records.queries import held_for, waiting_with
from calls.tenants import scope
from console import gaps, wording_diff
from console.access import TenantRequest, page
from console.greeting_words import lines_of, word_for_review
from console.screens import show
from console.time_fields import DayField, end_of, name_clock

DECIDED_SHOWN = 8
MINE_SHOWN = 5
EARLIER_SHOWN = 5
ENDS_SOON = timedelta(days=14)


class DecisionForm(forms.Form):
    """What an owner says about words: approve, ask for changes, reject."""

    decision = forms.ChoiceField(
        choices=[(value, label) for value, label in Review.decision.field.choices or [] if value]
    )
    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("Needed unless you approve: the author acts on it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    valid_until = DayField(
        label=_("Valid through"),
        help_text=_("The last day these words may be spoken. Empty: until withdrawn."),
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, zone: str) -> None:
        super().__init__(data)
        name_clock(self.fields["valid_until"], zone)


@require_GET
@page("calls:read")
def approvals(request: TenantRequest) -> HttpResponse:
    """The queue, what became of the member's own words, and the last decisions."""
    tenant, orgs = request.tenant, request.actor.orgs
    mine = queries.newest_reviews_by(tenant, request.user, limit=MINE_SHOWN, orgs=orgs)
    return show(
        request,
        "approvals/list.html",
        title=gettext("Approvals"),
        active="approvals",
        waiting=list(queries.open_reviews(tenant, orgs=orgs)),
        mine=_lines(request, mine),
        decided=_lines(request, queries.decided_reviews(tenant, orgs=orgs)[:DECIDED_SHOWN]),
        ending=_ending(request),
        ends_within=ENDS_SOON.days,
        may_decide=request.actor.can("greetings:approve"),
        may_write=request.actor.can("greetings:write"),
    )


@require_GET
@page("calls:read")
def approval(request: TenantRequest, review_id: str) -> HttpResponse:
    """One review: the words, what changed, how long they can get, and the decision."""
    form = DecisionForm(zone=request.tenant.time_zone)
    return _show(request, _find(request, review_id), form)


@page("calls:read")
def decision(request: TenantRequest, review_id: str) -> HttpResponse:
    """Decide, then go on with the next in the queue; whoever comes back by address sees the review."""
    if request.method != "POST":
        return redirect("approval", request.tenant.slug, review_id)
    asked = _find(request, review_id)
    form = DecisionForm(request.POST, zone=request.tenant.time_zone)
    if not form.is_valid():
        return _show(request, asked, form, status=422)
    try:
        decided = actions.decide_review(
            asked=asked,
            actor=request.actor,
            decider=request.user,
            now=request.now,
            decision=form.cleaned_data["decision"],
            comment=form.cleaned_data["comment"],
            valid_until=end_of(form.cleaned_data["valid_until"], request.tenant.time_zone),
        )
    except Refusal as refusal:
        form.add_error(_field_of(refusal, form), refusal.sentence)
        return _show(request, _find(request, review_id), form, status=422)
    return _next(request, decided)


def _find(request: TenantRequest, review_id: str) -> Review:
    rows = queries.reviews_of(request.tenant, orgs=request.actor.orgs)
    return scope.one(rows, tenant=request.tenant, public_id=review_id)


def _show(
    request: TenantRequest, asked: Review, form: DecisionForm, status: int = 200
) -> HttpResponse:
    live, findings = asked.greeting.live_revision, _findings(request, asked)
    return show(
        request,
        "approvals/show.html",
        title=asked.greeting.name,
        active="approvals",
        status=status,
        review=asked,
        earlier=_lines(request, _decided_before(request, asked)),
        word=word_for_review(asked, request.now, asked.greeting.live_revision_id),
        objection=_objection(request, asked),
        findings=lines_of(findings, asked.revision.text),
        unfit=any(found.stops for found in findings),
        waiting=waiting_with(live) if live and live.pk != asked.revision_id else 0,
        held=held_for(asked.revision),
        may_withdraw=request.actor.can("greetings:approve") and asked.is_in_force(request.now),
        form=form,
        **_texts(asked),
    )


def _decided_before(request: TenantRequest, asked: Review) -> QuerySet[Review]:
    """What owners said of this greeting's other revisions, or of these words at another time."""
    decided = queries.decided_reviews(request.tenant, orgs=request.actor.orgs)
    return decided.filter(greeting=asked.greeting).exclude(pk=asked.pk)[:EARLIER_SHOWN]


def _texts(asked: Review) -> dict[str, Any]:
    """The words beside the live ones, and as long as they can get."""
    live, revision = asked.greeting.live_revision, asked.revision
    placeholders = wording.read_placeholders(revision.placeholders)
    before, after = wording_diff.compare(live.text if live else "", revision.text)
    return {
        "is_live": live is not None and live.pk == revision.pk,
        "before": before,
        "after": after,
        "longest": gaps.at_its_longest(revision.text, placeholders),
        "placeholders": placeholders,
    }


def _findings(request: TenantRequest, asked: Review) -> list[linter.Finding]:
    """What the linter says of words that wait; of decided ones it says nothing any more."""
    if asked.decision != Review.OPEN:
        return []
    return queries.findings_of(asked.revision, now=request.now)


def _ending(request: TenantRequest) -> list[dict[str, Any]]:
    """For owners: approvals that end soon, and whether somebody asked anew already."""
    if not request.actor.can("greetings:approve"):
        return []
    tenant, orgs = request.tenant, request.actor.orgs
    found = queries.ending_approvals(tenant, now=request.now, within=ENDS_SOON, orgs=orgs)
    asked = {one.greeting_id: one for one in queries.open_reviews(tenant, orgs=orgs)}
    return [{"review": one, "asked": asked.get(one.greeting_id)} for one in found]


def _objection(request: TenantRequest, asked: Review) -> str:
    """Why this member may not approve these words; the domain's own sentence."""
    return review.objection(
        review.ReviewFacts(
            is_open=asked.decision == Review.OPEN,
            is_latest=True,  # an edit closes the open review
            author_ids=asked.author_ids,
            decider_id=request.user.pk,
            may_decide=request.actor.can("greetings:approve"),
            decision=Review.APPROVED,
            comment="",
        )
    )


def _field_of(refusal: Refusal, form: DecisionForm) -> str | None:
    """The field a refusal speaks of, so that its sentence stands there."""
    if field := getattr(refusal, "field", None):
        return str(field)
    wants_comment = form.cleaned_data["decision"] != Review.APPROVED
    return "comment" if wants_comment and not form.cleaned_data["comment"] else None


def _next(request: TenantRequest, decided: Review) -> HttpResponse:
    """Say what was done and open the next review this member can decide."""
    done = {
        Review.APPROVED: gettext("“%s” is approved. Calls can speak these words from now on."),
        Review.CHANGES_REQUESTED: gettext("Changes to “%s” are requested. The author sees why."),
        Review.REJECTED: gettext("“%s” is rejected. The author sees why."),
    }
    waiting = queries.open_reviews(request.tenant, orgs=request.actor.orgs)
    waiting = waiting.exclude(author=request.user)
    left = waiting.count()
    rest = ngettext("%d more waits.", "%d more wait.", left) % left if left else ""
    rest = rest or gettext("Nothing else waits for you.")
    messages.success(request, f"{done[decided.decision] % decided.greeting.name} {rest}")
    if following := waiting.first():
        return redirect("approval", request.tenant.slug, following.public_id)
    return redirect("approvals", request.tenant.slug)


def _lines(request: TenantRequest, reviews: Any) -> list[dict[str, Any]]:
    """Reviews with the word for where each stands."""
    return [
        {"review": one, "word": word_for_review(one, request.now, one.greeting.live_revision_id)}
        for one in reviews
    ]


urlpatterns = [
    path("approvals", approvals, name="approvals"),
    path("approvals/<str:review_id>", approval, name="approval"),
    path("approvals/<str:review_id>/decision", decision, name="decision"),
]
