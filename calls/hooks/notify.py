"""Mail about endpoints that were disabled: the tenant's admins hear of it, at least once."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from calls.hooks import actions, queries
from calls.hooks.models import Endpoint
from calls.lib.mail import send
from calls.tenants.models import User

MOST = 50


def tell_disabled(*, now: datetime) -> None:
    """Write about every endpoint that was disabled and nobody heard of yet, until the server fails."""
    for endpoint in queries.disabled_to_tell(now=now, most=MOST):
        if not _tell(endpoint, now):
            return


def _tell(endpoint: Endpoint, now: datetime) -> bool:
    """One mail to each admin; False when none could be sent, and it is due again."""
    if not actions.take_disabled_telling(endpoint=endpoint, now=now):
        return True
    mails = [_mail(endpoint, person) for person in queries.admins_of(endpoint.tenant)]
    sent = send(mails, about=endpoint.public_id)
    if sent:
        actions.note_disabled_told(endpoint=endpoint)
    return sent


def _mail(endpoint: Endpoint, person: User) -> EmailMessage:
    path = reverse("endpoint", args=[endpoint.tenant.slug, endpoint.public_id])
    context = {
        "endpoint": endpoint,
        "person": person,
        "is_gone": endpoint.disabled_by == Endpoint.GONE,
        "url": f"{settings.PUBLIC_URL}{path}",
    }
    subject = gettext("Webhooks to an endpoint of %s are switched off") % endpoint.tenant
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string("mail/endpoint_disabled.txt", context),
        to=[person.email],
    )
