"""Which approved words does a request mean?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from calls.greetings import linter, wording
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib.phone import jurisdictions_in
from calls.policy.rulebook import Law, all_rules, law_for
from calls.tenants import roles, scope
from calls.tenants.models import Member, Org, Tenant, User

Orgs = frozenset[str] | None  # the business units a reader is limited to; None: all


def all_greetings(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Greeting]:
    """Every greeting of the tenant with its live words, by name."""
    rows = Greeting.objects.filter(scope.of_orgs(orgs, "org", "agent__org"), tenant=tenant)
    return rows.select_related("live_revision", "agent", "org").order_by("name")


def live_greetings(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Greeting]:
    """Greetings with approved words, ready to be chosen, by name."""
    return all_greetings(tenant, orgs=orgs).filter(live_revision__isnull=False)


def open_reviews(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Review]:
    """What waits for an owner, oldest first."""
    return reviews_of(tenant, orgs=orgs).filter(decision=Review.OPEN).order_by("asked_at", "id")


def reviews_of(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Review]:
    """Every review of the tenant with its words and its greeting, the newest request first."""
    within = scope.of_orgs(orgs, "greeting__org", "greeting__agent__org")
    rows = Review.objects.filter(within, tenant=tenant).order_by("-asked_at", "-id")
    greeting = ("greeting__agent", "greeting__org", "greeting__live_revision")
    return rows.select_related("revision", *greeting)


def decided_reviews(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Review]:
    """What was decided, the latest decision first."""
    rows = reviews_of(tenant, orgs=orgs).exclude(decision=Review.OPEN)
    return rows.order_by("-decided_at", "-id")


def newest_reviews_by(
    tenant: Tenant, author: User, *, limit: int, orgs: Orgs = None
) -> Sequence[Review]:
    """The last requests somebody made, wherever they stand."""
    return list(reviews_of(tenant, orgs=orgs).filter(author=author)[:limit])


def greetings_with_reviews(tenant: Tenant, *, orgs: Orgs = None) -> QuerySet[Greeting]:
    """Every greeting with its live words and all its reviews, newest first; three queries in all."""
    reviews = Review.objects.select_related("revision").order_by("-asked_at", "-id")
    rows = all_greetings(tenant, orgs=orgs)
    return rows.prefetch_related(Prefetch("reviews", queryset=reviews))


def ending_approvals(
    tenant: Tenant, *, now: datetime, within: timedelta, orgs: Orgs = None
) -> QuerySet[Review]:
    """Approvals of live words that end soon, the soonest first; asked for anew they need not lapse."""
    rows = reviews_of(tenant, orgs=orgs).filter(decision=Review.APPROVED, withdrawn_at=None)
    rows = rows.filter(valid_until__gt=now, valid_until__lte=now + within)
    return rows.filter(greeting__live_revision=F("revision")).order_by("valid_until", "id")


def findings_of(revision: GreetingRevision, *, now: datetime) -> list[linter.Finding]:
    """What the linter finds in a revision, by the rules of `now`."""
    greeting = revision.greeting
    return findings_in(
        revision.text,
        placeholders=wording.read_placeholders(revision.placeholders),
        language=greeting.language,
        purpose=greeting.agent.purpose if greeting.agent else "",
        tenant=greeting.tenant,
        org=greeting.org,
        now=now,
    )


def findings_in(
    text: str,
    *,
    placeholders: Sequence[wording.Placeholder],
    language: str,
    purpose: str,
    tenant: Tenant,
    org: Org | None = None,
    now: datetime,
) -> list[linter.Finding]:
    """What the linter finds in words somebody may still be writing."""
    law = _law_asked_of(tenant, purpose, now)
    names = [tenant.spoken_name or tenant.name, *([org.name] if org else [])]
    return linter.lint(
        text,
        placeholders=placeholders,
        language=language,
        purpose=purpose,
        business_names=names,
        opt_out=law.opt_out,
        discloses_ai=law.discloses_ai,
    )


def unmet_duty(revision: GreetingRevision, law: Law) -> str:
    """What the law of one call asks of its words and they lack, as a sentence; empty when all is said.

    Words are approved by the law of the countries the tenant calls then; it may call more since.
    """
    found = linter.unmet_duties(
        revision.text,
        language=revision.greeting.language,
        opt_out=law.opt_out,
        discloses_ai=law.discloses_ai,
    )
    if not found:
        return ""
    return f"These words lack what the law asks where this person may be. {found[0].sentence}"


def _law_asked_of(tenant: Tenant, purpose: str, now: datetime) -> Law:
    """Everything the law asks anywhere in the countries the tenant opted into.

    Words for any agent are judged as information.
    """
    countries = {place for group in tenant.country_groups for place in jurisdictions_in(group)}
    inside = {r.jurisdiction for r in all_rules() if r.jurisdiction.partition("-")[0] in countries}
    places = sorted(countries | inside)
    return law_for(jurisdictions=places, purpose=purpose or "transactional", on=now.date())


def locked(greeting_id: UUID) -> Greeting:
    """A greeting's row, locked: who revises, decides or withdraws does so one after the other."""
    return Greeting.objects.select_for_update().get(pk=greeting_id)


