"""Mail about reviews: owners hear that words wait for them, authors what became of theirs.

A hint sends it at once. Where the hint was lost or the mail server did not take it, the next round does.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from calls.greetings import actions, queries
from calls.greetings.models import Review
from calls.lib.mail import send
from calls.tenants.models import User

MOST = 50


def tell_waiting(*, now: datetime) -> None:
    """Tell of every review nobody was told of yet, the longest waiting first, until the server fails."""
    for review_id in queries.reviews_to_tell(now=now, most=MOST):
        if not tell(review_id=review_id, now=now):
            return


def tell(*, review_id: UUID, now: datetime) -> bool:
    """Mail whoever has to hear where a review stands, unless that was done or is being done.

    False when no mail has left; the review is due again then after a minute.
    """
    asked = actions.take_telling(review_id=review_id, now=now)
    if asked is None:
        return True
    sent = send(_mails(asked), about=asked.public_id)
    if sent:
        actions.note_told(asked=asked)
    return sent


def _mails(asked: Review) -> list[EmailMessage]:
    subject = {
        Review.OPEN: gettext("“%s” waits for your decision"),
        Review.APPROVED: gettext("“%s” is approved"),
        Review.CHANGES_REQUESTED: gettext("Changes to “%s” are requested"),
        Review.REJECTED: gettext("“%s” is rejected"),
    }[asked.decision]
    if asked.decision == Review.OPEN:
        return _written(asked, queries.deciders_of(asked), subject, "mail/review_waiting.txt")
    return _written(asked, queries.authors_of(asked), subject, "mail/review_decided.txt")


def _written(
    asked: Review, people: Iterable[User], subject: str, template: str
) -> list[EmailMessage]:
    path = reverse("approval", args=[asked.tenant.slug, asked.public_id])
    context = {"review": asked, "url": f"{settings.PUBLIC_URL}{path}"}
    return [
        EmailMessage(
            subject=" ".join((subject % asked.greeting.name).split()),
            body=render_to_string(template, context | {"person": person}),
            to=[person.email],
        )
        for person in people
    ]
