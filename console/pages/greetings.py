"""Greetings: what may be said first. List, show with history, draft, revise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from calls.agents.queries import agents_of
from calls.greetings import actions, queries
from calls.greetings.actions import NameTaken
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib.errors import BadField, NotPermitted, Refusal
from calls.records.queries import use_of
from calls.tenants import scope
from console.access import TenantRequest, page
from console.greeting_form import GreetingForm, WordsForm, revision_form
from console.greeting_words import FindingLine, lines_of, word_for_review, words_for_greeting
from console.screens import show

FIELDS = {"name", "language", "agent", "org", "text"}


@require_GET
@page("calls:read")
def greetings(request: TenantRequest) -> HttpResponse:
    """Every greeting and where it stands."""
    found = queries.greetings_with_reviews(request.tenant, orgs=request.actor.orgs)
    return show(
        request,
        "greetings/list.html",
        title=gettext("Greetings"),
        active="greetings",
        lines=[_line(request, greeting) for greeting in found],
        may_write=request.actor.can("greetings:write"),
    )


@require_GET
@page("calls:read")
def greeting(request: TenantRequest, greeting_id: str) -> HttpResponse:
    """The words in use, where they are used, and every revision with its decisions."""
    found = _find(request, greeting_id)
    return show(
        request,
        "greetings/show.html",
        title=found.name,
        active="greetings",
        greeting=found,
        words=[word for word, _ in words_for_greeting(found, found.reviews.all(), request.now)],
        use=use_of(found),
        history=[
            _revision(request, found, one, is_newest=number == 0)
            for number, one in enumerate(found.revisions.order_by("-number"))
        ],
        open_review=next((r for r in found.reviews.all() if r.decision == Review.OPEN), None),
        may_write=request.actor.can("greetings:write"),
        may_decide=request.actor.can("greetings:approve"),
    )


@page("greetings:write")
def new_greeting(request: TenantRequest) -> HttpResponse:
    """Write a greeting and send it for approval."""
    orgs = request.actor.orgs
    form = GreetingForm(
        request.POST if request.method == "POST" else None,
        agents=agents_of(request.tenant, orgs=orgs),
        orgs=scope.units_of(request.tenant, orgs=orgs),
    )
    if not _is_sent(request, form):
        return _show_form(request, form)
    try:
        drafted = _draft(request, form)
    except Refusal as refusal:
        return _refused(request, form, refusal)
    return _sent(request, drafted)


@page("greetings:write")
def new_revision(request: TenantRequest, greeting_id: str) -> HttpResponse:
    """Write new words for a greeting; the approved ones stay in use until these are approved."""
    found = _find(request, greeting_id)
    form = revision_form(request.POST if request.method == "POST" else None, found)
    if not _is_sent(request, form):
        return _show_form(request, form, found)
    try:
        actions.revise_greeting(
            greeting=found,
            actor=request.actor,
            author=request.user,
            now=request.now,
            text=form.cleaned_data["text"],
            placeholders=form.placeholders(),
        )
    except Refusal as refusal:
        return _refused(request, form, refusal, found)
    return _sent(request, found)


def _find(request: TenantRequest, greeting_id: str) -> Greeting:
    rows = queries.greetings_with_reviews(request.tenant, orgs=request.actor.orgs)
    return scope.one(rows, tenant=request.tenant, public_id=greeting_id)


def _draft(request: TenantRequest, form: GreetingForm) -> Greeting:
    agent = form.agent_chosen()
    return actions.draft_greeting(
        tenant=request.tenant,
        actor=request.actor,
        author=request.user,
        now=request.now,
        name=form.cleaned_data["name"],
        text=form.cleaned_data["text"],
        placeholders=form.placeholders(),
        language=form.cleaned_data["language"],
        agent_id=agent.pk if agent else None,
        org=form.org_chosen(),
    )


def _is_sent(request: TenantRequest, form: WordsForm) -> bool:
    """Whether it was sent for approval, complete, with every placeholder seen by its author."""
    if request.method != "POST" or "check" in request.POST:
        return False
    return form.is_valid() and not form.unseen


def _show_form(
    request: TenantRequest, form: WordsForm, found: Greeting | None = None
) -> HttpResponse:
    sent = request.method == "POST" and "check" not in request.POST
    if request.method == "POST" and not sent and not request.htmx:
        form.errors.clear()  # asked for the placeholders only
    return show(
        request,
        "greetings/form.html",
        title=gettext("New revision") if found else gettext("New greeting"),
        active="greetings",
        part="gaps",
        status=422 if sent else 200,
        form=form,
        greeting=found,
        findings=_findings_in(request, form, found),
        confirm=sent and form.unseen and not form.errors,
    )


def _findings_in(
    request: TenantRequest, form: WordsForm, found: Greeting | None
) -> list[FindingLine]:
    """What the linter says of the words as they stand in the form; nothing before there are any."""
    text = form.words()
    if not text:
        return []
    agent = found.agent if found else form.agent_now()
    findings = queries.findings_in(
        text,
        placeholders=form.placeholders(),
        language=found.language if found else form.language_now(),
        purpose=agent.purpose if agent else "",
        tenant=request.tenant,
        org=found.org if found else form.org_now(),
        now=request.now,
    )
    return lines_of(findings, text)


def _refused(
    request: TenantRequest, form: WordsForm, refusal: Refusal, found: Greeting | None = None
) -> HttpResponse:
    """The form again, the sentence at the field it speaks of."""
    if isinstance(refusal, NotPermitted):
        raise refusal
    field = "name" if isinstance(refusal, NameTaken) else None
    if isinstance(refusal, BadField) and refusal.field in FIELDS:
        field = refusal.field
    form.add_error(field, refusal.sentence)
    return _show_form(request, form, found)


def _sent(request: TenantRequest, drafted: Greeting) -> HttpResponse:
    text = gettext("“%s” is sent for approval. An owner other than you decides.")
    messages.success(request, text % drafted.name)
    return redirect("greeting", request.tenant.slug, drafted.public_id)


def _line(request: TenantRequest, found: Greeting) -> dict[str, Any]:
    """A row of the list: the words in use, or else the newest, and where the greeting stands."""
    reviews = list(found.reviews.all())
    shown = found.live_revision or (reviews[0].revision if reviews else None)
    standing = words_for_greeting(found, reviews, request.now)
    return {"greeting": found, "revision": shown, "words": standing}


def _revision(
    request: TenantRequest, found: Greeting, revision: GreetingRevision, is_newest: bool
) -> dict[str, Any]:
    """A revision with its reviews: the word for each, and what may be done about it."""
    reviews = [r for r in found.reviews.all() if r.revision_id == revision.pk]
    is_shown = is_newest or revision.pk == found.live_revision_id
    findings = queries.findings_of(revision, now=request.now) if is_shown else []
    return {
        "revision": revision,
        "findings": lines_of(findings, revision.text),
        "reviews": [
            (r, word_for_review(r, request.now, found.live_revision_id), r.is_in_force(request.now))
            for r in reviews
        ],
        "withdrawable": _withdrawable(request, reviews),
        "renewable": _renewable(request, found, reviews),
    }


def _withdrawable(request: TenantRequest, reviews: list[Review]) -> Review | None:
    """The review whose approval this member may take back."""
    if not request.actor.can("greetings:approve"):
        return None
    return next((review for review in reviews if review.is_in_force(request.now)), None)


def _renewable(request: TenantRequest, found: Greeting, reviews: list[Review]) -> Review | None:
    """The review whose words this member may ask for again."""
    is_open = any(review.decision == Review.OPEN for review in found.reviews.all())
    if is_open or not request.actor.can("greetings:write"):
        return None
    return next((review for review in reviews if review.ends), None)


urlpatterns = [
    path("greetings", greetings, name="greetings"),
    path("greetings/new", new_greeting, name="new_greeting"),
    path("greetings/<str:greeting_id>", greeting, name="greeting"),
    path("greetings/<str:greeting_id>/revisions/new", new_revision, name="new_revision"),
]
