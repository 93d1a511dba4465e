"""Sending letters: what one server or one address refuses stops no other, and nobody waits for long."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from calls.lib import mail as mailing
from calls.lib.mail import is_for_good, send
from tests.mailing import Switch, mail_server

BOB, EVE = "bob@acme.example", "eve@acme.example"
GONE = SMTPRecipientsRefused({EVE: (550, b"no such user")})
BUSY = SMTPRecipientsRefused({EVE: (450, b"later")})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def letters(*people: str) -> list[EmailMessage]:
    return [EmailMessage(subject="News", body="Good ones.", to=[person]) for person in people]


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_each_gets_a_letter_through_one_connection(server: Switch) -> None:
    assert send(letters(EVE, BOB), about="rv_1")
    assert (to(), server.asked) == ([EVE, BOB], 1)


def test_nobody_to_write_to_needs_no_server(server: Switch) -> None:
    assert send([], about="rv_1")
    assert server.asked == 0


def test_a_dead_server_is_worth_another_try(server: Switch) -> None:
    server.down()
    assert not send(letters(BOB), about="rv_1")


@pytest.mark.parametrize("problem", [GONE, BUSY])
def test_an_address_that_is_refused_keeps_no_other_from_its_letter(
    server: Switch, problem: Exception
) -> None:
    server.refuses[EVE] = problem
    assert send(letters(EVE, BOB), about="rv_1")
    assert to() == [BOB]


@pytest.mark.parametrize(("problem", "done"), [(GONE, True), (BUSY, False)])
def test_one_letter_alone_is_tried_again_where_that_may_help(
    server: Switch, problem: Exception, done: bool
) -> None:
    server.refuses[EVE] = problem
    assert send(letters(EVE), about="rv_1") is done


@pytest.mark.parametrize(
    ("problem", "for_good"),
    [
        (GONE, True),
        (BUSY, False),
        (SMTPDataError(554, "spam"), True),
        (SMTPDataError(451, "later"), False),
        (SMTPSenderRefused(550, b"not you", "us@acme.example"), False),
        (SMTPServerDisconnected("bye"), False),
        (TimeoutError(), False),
    ],
)
def test_what_no_trying_helps(problem: Exception, for_good: bool) -> None:
    assert is_for_good(problem) is for_good


def test_while_another_worker_sends_nobody_waits_for_long(
    server: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "LONGEST_WAIT_SECONDS", 0.01)
    with mailing._turn:
        assert not send(letters(BOB), about="rv_1")
    assert send(letters(BOB), about="rv_1")
    assert (to(), server.asked) == ([BOB], 1)


def test_the_log_names_what_it_was_about_and_no_address(
    server: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    server.down()
    send(letters(BOB), about="rv_1")
    (record,) = caplog.records
    assert (vars(record)["about"], vars(record)["error"]) == ("rv_1", "ConnectionRefusedError")
    assert "@" not in caplog.text + str(vars(record))
