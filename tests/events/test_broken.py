"""An event nobody can apply is set aside, and holds up nobody else's."""

from unittest.mock import Mock

import pytest
from django.db import InterfaceError, OperationalError

from calls.dispatch import actions as dispatch
from calls.dnc.models import DncEntry
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.routes.models import CarrierAccount
from console.timeline import EFFECTS
from tests.events.deliveries import deliver, envelope, fresh, placed
from tests.world import CALLEE, NOW, World


def broken(row: InboundEvent) -> None:
    """What no carrier sends, stored as if an older release had let it in."""
    InboundEvent.objects.filter(pk=row.pk).update(body="{")


def test_the_next_event_is_applied_all_the_same(world: World) -> None:
    call = placed(world)
    broken(deliver(envelope(event_id="evt_bad")))
    deliver(envelope(event_id="evt_good"))
    events.absorb_waiting(now=NOW)
    assert fresh(call).state == "in_progress"


def test_it_is_kept_and_never_tried_again(world: World) -> None:
    row = deliver(envelope())
    broken(row)
    assert events.absorb_waiting(now=NOW) == 1
    row.refresh_from_db()
    assert (row.effect, row.absorbed_at) == ("broken", NOW)
    assert events.absorb_waiting(now=NOW) == 0


@pytest.mark.parametrize("trouble_of", [OperationalError, InterfaceError])
def test_what_the_databases_trouble_kept_waiting_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, trouble_of: type[Exception]
) -> None:
    call = placed(world)
    row = deliver(envelope())
    with monkeypatch.context() as trouble:
        trouble.setattr(dispatch, "apply_report", Mock(side_effect=trouble_of("locked")))
        events.absorb_waiting(now=NOW)
    row.refresh_from_db()
    assert row.absorbed_at is None
    events.absorb_waiting(now=NOW)
    assert fresh(call).state == "in_progress"


def test_an_opt_out_needs_no_key_of_its_account(world: World) -> None:
    """Reading what came needs no credential, so a lost key loses nobody's wish."""
    call = placed(world)
    deliver(envelope("voice.call.completed", status="completed", opted_out=True))
    CarrierAccount.objects.filter(pk=world.account.pk).update(sealed_api_key="deadbeef:lost")
    events.absorb_waiting(now=NOW)
    assert (fresh(call).disposition, DncEntry.objects.get().number) == ("opted_out", CALLEE)


def test_the_screen_has_a_word_for_it() -> None:
    effects = {name: value for name, value in vars(InboundEvent).items() if name.isupper()}
    assert {effects[n] for n in ("PARKED", "APPLIED", "NO_CHANGE", "IGNORED", "BROKEN")} <= set(
        EFFECTS
    )
