"""One reading of a log serves every call that is due, whatever is wrong with one of them."""

import json
import socket
import time
from datetime import timedelta
from unittest.mock import Mock

import pytest

from calls.carriers.base import Report
from calls.carriers.sandbox import Sandbox
from calls.carriers.stateset import StateSet
from calls.dispatch import actions, queries, reconcile
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import fresh, lost, report
from tests.dispatch.wire import log_answers
from tests.lib.wire import Talk, listening, read_request
from tests.world import NOW, World

SECOND = timedelta(seconds=1)
OTHER = "+15555555679"


def shows(monkeypatch: pytest.MonkeyPatch, *rows: Report, whole: bool = True) -> None:
    """What the log is read to show."""

    def read(account: CarrierAccount, since: object) -> tuple[list[Report], bool]:
        return list(rows), whole

    monkeypatch.setattr(reconcile, "read_log", read)


def fails_for(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    """Nobody can apply what is said of one call."""
    verb = actions.apply_report

    def apply_report(*, call_id: object, **rest: object) -> bool:
        if call_id == call.pk:
            raise ValueError("nobody expects this")
        return verb(call_id=call_id, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "apply_report", apply_report)


def test_a_call_nobody_can_judge_leaves_none_of_the_others_unknown(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = lost(world), lost(world, to=OTHER)
    Call.objects.filter(pk=bad.pk).update(next_check_at=NOW)
    Call.objects.filter(pk=good.pk).update(next_check_at=NOW + SECOND)
    shows(monkeypatch, report("completed"), report("completed", carrier_call_id="SM2", to=OTHER))
    fails_for(monkeypatch, bad)
    assert reconcile.reconcile(account=world.account, now=NOW + 10 * SECOND) == 2
    assert (fresh(bad).state, fresh(good).state) == ("unknown", "completed")
    assert [record.call for record in caplog.records if record.name == reconcile.__name__] == [  # type: ignore[attr-defined]
        bad.sid
    ]
    assert fresh(bad).next_check_at == NOW + 10 * SECOND + reconcile.retry.LONGEST_READING


def a_page(connection: socket.socket) -> None:
    """One row of a million, after a while."""
    read_request(connection)
    time.sleep(0.05)
    body = json.dumps({"data": [{"call_sid": "CA1", "id": str(time.time())}], "total": 10**6})
    head = f"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    connection.sendall((head + body).encode())


def nothing(connection: socket.socket) -> None:
    read_request(connection)
    time.sleep(1.5)


@pytest.mark.parametrize(("talk", "least"), [(a_page, 1), (nothing, 0)])
def test_all_pages_of_a_reading_together_have_an_end(
    world: World, monkeypatch: pytest.MonkeyPatch, talk: Talk, least: int
) -> None:
    monkeypatch.setattr(reconcile, "GIVEN_UP", timedelta(seconds=0.6))
    with listening(talk) as port:
        world.account.base_url = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        rows, complete = reconcile.read_log(world.account, NOW)
        took = time.monotonic() - started
    assert (complete, len(rows) >= least, took < 1.4) == (False, True, True)


def test_a_reading_is_over_before_the_next_one_may_begin() -> None:
    assert reconcile.GIVEN_UP < reconcile.retry.LONGEST_READING


def test_why_a_log_cannot_be_read_is_kept_since_when(world: World, sandbox: Sandbox) -> None:
    for status in (500, 503):
        log_answers(sandbox, status)
        assert reconcile.read_log(world.account, NOW) == ([], False)
    account = CarrierAccount.objects.get(pk=world.account.pk)
    assert account.log_trouble == "The call log cannot be had (status 503)."
    assert account.log_trouble_at and account.log_trouble_at < queries.database_now()
    log_answers(sandbox, 0)
    assert reconcile.read_log(world.account, NOW) == ([], True)
    account.refresh_from_db()
    assert (account.log_trouble, account.log_trouble_at) == ("", None)


def test_trouble_changes_and_its_beginning_stays(world: World) -> None:
    for second, trouble in enumerate(["No answer.", "x" * 300]):
        routes.note_log(account=world.account, trouble=trouble, now=NOW + second * SECOND)
    world.account.refresh_from_db()
    assert (world.account.log_trouble, world.account.log_trouble_at) == ("x" * 200, NOW)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("sealed_api_key", "deadbeef:lost", "opens this secret"),
        ("carrier", "pigeon", "no client for the carrier 'pigeon'"),
    ],
)
def test_so_is_what_is_wrong_with_the_account(
    world: World, field: str, value: str, why: str
) -> None:
    setattr(world.account, field, value)
    assert reconcile.read_log(world.account, NOW) == ([], False)
    world.account.refresh_from_db()
    assert why in world.account.log_trouble


def test_a_mistake_in_reading_is_no_trouble_of_the_carriers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StateSet, "call_log", Mock(side_effect=KeyError("a bug of ours")))
    with pytest.raises(KeyError):
        reconcile.read_log(world.account, NOW)