def fresh(asked: Review) -> Review:
    """A review as it stands now, with its words and everything they are judged by."""
    rows = Review.objects.select_related(
        "greeting__agent__org", "greeting__org", "greeting__tenant"
    )
    asked = rows.select_related("revision").get(pk=asked.pk)
    asked.revision.greeting = asked.greeting
    return asked


def review(review_id: UUID) -> Review:
    """One review with everything a mail says of it."""
    return Review.objects.select_related("tenant", "greeting", "revision").get(pk=review_id)


def reviews_to_tell(*, now: datetime, most: int) -> list[UUID]:
    """Reviews about which somebody has to be told now, the longest waiting first."""
    due = Review.objects.filter(tell_at__lte=now).order_by("tell_at")
    return list(due.values_list("pk", flat=True)[:most])


def deciders_of(asked: Review) -> list[User]:
    """The owners who may decide on it: at work for its business unit, neither its author nor its asker."""
    current = Member.objects.filter(tenant=asked.tenant_id, ended_at=None, role=roles.OWNER)
    rows = current.select_related("user").order_by("user__email")
    return [
        member.user
        for member in rows.filter(user__is_active=True).exclude(user__in=asked.author_ids)
        if scope.serves(scope.member_actor(member), *orgs_of(asked.greeting))
    ]


def orgs_of(greeting: Greeting) -> tuple[Org | None, Org | None]:
    """The business units that own words: the greeting's, and its agent's."""
    return greeting.org, greeting.agent.org if greeting.agent else None


def authors_of(asked: Review) -> list[User]:
    """Who wrote the words or asked for them, if they still work here."""
    people = User.objects.filter(_works_for(asked), pk__in=asked.author_ids)
    return list(people.distinct().order_by("email"))


def _works_for(asked: Review) -> Q:
    return Q(is_active=True, memberships__tenant=asked.tenant_id, memberships__ended_at=None)


def newest_of(greeting: Greeting) -> UUID | None:
    """The id of a greeting's newest revision."""
    return greeting.revisions.order_by("-number").values_list("pk", flat=True).first()


def review_of(revision: GreetingRevision) -> Review | None:
    """The review of a revision, wherever it stands."""
    return revision.reviews.order_by("-asked_at", "-id").first()


def approval_of(revision: GreetingRevision | None) -> Review | None:
    """The approval of a revision, in force or not; None when it was never approved."""
    if revision is None:
        return None
    return Review.objects.filter(revision=revision, decision=Review.APPROVED).first()


def recognise(
    *, tenant: Tenant, text: str, agent_id: UUID, org_id: UUID | None = None
) -> list[tuple[GreetingRevision, dict[str, str]]]:
    """Every live revision whose words, filled in, are exactly `text`, with the values found.

    More than one means the text is ambiguous; an exact text always wins over a template, and words
    that the agent may say for this business unit over words of another agent or another unit.
    """
    exact, filled = [], []
    for greeting in live_greetings(tenant):
        revision = greeting.live_revision
        if revision is None:
            continue
        revision.greeting = greeting  # read already, with its agent
        if revision.text == text and not revision.placeholders:
            exact.append((greeting, revision, dict[str, str]()))
        placeholders = wording.read_placeholders(revision.placeholders)
        values = wording.recognise(text, revision.text, placeholders) if placeholders else None
        if values is not None:
            filled.append((greeting, revision, values))
    own_exact, own_filled = (_fitting(some, agent_id, org_id) for some in (exact, filled))
    return own_exact[:1] or own_filled or [f[1:] for f in exact[:1] or filled]


def _fitting(
    found: list[tuple[Greeting, GreetingRevision, dict[str, str]]],
    agent_id: UUID,
    org_id: UUID | None,
) -> list[tuple[GreetingRevision, dict[str, str]]]:
    return [
        (revision, values)
        for greeting, revision, values in found
        if greeting.agent_id in (None, agent_id) and greeting.org_id in (None, org_id)
    ]
