"""Sending mail: one letter after the other, by one worker at a time, and never an exception.

A mail server that hangs holds up one worker's thread and no more: the others leave what they have to the
next round. What it takes may be sent twice (it died before it said yes), and nothing is lost.
"""

import logging
import threading
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 0.5
_turn = threading.Lock()
SENT, REFUSED, FAILED = "sent", "refused", "failed"


def send(mails: Sequence[EmailMessage], *, about: str) -> bool:
    """Send each of them; False when none has left and trying again may help. `about` is an id for the log.

    Where some have left and others failed, that is all: whoever was told is not told again.
    """
    if not mails:
        return True
    if not _turn.acquire(timeout=LONGEST_WAIT_SECONDS):
        return False
    try:
        ends = _send_all(mails, about)
    finally:
        _turn.release()
    return SENT in ends or FAILED not in ends


def _send_all(mails: Sequence[EmailMessage], about: str) -> set[str]:
    try:
        with get_connection() as server:
            return {_send(server, mail, about) for mail in mails}
    except Exception as error:  # noqa: BLE001 - whatever a mail server does, the rows stand
        _note(error, about)
        return {FAILED}


def _send(server: BaseEmailBackend, mail: EmailMessage, about: str) -> str:
    try:
        server.send_messages([mail])
    except Exception as error:  # noqa: BLE001 - the letters behind it are sent all the same
        _note(error, about)
        return REFUSED if is_for_good(error) else FAILED
    return SENT


def is_for_good(error: Exception) -> bool:
    """Whether the server will never take this letter, by what it answered (RFC 5321: 5xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):  # our own settings, which somebody will mend
        return False
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def _note(error: Exception, about: str) -> None:
    # Only the kind of error: its text may quote addresses.
    log.warning("mail not sent", extra={"about": about, "error": type(error).__name__})
