"""The net under every hint: what one round finds, and what it leaves alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from celery import current_app

from calls.dispatch import actions, queries
from calls.dispatch.sweep import sweep
from calls.records.models import Call
from calls.routes import actions as routes
from tests.dispatch.steps import asking, claim, fresh, lost, placed, report, story, tell
from tests.world import NOW, SEED, World

Hint = tuple[str, dict[str, str]]
Sweep = Callable[..., list[Hint]]


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Sweep:
    """One round of the sweep, and the hints it would have sent to workers."""
    sent: list[Hint] = []

    def keep(name: str, *, kwargs: dict[str, str], **_: Any) -> None:
        sent.append((name.removeprefix("calls.tasks."), kwargs))

    def round_at(now: datetime = NOW) -> list[Hint]:
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            sweep(now=now)
        return list(sent)

    monkeypatch.setattr(current_app, "send_task", keep)
    return round_at


def hints(world: World, swept: Sweep, now: datetime = NOW) -> int:
    """How many hints the account gets for its due calls."""
    return swept(now).count(("dial_next", {"account_id": world.account.public_id}))


def test_an_account_with_a_due_call_is_hinted_at_twice_as_one_may_be_lost(
    world: World, swept: Sweep
) -> None:
    world.place()
    assert hints(world, swept) == 2


def test_however_many_calls_wait(world: World, swept: Sweep) -> None:
    for n in range(30):
        world.place(to=f"+1555555{7000 + n}")
    assert hints(world, swept) == 2


def test_a_scheduled_call_waits_for_its_minute(world: World, swept: Sweep) -> None:
    at = NOW + timedelta(hours=1)
    world.place(scheduled_at=at)
    assert swept(at - timedelta(seconds=1)) == []
    assert hints(world, swept, at) == 2


def test_calls_behind_a_paused_account_are_left_alone_until_they_expire(
    world: World, swept: Sweep
) -> None:
    call = world.place().call
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    assert swept() == []
    assert fresh(call).state == "queued"
    assert swept(NOW + timedelta(hours=24)) == []
    assert (fresh(call).state, story(call)[-1]) == ("expired", "expired")


def test_a_call_nobody_can_end_keeps_no_other_from_ending(
    world: World, swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.place().call, world.place(to="+15555557001").call
    expire = actions.expire

    def fails_once(*, call_id: UUID, now: datetime) -> bool:
        if call_id == first.pk:
            raise RuntimeError("broken row")
        return expire(call_id=call_id, now=now)

    monkeypatch.setattr(actions, "expire", fails_once)
    swept(NOW + timedelta(hours=24))
    assert (fresh(first).state, fresh(second).state) == ("queued", "expired")


def test_an_expired_lease_is_recovered(world: World, swept: Sweep) -> None:
    before, after = world.place().call, world.place(to="+15555557001").call
    claim(before)
    asking(after, NOW + timedelta(seconds=1))
    swept(NOW + timedelta(seconds=122))
    assert fresh(before).state == "queued"
    assert fresh(after).state == "unknown"


def test_an_account_with_an_unfinished_call_is_asked(world: World, swept: Sweep) -> None:
    lost(world)
    assert swept(NOW + timedelta(seconds=1)) == []
    found = swept(NOW + timedelta(seconds=2))
    assert found == [("reconcile", {"account_id": world.account.public_id})]


def test_a_finished_call_asks_for_nothing(world: World, swept: Sweep) -> None:
    call = placed(world)
    tell(call, report("completed"))
    assert swept(NOW + timedelta(hours=1)) == []


def test_calls_that_wait_for_an_unconfirmed_one_still_expire(world: World, swept: Sweep) -> None:
    lost(world)
    waiting = world.place(allow_duplicate=True).call
    swept(NOW + timedelta(hours=24))
    assert fresh(waiting).state == "expired"


def test_a_round_leaves_a_sign_of_life(world: World, swept: Sweep) -> None:
    swept()
    beat = queries.last_beat("sweep")
    assert beat and timedelta(0) <= beat - NOW < timedelta(minutes=1)
    assert queries.last_beat("another") is None


def test_a_round_that_dies_leaves_none(
    world: World, swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "accounts_to_probe", Mock(side_effect=ValueError))
    with pytest.raises(ValueError):
        swept()
    assert queries.last_beat("sweep") is None


def test_three_rounds_at_once_do_no_harm(world: World, swept: Sweep) -> None:
    call = world.place().call
    asking(call)
    for _ in range(3):
        swept(NOW + timedelta(seconds=121))
    assert call.events.filter(what="outcome_unknown").count() == 1


def test_since_when_the_oldest_due_call_waits(world: World) -> None:
    assert queries.oldest_due(NOW) is None
    world.place(scheduled_at=NOW + timedelta(minutes=1))
    world.place(to="+15555557001", scheduled_at=NOW + timedelta(minutes=2))
    assert queries.oldest_due(NOW) is None
    assert queries.oldest_due(NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=1)
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    assert queries.oldest_due(NOW + timedelta(minutes=5)) is None


def test_accounts_are_found_once_however_many_calls_wait(world: World) -> None:
    for n in range(3):
        world.place(to=f"+1555555{7000 + n}")
    assert queries.accounts_with_due_calls(NOW) == [world.account]
    assert queries.accounts_to_ask(NOW) == []
    assert Call.objects.count() == 3
