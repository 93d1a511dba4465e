"""Mail about refused calls: whoever asked for a call that was accepted hears when it is refused after all.

A round finds those who have not heard. One mail tells a person of many calls, and none holds a number.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from calls.lib.mail import send
from calls.lib.phone import without_numbers
from calls.records import actions, queries
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants import scope
from calls.tenants.models import Member

MOST_PEOPLE = 50
MOST_CALLS = 1000  # of one person in one round; the rest is told in the next mail
LISTED = 20


def tell_refused(*, now: datetime) -> None:
    """Write to everybody whose calls were refused without their knowing, until the server fails."""
    for member in queries.members_to_tell(now=now, most=MOST_PEOPLE):
        if not _tell(member, now):
            return


def _tell(member: Member, now: datetime) -> bool:
    """One mail, unless there was one within five minutes; False when it could not be sent."""
    mine = tenants.take_mail(user=member.user, now=now)
    # Read after the turn was taken: what somebody else told of meanwhile is not among them.
    calls = queries.untold_calls(member, most=MOST_CALLS)
    if not mine:
        actions.tell_later(calls=calls, now=now)
        return True
    shown = _visible(member, calls)
    sent = send([_mail(member, shown)] if shown else [], about=member.public_id)
    if sent:
        actions.note_told(calls=calls)
    else:
        actions.tell_later(calls=calls, now=now)
    if not (sent and shown):
        tenants.give_mail_back(user=member.user, now=now)
    return sent


def _visible(member: Member, calls: Sequence[Call]) -> list[Call]:
    """Whoever has left, or works for other units now, is told nothing."""
    if member.ended_at is not None or not member.user.is_active:
        return []
    actor = scope.member_actor(member)
    return [call for call in calls if scope.serves(actor, call.org)]


def _mail(member: Member, calls: Sequence[Call]) -> EmailMessage:
    n, slug = len(calls), member.tenant.slug
    subject = ngettext(
        "A call you asked for is refused", "%(n)d calls you asked for are refused", n
    )
    context = {
        "person": member.user,
        "tenant": member.tenant,
        "n": n,
        "lines": [_line(call, slug) for call in calls[:LISTED]],
        "more": max(0, n - LISTED),
        "url": _address("calls", slug),
    }
    return EmailMessage(
        subject=subject % {"n": n},
        body=render_to_string("mail/calls_refused.txt", context),
        to=[member.user.email],
    )


def _line(call: Call, slug: str) -> dict[str, object]:
    # Reasons quote what people typed, which may hold a number.
    why = without_numbers(call.reason_text)
    return {"call": call, "why": why, "url": _address("call", slug, call.sid)}


def _address(page: str, *args: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(page, args=args)}"
