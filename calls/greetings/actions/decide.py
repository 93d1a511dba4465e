"""Deciding: approve, reject or ask for changes, and take an approval back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.greetings import review
from calls.greetings.linter import Finding
from calls.greetings.models import Greeting, Review
from calls.greetings.queries import findings_of, fresh, locked, newest_of, orgs_of
from calls.lib.errors import BadField, Refusal
from calls.lib.later import later
from calls.tenants.models import User
from calls.tenants.scope import must_belong, must_hold, must_serve

LONGEST_REASON = 300


class CannotDecide(Refusal):
    """The review rule says no; the sentence says why."""

    code = "cannot_decide"


class UnfitWords(CannotDecide):
    """The linter found what makes words unfit for approval (RELIABILITY R5.9)."""

    code = "greeting_unfit"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        said = " ".join(finding.sentence for finding in findings)
        super().__init__(
            f"These words cannot be approved. {said} Ask for changes, or write a new revision.",
            findings=[finding.code for finding in findings],
        )


class NotInForce(Refusal):
    """Only an approval in force can be withdrawn."""

    code = "approval_not_in_force"
    message = "These words are not approved at the moment, so there is nothing to withdraw."


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
    """Approve, reject or ask for changes; approved words become the greeting's live ones.

    Raises NotFound, NotPermitted, CannotDecide, BadField.
    """
    must_belong(actor, asked.tenant_id)
    locked(asked.greeting_id)
    asked = fresh(asked)
    greeting = asked.greeting
    must_serve(actor, *orgs_of(greeting))
    facts = review.ReviewFacts(
        is_open=asked.decision == Review.OPEN,
        is_latest=newest_of(greeting) == asked.revision_id,
        author_ids=asked.author_ids,
        decider_id=decider.pk if decider else None,
        may_decide=actor.can("greetings:approve"),
        decision=decision,
        comment=comment,
    )
    if objection := review.objection(facts):
        raise CannotDecide(objection)
    if decision == Review.APPROVED:
        _must_be_fit(asked, now)
    if valid_until is not None and valid_until <= now:
        raise BadField("valid_until", "This day is over. Choose today or a later one.")
    asked.decision, asked.comment, asked.valid_until = decision, comment, valid_until
    asked.decided_by, asked.decided_by_name, asked.decided_at = decider, actor.name, now
    asked.tell_at = now
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
    later("tell_review", review_id=asked.public_id)
    return asked


@transaction.atomic
def withdraw_approval(*, asked: Review, actor: Actor, now: datetime, reason: str = "") -> Review:
    """Take an approval back: no call may speak these words from now on, queued ones included.

    Raises NotFound, NotPermitted, BadField, NotInForce.
    """
    must_hold(actor, asked.tenant_id, "greetings:approve")
    if len(reason) > LONGEST_REASON:
        raise BadField("reason", f"A reason has at most {LONGEST_REASON} characters.")
    locked(asked.greeting_id)
    asked = fresh(asked)
    must_serve(actor, *orgs_of(asked.greeting))
    if not asked.is_in_force(now):
        raise NotInForce
    asked.withdrawn_at, asked.withdrawn_by_name, asked.withdrawn_reason = now, actor.name, reason
    asked.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
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


def _must_be_fit(asked: Review, now: datetime) -> None:
    if stops := [found for found in findings_of(asked.revision, now=now) if found.stops]:
        raise UnfitWords(stops)
