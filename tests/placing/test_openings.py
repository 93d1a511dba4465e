"""From when would every gate say yes? Not the first instant at which today's refusals are over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls.dnc import actions as dnc
from calls.placing import actions as placing
from calls.placing import openings
from calls.placing.actions import Preview
from calls.placing.openings import next_opening
from calls.policy.decide import Decision, Verdict
from tests.world import CALLEE, NEW_YORKER, NOW, World

MIDNIGHT = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)  # in New York
MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


def opening(world: World, *, now: datetime = NOW, **fields: Any) -> datetime | None:
    who: dict[str, Any] = {"ask": world.ask(**fields), "tenant": world.acme, "actor": world.bob}
    first = placing.preview_call(**who, now=now)
    return next_opening(first, **who, now=now)


def waiting(preview: Preview, until: datetime) -> Preview:
    """The same preview, refused by a cap until an instant."""
    verdict = Verdict("frequency", "?", "wait", "frequency_cap", "Often enough.", {}, until)
    return replace(preview, decision=Decision((verdict,), "1"))


def test_a_call_that_may_go_opens_now(world: World) -> None:
    assert opening(world) == NOW


def test_closed_hours_open_in_the_morning(world: World) -> None:
    assert opening(world, now=MIDNIGHT, to=NEW_YORKER) == MORNING


def test_what_never_clears_never_opens(world: World) -> None:
    dnc.add_number(
        tenant=world.acme, number=NEW_YORKER, reason="x", source="x", actor=world.bob, now=NOW
    )
    assert opening(world, now=MIDNIGHT, to=NEW_YORKER) is None


def test_a_repeat_opens_when_the_minute_is_over(world: World) -> None:
    world.place(to=CALLEE)
    assert opening(world, now=NOW + timedelta(seconds=20)) == NOW + timedelta(seconds=60)


def test_a_cap_that_frees_at_night_opens_in_the_morning(world: World) -> None:
    who: dict[str, Any] = {"ask": world.ask(to=NEW_YORKER), "tenant": world.acme}
    who |= {"actor": world.bob, "now": MIDNIGHT - timedelta(hours=12)}
    first = waiting(placing.preview_call(**who), MIDNIGHT)
    assert next_opening(first, **who) == MORNING


def test_a_refusal_that_ends_at_the_same_instant_is_over_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged, until = placing.preview_call, NOW + timedelta(hours=1)
    monkeypatch.setattr(openings, "preview_call", lambda **who: waiting(judged(**who), until))
    who: dict[str, Any] = {"ask": world.ask(), "tenant": world.acme, "actor": world.bob}
    first = waiting(judged(**who, now=NOW), until)
    assert next_opening(first, **who, now=NOW) == until


def test_it_stops_asking_after_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    judged, asked = placing.preview_call, []

    def later_each_time(**who: Any) -> Preview:
        asked.append(who["ask"].scheduled_at)
        return waiting(judged(**who), asked[-1] + timedelta(hours=1))

    monkeypatch.setattr(openings, "preview_call", later_each_time)
    who: dict[str, Any] = {"ask": world.ask(), "tenant": world.acme, "actor": world.bob}
    first = waiting(judged(**who, now=NOW), NOW + timedelta(hours=1))
    assert next_opening(first, **who, now=NOW) == NOW + timedelta(hours=openings.TRIES + 1)
    assert len(asked) == openings.TRIES


def test_farther_than_calls_are_scheduled_is_said_as_it_is(world: World) -> None:
    who: dict[str, Any] = {"ask": world.ask(), "tenant": world.acme, "actor": world.bob}
    far = NOW + timedelta(days=500)
    first = waiting(placing.preview_call(**who, now=NOW), far)
    assert next_opening(first, **who, now=NOW) == far
