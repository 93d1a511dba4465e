"""Mail about reviews: owners hear that words wait for them, authors what became of theirs.

A mail that cannot be sent is logged and forgotten: the pages say the same.
"""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from calls.greetings import queries
from calls.greetings.models import Review
from calls.tenants.models import User

log = logging.getLogger(__name__)


def tell_owners(*, review_id: UUID) -> None:
    """Each owner who may decide gets one mail, if the words still wait."""
    asked = queries.review(review_id)
    if asked.decision == Review.OPEN:
        subject = gettext("“%s” waits for your decision") % asked.greeting.name
        _send(asked, queries.deciders_of(asked), subject, "mail/review_waiting.txt")


def tell_author(*, review_id: UUID) -> None:
    """Whoever wrote the words, and whoever asked for them, hear the decision and the comment."""
    asked = queries.review(review_id)
    subjects = {
        Review.APPROVED: gettext("“%s” is approved"),
        Review.CHANGES_REQUESTED: gettext("Changes to “%s” are requested"),
        Review.REJECTED: gettext("“%s” is rejected"),
    }
    if subject := subjects.get(asked.decision):
        people = queries.authors_of(asked)
        _send(asked, people, subject % asked.greeting.name, "mail/review_decided.txt")


def _send(asked: Review, people: Iterable[User], subject: str, template: str) -> None:
    path = reverse("approval", args=[asked.tenant.slug, asked.public_id])
    context = {"review": asked, "url": f"{settings.PUBLIC_URL}{path}"}
    mails = [
        EmailMessage(
            subject=" ".join(subject.split()),
            body=render_to_string(template, context | {"person": person}),
            to=[person.email],
        )
        for person in people
    ]
    try:
        get_connection().send_messages(mails)
    except Exception as error:  # noqa: BLE001 - whatever a mail server does, the decision stands
        log.warning(
            "mail not sent", extra={"review": asked.public_id, "error": type(error).__name__}
        )
