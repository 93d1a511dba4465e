"""What comes to a hook and should not is logged, and once an hour it stands in the account's audit log."""

from datetime import datetime, timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.lib.signing import new_secret
from calls.records.models import Call
from tests import callbacks
from tests.events.deliveries import absorb, asking, deliver, envelope
from tests.world import HOOK_TOKEN, NOW, World

HOUR = timedelta(hours=1)


def kept(verb: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb=f"security.{verb}").order_by("id"))


def forge(now: datetime) -> None:
    """Somebody who knows the address, and not the secret."""
    with pytest.raises(events.NotGenuine):
        deliver(envelope(), secret=new_secret(), now=now)


def test_who_signs_wrongly_is_kept_once_an_hour_and_logged_each_time(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for minutes in (0, 1, 59, 60, 61):
        forge(NOW + timedelta(minutes=minutes))
    first, second = kept("unsigned_event")
    assert (first.at, second.at) == (NOW, NOW + HOUR)
    assert (first.target_id, first.tenant_id) == (world.account.public_id, world.acme.pk)
    assert caplog.text.count("security.unsigned_event") == 5
    assert HOOK_TOKEN not in caplog.text and "voice.call" not in caplog.text


def test_a_genuine_event_leaves_no_such_trace(world: World) -> None:
    absorb(deliver(envelope()))
    assert AuditEntry.objects.filter(verb__startswith="security.").count() == 0


def stands_elsewhere(world: World, sid: str) -> None:
    """Globex has a call under this id of the carrier's, at an account of its own."""
    call = world.place(to="+15555557001", idempotency_key="theirs").call
    other = callbacks.account_of(world.globex)
    Call.objects.filter(pk=call.pk).update(account=other, tenant=world.globex, carrier_call_id=sid)


def test_an_event_that_names_another_accounts_call_is_kept_and_moves_nothing(world: World) -> None:
    stands_elsewhere(world, "CAcarrier1")
    row = deliver(envelope("voice.call.completed", status="completed"))
    assert absorb(row) == "parked"
    (entry,) = kept("foreign_event")
    assert (entry.tenant_id, entry.after) == (world.acme.pk, {"event": row.public_id})
    assert Call.objects.get(carrier_call_id="CAcarrier1").state == "queued"
    assert absorb(row) == "parked"
    assert len(kept("foreign_event")) == 1


def test_so_is_one_that_names_it_as_we_do(world: World) -> None:
    call, _ = asking(world)
    account = callbacks.at_twilio(world)
    row = callbacks.deliver(callbacks.hook(account, call), callbacks.callback("completed"))
    assert absorb(row) == "parked"
    assert len(kept("foreign_event")) == 1
    assert Call.objects.get(pk=call.pk).state == "dispatching"


def test_a_stranger_that_nobody_knows_is_no_suspicion(world: World) -> None:
    assert absorb(deliver(envelope())) == "parked"
    assert kept("foreign_event") == []


def test_each_parked_event_is_tried_again_however_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest do not keep their places for a day."""
    monkeypatch.setattr(events, "MOST_AT_ONCE", 2)
    for number in range(5):
        row = deliver(envelope(event_id=f"evt_{number}", call_sid=f"CA{number}"))
        InboundEvent.objects.filter(pk=row.pk).update(effect="parked")
    looked = set[object]()
    for start in range(4):
        monkeypatch.setattr(events._anywhere, "randint", lambda low, high, at=start: at)
        looked |= set(events._some_waiting())
    assert len(looked) == 5
    deliver(envelope(event_id="new", call_sid="CAnew"))
    newest = InboundEvent.objects.get(dedupe_key="new")
    assert events._some_waiting()[0] == newest.pk
    assert len(events._some_waiting()) == 2
