"""Which approved words does a request mean?"""

from django.db.models import QuerySet

from calls.greetings import wording
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.tenants.models import Tenant


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


def approval_of(revision: GreetingRevision | None) -> Review | None:
    """The approval of a revision, in force or not; None when it was never approved."""
    if revision is None:
        return None
    return Review.objects.filter(revision=revision, decision=Review.APPROVED).first()


def recognise(*, tenant: Tenant, text: str) -> list[tuple[GreetingRevision, dict[str, str]]]:
    """Every live revision whose words, filled in, are exactly `text`, with the values found.

    More than one means the text is ambiguous; an exact text always wins over a template.
    """
    found = []
    for greeting in live_greetings(tenant):
        revision = greeting.live_revision
        if revision is None:
            continue
        if revision.text == text and not revision.placeholders:
            return [(revision, {})]
        placeholders = wording.read_placeholders(revision.placeholders)
        values = wording.recognise(text, revision.text, placeholders) if placeholders else None
        if values is not None:
            found.append((revision, values))
    return found
