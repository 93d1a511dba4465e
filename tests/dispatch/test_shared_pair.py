"""Two tenants on one account call the same person from the same number: neither gets the other's call."""

from datetime import timedelta

import pytest

from calls.carriers.base import Report
from calls.dispatch import reconcile
from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.database.rows import change
from tests.dispatch.steps import fresh, lost, report
from tests.world import CALLEE, NOW, World

THEIRS = "SM-globex"


@pytest.fixture
def calls(world: World) -> tuple[Call, Call]:
    """Acme's call and Globex's, both lost."""
    ours, theirs = lost(world), lost(world, to="+15555550199")
    change(theirs, tenant=world.globex, to=CALLEE)
    theirs.attempts.update(tenant_id=world.globex.pk, to=CALLEE)
    return ours, theirs


def look(world: World, monkeypatch: pytest.MonkeyPatch, row: Report, seconds: float) -> None:
    monkeypatch.setattr(reconcile, "read_log", lambda account, since: ([row], True))
    Call.objects.update(next_check_at=NOW)
    reconcile.reconcile(account=world.account, now=NOW + timedelta(seconds=seconds))


def row(seconds: float = 1) -> Report:
    when = NOW + timedelta(seconds=seconds)
    return report("completed", carrier_call_id=THEIRS, at=when, summary="Globex talked.")


def test_the_only_row_binds_neither(
    world: World, calls: tuple[Call, Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(world, monkeypatch, row(), 5)
    assert [(fresh(c).state, fresh(c).carrier_call_id) for c in calls] == [("unknown", None)] * 2
    assert fresh(calls[0]).summary == ""


def test_neither_is_dialled_again_on_a_guess(
    world: World, calls: tuple[Call, Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(world.acme, unknown_outcome="redial")
    look(world, monkeypatch, row(), 30)
    assert (fresh(calls[0]).state, fresh(calls[1]).state) == ("needs_human", "needs_human")
    assert fresh(calls[0]).reason_text.startswith("The carrier shows a call that may be this one")


def test_once_the_other_is_settled_the_row_is_found(
    world: World, calls: tuple[Call, Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = calls
    Attempt.objects.filter(call=theirs).update(outcome="refused")
    look(world, monkeypatch, row(), 5)
    assert fresh(ours).carrier_call_id == THEIRS
