"""What events change in the counts: each leaves one cell and enters another."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.rollups.fold import Bucket, Moved, fold

TENANT, ROUTE, VERSION = UUID(int=1), UUID(int=2), UUID(int=3)
HOUR = datetime(2026, 11, 3, 15, tzinfo=UTC)


def event(before: str, after: str, **fields: object) -> Moved:
    """`"refused/dnc_listed"` is an outcome with a reason."""
    (was, why), (now, because) = (((*word.split("/"), "")[:2]) for word in (before, after))
    at = HOUR + timedelta(minutes=17)
    moved = Moved(TENANT, at, ROUTE, VERSION, VERSION, was, why, now, because)
    return replace(moved, **fields)  # type: ignore[arg-type]


def cell(outcome: str, reason: str = "") -> Bucket:
    return Bucket(TENANT, HOUR, ROUTE, VERSION, outcome, reason)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("", "waiting", {"waiting": 1}),
        ("", "refused/dnc_listed", {"refused/dnc_listed": 1}),
        ("waiting", "under_way", {"waiting": -1, "under_way": 1}),
        ("waiting", "refused/outside_hours", {"waiting": -1, "refused/outside_hours": 1}),
        ("waiting", "waiting", {}),
        ("refused/a", "refused/a", {}),
        ("refused/a", "refused/b", {"refused/a": -1, "refused/b": 1}),
        ("reached", "voicemail", {"reached": -1, "voicemail": 1}),
        # A reason counts only where a gate refused.
        ("unknown/outcome_unknown", "unknown/not_in_carrier_log", {}),
        ("waiting/x", "expired/expired", {"waiting": -1, "expired": 1}),
        ("", "", {}),
    ],
)
def test_one_event(before: str, after: str, change: dict[str, int]) -> None:
    expected = {cell(*word.split("/")): count for word, count in change.items()}
    assert fold([event(before, after)]) == expected


def test_a_whole_life_leaves_only_its_end() -> None:
    steps = ["", "waiting", "waiting", "under_way", "reached", "voicemail"]
    events = [event(a, b) for a, b in pairwise(steps)]
    assert fold(events) == {cell("voicemail"): 1}


def test_nothing_changes_nothing() -> None:
    assert fold([]) == {}


@pytest.mark.parametrize(
    ("minute", "second", "microsecond"), [(0, 0, 0), (0, 0, 1), (59, 59, 999_999)]
)
def test_an_hour_holds_all_its_instants(minute: int, second: int, microsecond: int) -> None:
    asked = HOUR.replace(minute=minute, second=second, microsecond=microsecond)
    assert fold([event("", "waiting", asked_at=asked)]) == {cell("waiting"): 1}


def test_a_late_event_counts_in_the_hour_the_call_was_asked_for() -> None:
    next_hour = HOUR + timedelta(hours=1)
    events = [event("", "waiting"), event("", "waiting", asked_at=next_hour)]
    assert {bucket.hour for bucket in fold(events)} == {HOUR, next_hour}


@pytest.mark.parametrize("field", ["tenant_id", "route_id", "version_after"])
def test_cells_are_apart(field: str) -> None:
    events = [event("", "waiting"), event("", "waiting", **{field: UUID(int=9)})]
    assert list(fold(events).values()) == [1, 1]


def test_another_version_takes_the_call_along() -> None:
    other = UUID(int=9)
    turn = event("waiting", "waiting", version_after=other)
    moved = replace(cell("waiting"), agent_version_id=other)
    assert fold([turn]) == {cell("waiting"): -1, moved: 1}


OUTCOMES = st.sampled_from(["", "waiting", "under_way", "reached", "refused/a", "refused/b"])
EVENTS = st.lists(st.builds(event, OUTCOMES, OUTCOMES), max_size=30)


@given(EVENTS, st.data())
def test_the_order_and_the_batches_do_not_matter(events: list[Moved], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    cut = data.draw(st.integers(0, len(events)))
    halves: Counter[Bucket] = Counter()
    for part in (shuffled[:cut], shuffled[cut:]):
        for bucket, change in fold(part).items():
            halves[bucket] += change
    assert {b: c for b, c in halves.items() if c} == fold(events)


@given(EVENTS)
def test_no_cell_is_named_that_does_not_change(events: list[Moved]) -> None:
    assert 0 not in fold(events).values()
