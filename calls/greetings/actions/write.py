"""Writing: draft a greeting, revise it, or ask again for words that were approved before."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.greetings import review, wording
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.greetings.queries import approval_of, locked, orgs_of
from calls.lib.errors import BadField, Refusal
from calls.lib.later import later
from calls.tenants.models import Org, Tenant, User
from calls.tenants.scope import must_hold, must_own, must_serve

WRITE = "greetings:write"


class NameTaken(Refusal):
    """Two greetings of one tenant cannot share a name."""

    code = "greeting_name_taken"
    status = 409
    message = "Another greeting has this name. Choose a different one."


class CannotAskAgain(Refusal):
    """Asking anew for these words makes no sense; the sentence says why."""

    code = "cannot_ask_again"


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
    org: Org | None = None,
) -> Greeting:
    """Write a new greeting and ask for its approval; its agent and `org` stay as they are for good.

    Raises NotFound (tenant, agent or org is another's), NotPermitted, NameTaken, BadField.
    """
    must_hold(actor, tenant.pk, WRITE)
    if Greeting.objects.filter(tenant=tenant, name__iexact=name).exists():
        raise NameTaken
    greeting = Greeting(
        tenant=tenant, name=name, language=language, agent_id=agent_id, org=org, created_at=now
    )
    must_own(tenant, greeting.agent, org)
    must_serve(actor, *orgs_of(greeting))
    own, agents = orgs_of(greeting)
    if own and agents and own != agents:
        raise BadField("org", f"This agent is of {agents}. Choose it, or another agent.")
    greeting.save(force_insert=True)
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
    """Write new words for a greeting. They start unapproved; the approved ones stay in use.

    Raises NotFound, NotPermitted, BadField.
    """
    must_hold(actor, greeting.tenant_id, WRITE)
    must_serve(actor, *orgs_of(locked(greeting.pk)))
    greeting.reviews.filter(decision=Review.OPEN).update(
        decision=Review.CHANGES_REQUESTED,
        decided_at=now,
        decided_by_name=actor.name,
        comment=Review.REPLACED,
    )
    return _add_revision(greeting, text, placeholders, actor=actor, author=author, now=now)


@transaction.atomic
def ask_again(
    *, revision: GreetingRevision, actor: Actor, asker: User | None, now: datetime
) -> GreetingRevision:
    """Ask anew for words whose approval ended, ends or was withdrawn: a fresh revision, same words.

    The words stay their author's; neither the author nor the asker may decide. Raises NotFound,
    NotPermitted, CannotAskAgain.
    """
    must_hold(actor, revision.greeting.tenant_id, WRITE)
    greeting = locked(revision.greeting_id)
    must_serve(actor, *orgs_of(greeting))
    approval = approval_of(revision)
    objection = review.renewal_objection(
        waits_already=greeting.reviews.filter(decision=Review.OPEN).exists(),
        was_approved=approval is not None,
        ends=approval is not None and approval.ends,
    )
    if objection:
        raise CannotAskAgain(objection)
    placeholders = wording.read_placeholders(revision.placeholders)
    return _add_revision(
        greeting, revision.text, placeholders, actor=actor, author=asker, now=now, again=revision
    )


def _add_revision(
    greeting: Greeting,
    text: str,
    placeholders: Iterable[wording.Placeholder],
    *,
    actor: Actor,
    author: User | None,
    now: datetime,
    again: GreetingRevision | None = None,
) -> GreetingRevision:
    """The next revision and its review; `again` is the older one whose words are asked for anew."""
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
        author=again.author if again else author,
        author_name=again.author_name if again else actor.name,
        created_at=now,
    )
    asked = Review.objects.create(
        tenant_id=greeting.tenant_id,
        greeting=greeting,
        revision=revision,
        author=author,
        asked_at=now,
        tell_at=now,
    )
    audit.note(
        actor=actor,
        verb="greeting.asked_again" if again else "greeting.drafted",
        target=greeting,
        tenant_id=greeting.tenant_id,
        now=now,
        after={"revision": revision.number, "sha256": revision.sha256}
        | ({"again": again.number} if again else {})
        | ({"org": greeting.org.key} if greeting.org else {}),
    )
    later("tell_review", review_id=asked.public_id)
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
