"""One call comes past every place at which a process may be taken away, once and in their order."""

import pytest

from calls.carriers.sandbox import Sandbox
from calls.dispatch.reconcile import reconcile
from calls.lib import cut
from tests.dispatch.steps import claim
from tests.dispatch.wire import carry, placed_to
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(cut, "here", found.append)
    return found


def test_a_call_that_is_taken(world: World, sandbox: Sandbox, passed: list[str]) -> None:
    carry(placed_to(world, "0777"))
    assert tuple(passed) == cut.PLACES


def test_a_call_on_a_kept_connection(world: World, sandbox: Sandbox, passed: list[str]) -> None:
    carry(placed_to(world, "0777"))
    passed.clear()
    carry(placed_to(world, "0778"))
    assert tuple(passed) == cut.PLACES


def test_a_call_that_a_gate_holds_back(world: World, sandbox: Sandbox, passed: list[str]) -> None:
    call = placed_to(world, "0777")
    type(world.route).objects.update(enabled=False)
    carry(call)
    assert passed == ["after_claim"]


def test_a_call_somebody_else_has_taken(world: World, sandbox: Sandbox, passed: list[str]) -> None:
    call = placed_to(world, "0777")
    assert claim(call, call.due_at)
    carry(call)
    assert passed == []


def test_reading_the_log_asks_for_nothing(
    world: World, sandbox: Sandbox, passed: list[str]
) -> None:
    call = carry(placed_to(world, "0777"))
    passed.clear()
    type(call).objects.update(next_check_at=NOW)
    assert reconcile(account=world.account, now=call.due_at) == 1
    assert passed == []
