"""An event nobody can apply is set aside, and holds up nobody else's."""

from unittest.mock import Mock

import pytest
from django.db import OperationalError

from calls.dispatch import actions as dispatch
from calls.events import actions as events
from calls.events.models import InboundEvent
from tests.events.deliveries import deliver, envelope, fresh, placed
from tests.world import NOW, World


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


def test_what_the_databases_trouble_kept_waiting_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = placed(world)
    row = deliver(envelope())
    with monkeypatch.context() as trouble:
        trouble.setattr(dispatch, "apply_report", Mock(side_effect=OperationalError("locked")))
        events.absorb_waiting(now=NOW)
    row.refresh_from_db()
    assert row.absorbed_at is None
    events.absorb_waiting(now=NOW)
    assert fresh(call).state == "in_progress"
