"""One reading of a log serves every call that is due, whatever is wrong with one of them."""

from datetime import timedelta

import pytest

from calls.carriers.base import Report
from calls.dispatch import actions, reconcile
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import fresh, lost, report
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
