"""Whatever order the six events of a call come in, and however often, its end is the same (R3.3)."""

from collections import Counter
from collections.abc import Iterator

import pytest

from calls.events.models import InboundEvent
from calls.records.models import Call
from tests.events.deliveries import absorb, asking, deliver, envelope, fresh, placed
from tests.undone import undone
from tests.world import World

SIX = [
    envelope("voice.call.status", event_id="1", status="queued"),
    envelope("voice.call.status", event_id="2", status="ringing"),
    envelope("voice.call.started", event_id="3"),
    envelope("voice.call.escalated", event_id="4"),
    envelope("voice.call.completed", event_id="5", status="completed", duration_seconds=42),
    envelope("voice.call.summary", event_id="6", status="completed", summary="Confirmed."),
]


def end_of(call: Call) -> tuple[object, ...]:
    call = fresh(call)
    return (
        call.state,
        call.outcome,
        call.carrier_call_id,
        call.duration_seconds,
        call.disposition,
        call.summary,
        call.escalated,
        call.next_check_at,
        call.attempts.get().outcome,
    )


def ends(call: Call, left: list[InboundEvent]) -> Iterator[tuple[object, ...]]:
    """Where every order of what is left leads, each step taken back before the next."""
    if not left:
        yield end_of(call)
    for event in left:
        with undone():
            absorb(event)
            yield from ends(call, [other for other in left if other != event])


END = (
    "completed", "reached", "CAcarrier1", 42, "answered", "Confirmed.", True, None, "accepted",
)  # fmt: skip


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "answer lost"])
def test_all_720_orders_end_alike(world: World, answered: bool) -> None:
    call = placed(world) if answered else asking(world)[0]
    found = Counter(ends(call, [deliver(body) for body in SIX]))
    assert found == {END: 720}


@pytest.mark.parametrize("order", ["543210543210543210", "441550232013", "001122334455"])
def test_repeated_deliveries_end_alike(world: World, order: str) -> None:
    call = placed(world)
    for position in order:
        absorb(deliver(SIX[int(position)]))
    assert end_of(call) == END


def test_a_line_is_kept_for_what_moved_and_no_more(world: World) -> None:
    call = placed(world)
    before = call.events.count()
    for body in SIX:
        absorb(deliver(body))
    told = list(call.events.order_by("id").values_list("what", flat=True))[before:]
    assert told == ["ringing", "in_progress", "enriched", "completed", "enriched"]
