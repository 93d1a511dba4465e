"""Which approved words does a request mean?"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from calls.greetings import wording
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.tenants.models import Tenant, User


def all_greetings(tenant: Tenant) -> QuerySet[Greeting]:
    """Every greeting of the tenant with its live words, by name."""
    rows = Greeting.objects.filter(tenant=tenant).order_by("name")
    return rows.select_related("live_revision", "agent")


def live_greetings(tenant: Tenant) -> QuerySet[Greeting]:
    """Greetings with approved words, ready to be chosen, by name."""
    return all_greetings(tenant).filter(live_revision__isnull=False)


def open_reviews(tenant: Tenant) -> QuerySet[Review]:
    """What waits for an owner, oldest first."""
    return (
        Review.objects.filter(tenant=tenant, decision=Review.OPEN)
        .select_related("greeting", "greeting__agent", "greeting__live_revision", "revision")
        .order_by("asked_at")
    )


def reviews_of(tenant: Tenant) -> QuerySet[Review]:
    """Every review of the tenant with its words and its greeting, the newest request first."""
    rows = Review.objects.filter(tenant=tenant).order_by("-asked_at", "-id")
    return rows.select_related("greeting", "greeting__agent", "greeting__live_revision", "revision")


def decided_reviews(tenant: Tenant) -> QuerySet[Review]:
    """What was decided, the latest decision first."""
    return reviews_of(tenant).exclude(decision=Review.OPEN).order_by("-decided_at", "-id")


def newest_reviews_by(tenant: Tenant, author: User, *, limit: int) -> Sequence[Review]:
    """The last requests somebody made, wherever they stand."""
    return list(reviews_of(tenant).filter(author=author)[:limit])


def greetings_with_reviews(tenant: Tenant) -> QuerySet[Greeting]:
    """Every greeting with its live words and all its reviews, newest first; three queries in all."""
    reviews = Review.objects.select_related("revision").order_by("-asked_at", "-id")
    return all_greetings(tenant).prefetch_related(Prefetch("reviews", queryset=reviews))


def approval_of(revision: GreetingRevision | None) -> Review | None:
    """The approval of a revision, in force or not; None when it was never approved."""
    if revision is None:
        return None
    return Review.objects.filter(revision=revision, decision=Review.APPROVED).first()


def recognise(
    *, tenant: Tenant, text: str, agent_id: UUID
) -> list[tuple[GreetingRevision, dict[str, str]]]:
    """Every live revision whose words, filled in, are exactly `text`, with the values found.

    More than one means the text is ambiguous; an exact text always wins over a template, and words
    that the agent may say over words of another agent.
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
    own_exact, own_filled = _said_by(agent_id, exact), _said_by(agent_id, filled)
    return own_exact[:1] or own_filled or [f[1:] for f in exact[:1] or filled]


def _said_by(
    agent_id: UUID, found: list[tuple[Greeting, GreetingRevision, dict[str, str]]]
) -> list[tuple[GreetingRevision, dict[str, str]]]:
    return [(revision, values) for g, revision, values in found if g.agent_id in (None, agent_id)]
