"""Verbs of greetings: draft, revise, decide, withdraw."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.greetings import review, wording
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib.errors import BadField, NotPermitted, Refusal
from calls.tenants.models import Tenant, User


class CannotDecide(Refusal):
    """The review rule says no; the sentence says why."""

    code = "cannot_decide"


class NameTaken(Refusal):
    """Two greetings of one tenant cannot share a name."""

    code = "greeting_name_taken"
    status = 409
    message = "Another greeting has this name. Choose a different one."


class NotInForce(Refusal):
    """Only an approval in force can be withdrawn."""

    code = "approval_not_in_force"
    message = "These words are not approved at the moment, so there is nothing to withdraw."


@transaction.atomic
def draft_greeting(
    *,
    tenant: Tenant,
    actor: Actor,
    author: User | None,
    now: datetime,
    name: str,
    text: str,
    placeholders: Sequence[wording.Placeholder] = (),
    language: str = "en-US",
    agent_id: UUID | None = None,
) -> Greeting:
    """Write a new greeting and ask for its approval. Raises NotPermitted, NameTaken, BadField."""
    _may_write(actor)
    if Greeting.objects.filter(tenant=tenant, name__iexact=name).exists():
        raise NameTaken
    greeting = Greeting.objects.create(
        tenant=tenant, name=name, language=language, agent_id=agent_id, created_at=now
    )
    _add_revision(greeting, text, placeholders, actor=actor, author=author, now=now)
    return greeting


@transaction.atomic
def revise_greeting(
    *,
    greeting: Greeting,
    actor: Actor,
    author: User | None,
    now: datetime,
    text: str,
    placeholders: Sequence[wording.Placeholder] = (),
) -> GreetingRevision:
    """Write new words for a greeting. They start unapproved; the approved ones stay in use."""
    _may_write(actor)
    _take_turn(greeting.pk)
    greeting.reviews.filter(decision=Review.OPEN).update(
        decision=Review.CHANGES_REQUESTED,
        decided_at=now,
        decided_by_name=actor.name,
        comment="Replaced by a newer revision.",
    )
    return _add_revision(greeting, text, placeholders, actor=actor, author=author, now=now)


@transaction.atomic
def decide_review(
    *,
    asked: Review,
    actor: Actor,
    decider: User | None,
    now: datetime,
    decision: str,
    comment: str = "",
    valid_until: datetime | None = None,
) -> Review:
    """Approve, reject or ask for changes; approved words become the greeting's live ones."""
    _take_turn(asked.greeting_id)
    asked = Review.objects.select_related("greeting", "revision").get(pk=asked.pk)
    greeting = asked.greeting
    latest = greeting.revisions.order_by("-number").values_list("pk", flat=True).first()
    facts = review.ReviewFacts(
        is_open=asked.decision == Review.OPEN,
        is_latest=latest == asked.revision_id,
        author_id=asked.author_id,
        decider_id=decider.pk if decider else None,
        may_decide=actor.can("greetings:approve"),
        decision=decision,
        comment=comment,
    )
    if objection := review.objection(facts):
        raise CannotDecide(objection)
    if valid_until is not None and valid_until <= now:
        raise BadField("valid_until", "This day is over. Choose today or a later one.")
    asked.decision, asked.comment, asked.valid_until = decision, comment, valid_until
    asked.decided_by, asked.decided_by_name, asked.decided_at = decider, actor.name, now
    asked.save()
    if decision == Review.APPROVED:
        greeting.live_revision = asked.revision
        greeting.save(update_fields=["live_revision"])
    audit.note(
        actor=actor,
        verb=f"greeting.{decision}",
        target=greeting,
        tenant_id=greeting.tenant_id,
        now=now,
        after={"revision": asked.revision.number, "comment": comment},
    )
    return asked


@transaction.atomic
def withdraw_approval(*, asked: Review, actor: Actor, now: datetime, reason: str = "") -> Review:
    """Take an approval back: no call may speak these words from now on, queued ones included."""
    if not actor.can("greetings:approve"):
        raise NotPermitted
    _take_turn(asked.greeting_id)
    asked = Review.objects.select_related("greeting", "revision").get(pk=asked.pk)
    if not asked.is_in_force(now):
        raise NotInForce
    asked.withdrawn_at, asked.withdrawn_by_name = now, actor.name
    asked.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
    Greeting.objects.filter(pk=asked.greeting_id, live_revision=asked.revision_id).update(
        live_revision=None
    )
    audit.note(
        actor=actor,
        verb="greeting.withdrawn",
        target=asked.greeting,
        tenant_id=asked.tenant_id,
        now=now,
        after={"revision": asked.revision.number, "reason": reason},
    )
    return asked


def _take_turn(greeting_id: UUID) -> None:
    """Let whoever revises, decides or withdraws one greeting do so one after the other."""
    Greeting.objects.select_for_update().get(pk=greeting_id)


def _may_write(actor: Actor) -> None:
    if not actor.can("greetings:write"):
        raise NotPermitted


def _add_revision(
    greeting: Greeting,
    text: str,
    placeholders: Iterable[wording.Placeholder],
    *,
    actor: Actor,
    author: User | None,
    now: datetime,
) -> GreetingRevision:
    text, placeholders = _usable(text, list(placeholders))
    last = greeting.revisions.aggregate(last=Max("number"))["last"] or 0
    agent = greeting.agent
    revision = GreetingRevision.objects.create(
        greeting=greeting,
        number=last + 1,
        text=text,
        placeholders=[
            {"name": p.name, "type": p.type, "max_length": p.max_length} for p in placeholders
        ],
        sha256=wording.fingerprint(
            text=text,
            placeholders=placeholders,
            language=greeting.language,
            agent_key=agent.agent_key if agent else "",
            purpose=agent.purpose if agent else "",
        ),
        author=author,
        author_name=actor.name,
        created_at=now,
    )
    Review.objects.create(
        tenant_id=greeting.tenant_id,
        greeting=greeting,
        revision=revision,
        author=author,
        asked_at=now,
    )
    audit.note(
        actor=actor,
        verb="greeting.drafted",
        target=greeting,
        tenant_id=greeting.tenant_id,
        now=now,
        after={"revision": revision.number, "sha256": revision.sha256},
    )
    return revision


def _usable(
    text: str, placeholders: list[wording.Placeholder]
) -> tuple[str, list[wording.Placeholder]]:
    """The cleaned text with exactly the placeholders it mentions. Raises BadField."""
    try:
        text = wording.clean(text)
    except wording.UnusableText as problem:
        raise BadField("text", str(problem)) from None
    if stray := wording.stray_mark(text):
        raise BadField("text", stray)
    if flaw := next((p.flaw() for p in placeholders if p.flaw()), ""):
        raise BadField("placeholders", flaw)
    declared = {p.name: p for p in placeholders}
    mentioned = wording.names_in(text)
    if unused := sorted(set(declared) - set(mentioned)):
        raise BadField("placeholders", f"The text does not mention {{{unused[0]}}}.")
    return text, [declared.get(name) or wording.Placeholder(name) for name in mentioned]
