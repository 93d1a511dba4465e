"""What would happen: the same gates, the same answer, and nothing written."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.placing import actions as placing
from calls.placing.actions import CallRefused, Preview
from calls.records.models import Call
from tests.world import CALLEE, NEW_YORKER, NOW, World

NIGHT = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 4, 14, 0, tzinfo=UTC)


def preview(world: World, *, now: datetime = NOW, by: str = "bob", **fields: Any) -> Preview:
    return placing.preview_call(
        ask=world.ask(**fields), tenant=world.acme, actor=getattr(world, by), now=now
    )


def test_nothing_is_written(world: World) -> None:
    entries = AuditEntry.objects.count()
    for fields in ({}, {"to": NEW_YORKER, "now": NIGHT}, {"greeting": "Nobody approved this."}):
        preview(world, **fields)
    assert (Call.objects.count(), AuditEntry.objects.count()) == (0, entries)


def test_an_open_road(world: World) -> None:
    seen = preview(world)
    assert seen.decision.allowed
    assert (seen.due_at, seen.deferred) == (NOW, False)
    assert seen.resolved.number.e164 == CALLEE


def test_why_not_and_when(world: World) -> None:
    seen = preview(world, to=NEW_YORKER, now=NIGHT)
    assert [v.code for v in seen.decision.refusals] == ["outside_hours"]
    assert seen.decision.next_allowed_at == MORNING


def test_the_minute_it_would_wait_for(world: World) -> None:
    seen = preview(world, to=NEW_YORKER, now=NIGHT, when="next_allowed")
    assert seen.decision.allowed
    assert (seen.due_at, seen.deferred) == (MORNING, True)


SAME: list[dict[str, Any]] = [
    {},
    {"to": NEW_YORKER},
    {"to": NEW_YORKER, "now": NIGHT},
    {"to": NEW_YORKER, "now": NIGHT, "when": "next_allowed"},
    {"to": "+1911"},
    {"to": "+447911123456", "now": NIGHT},
    {"greeting": "Nobody approved this."},
    {"greeting": ""},
]


@pytest.mark.parametrize("fields", SAME)
def test_the_preview_and_the_call_agree(world: World, fields: dict[str, Any]) -> None:
    seen = preview(world, **fields)
    try:
        call = world.place(**fields).call
    except CallRefused as refused:
        call = refused.call
    kept = call.receipts.get()
    assert kept.verdicts == [verdict.as_json() for verdict in seen.decision.verdicts]
    assert (kept.allowed, call.due_at) == (seen.decision.allowed, seen.due_at)


def test_who_may_not_place_is_told_so_beforehand(world: World) -> None:
    assert [v.code for v in preview(world, by="aurel").decision.refusals] == ["not_permitted"]


def test_a_duplicate_is_seen_beforehand(world: World) -> None:
    world.place()
    assert [v.code for v in preview(world).decision.refusals] == ["possible_duplicate"]
