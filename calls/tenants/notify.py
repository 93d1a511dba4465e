"""Mail about leaked keys: whoever answers for a key hears that somebody reported it, at least once."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from calls.lib.mail import send
from calls.tenants import actions, queries
from calls.tenants.models import ApiKey, User

MOST = 50


def tell_leaks(*, now: datetime) -> None:
    """Write about every key reported as leaked of which nobody heard yet, until the server fails."""
    for key in queries.leaks_to_tell(now=now, most=MOST):
        if not _tell(key, now):
            return


def _tell(key: ApiKey, now: datetime) -> bool:
    """One mail to each who answers for it; False when none could be sent, and it is due again."""
    if not actions.take_leak_telling(key=key, now=now):
        return True
    sent = send([_mail(key, person) for person in queries.keepers_of(key)], about=key.public_id)
    if sent:
        actions.note_leak_told(key=key)
    return sent


def _mail(key: ApiKey, person: User) -> EmailMessage:
    path = reverse("admin:calls_apikey_change", args=[key.pk])
    context = {"key": key, "person": person, "url": f"{settings.PUBLIC_URL}{path}"}
    return EmailMessage(
        subject=" ".join((gettext("The key “%s” leaked and is revoked") % key).split()),
        body=render_to_string("mail/key_leaked.txt", context),
        to=[person.email],
    )
