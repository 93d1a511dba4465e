"""Mail about accounts that paused by themselves: whoever can resume them hears of it, once.

A round finds those of which nobody was told; what the mail server does not take is sent by a later one.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from calls.lib.mail import send
from calls.routes import actions, queries
from calls.routes.models import CarrierAccount
from calls.tenants.models import User

MOST = 50


def tell_paused(*, now: datetime) -> None:
    """Tell of every account nobody was told of yet, until the server fails."""
    for account_id in queries.accounts_to_tell(now=now, most=MOST):
        if not _tell(account_id, now):
            return


def _tell(account_id: UUID, now: datetime) -> bool:
    """False when no mail has left; it is due again then after a minute."""
    account = actions.take_telling(account_id=account_id, now=now)
    if account is None:
        return True
    people = queries.who_resumes(account)
    sent = send([_mail(account, person) for person in people], about=account.public_id)
    if sent:
        actions.note_told(account=account)
    return sent


def _mail(account: CarrierAccount, person: User) -> EmailMessage:
    path = reverse("admin:calls_carrieraccount_change", args=[account.pk])
    context = {"account": account, "person": person, "url": f"{settings.PUBLIC_URL}{path}"}
    subject = gettext("“%s” is paused; its calls wait") % account.name
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string("mail/account_paused.txt", context),
        to=[person.email],
    )
