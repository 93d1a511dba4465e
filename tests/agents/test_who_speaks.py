"""Which version speaks on a call: the published one, the canary to its callees, or the one named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.agents.canary import speaks_to
from calls.agents.queries import version_for
from calls.records.models import Call
from tests.agents.steps import add, publish, retire, share, staged
from tests.dispatch.steps import asking, fresh, intend
from tests.world import NOW, World

NUMBERS = [f"+1555555{n:04d}" for n in range(5600, 5640)]


def among(world: World, part: int, inside: bool = True) -> str:
    """A callee who hears a canary of this share, or does not."""
    agent = world.agent.public_id
    return next(n for n in NUMBERS if speaks_to(part, agent, n) is inside)


def spoken(world: World, **fields: object) -> int:
    """The number of the version a new call is accepted with."""
    version = world.place(**fields).call.agent_version
    assert version is not None
    return version.number


def test_the_canary_speaks_to_its_callees_only(world: World) -> None:
    share(world, staged(world), 30)
    assert spoken(world, to=among(world, 30)) == 2
    assert spoken(world, to=among(world, 30, inside=False)) == 1


def test_the_receipt_says_that_it_was_the_canary(world: World) -> None:
    share(world, staged(world), 30)
    receipt = world.place(to=among(world, 30)).call.receipts.get()
    verdict = next(v for v in receipt.verdicts if v["gate"] == "agent")
    assert (verdict["saw"]["version"], verdict["saw"]["canary"]) == ("2", "30 of 100")


def test_one_callee_hears_the_same_voice_each_time(world: World) -> None:
    share(world, staged(world), 30)
    callee = among(world, 30)
    assert [spoken(world, to=callee, allow_duplicate=True) for _ in range(3)] == [2, 2, 2]


def test_a_staged_version_without_a_share_speaks_to_nobody(world: World) -> None:
    staged(world)
    assert [spoken(world, to=number) for number in NUMBERS[:5]] == [1] * 5


def test_a_version_that_is_named_wins_over_the_canary(world: World) -> None:
    share(world, staged(world), 100)
    assert spoken(world, agent_version_id=world.version.public_id) == 1


def test_without_a_published_one_the_canary_still_speaks_to_its_callees(world: World) -> None:
    version = share(world, staged(world), 30)
    retire(world, world.version)
    assert version_for(world.agent, among(world, 30)) == version
    assert version_for(world.agent, among(world, 30, inside=False)) is None


def test_finding_it_is_one_question(world: World) -> None:
    share(world, staged(world), 30)
    with CaptureQueriesContext(connection) as asked:
        version_for(world.agent, NUMBERS[0])
    assert len(asked) == 1


def dialled(call: Call) -> tuple[int, str]:
    """Dial it; the version it spoke with, and what its receipt says of that."""
    asking(call)
    call = fresh(call)
    assert call.agent_version is not None
    receipt = call.receipts.get(moment="dial")
    saw = next(v["saw"] for v in receipt.verdicts if v["gate"] == "agent")
    return call.agent_version.number, saw["version"]


def test_a_queued_call_speaks_with_what_is_published_when_it_is_dialled(world: World) -> None:
    call = world.place().call
    publish(world, add(world))
    assert dialled(call) == (2, "2")


def test_the_carrier_is_asked_for_that_version(world: World) -> None:
    call = world.place().call
    publish(world, add(world, carrier_version_id="ver_2"))
    intent = intend(call)
    assert intent is not None
    assert intent.request.agent_version_id == "ver_2"


def test_the_change_is_part_of_the_calls_history(world: World) -> None:
    call = world.place().call
    second = publish(world, add(world))
    asking(call)
    told = call.events.get(what="version_changed")
    assert (told.source, told.at) == ("dispatch", NOW)
    assert told.data == {
        "version_before": world.version.public_id,
        "version_after": second.public_id,
        "number": 2,
    }


def test_where_nothing_changed_nothing_is_told(world: World) -> None:
    call = world.place().call
    assert dialled(call) == (1, "1")
    assert not call.events.filter(what="version_changed").exists()


def test_a_queued_call_turns_to_the_canary(world: World) -> None:
    call = world.place(to=among(world, 30)).call
    share(world, staged(world), 30)
    assert dialled(call) == (2, "2")


def test_and_back_when_the_share_is_taken_away(world: World) -> None:
    version = share(world, staged(world), 30)
    call = world.place(to=among(world, 30)).call
    share(world, version, 0)
    assert dialled(call) == (1, "1")


def test_a_call_whose_version_was_named_keeps_it(world: World) -> None:
    version = staged(world)
    call = world.place(actor=world.alice, agent_version_id=version.public_id).call
    publish(world, add(world))
    assert dialled(call) == (2, "2")


@pytest.mark.parametrize("named", [True, False])
def test_with_nothing_left_to_speak_a_call_is_refused(world: World, named: bool) -> None:
    given = {"agent_version_id": world.version.public_id} if named else {}
    call = world.place(**given).call
    retire(world, world.version)
    assert intend(call) is None
    call = fresh(call)
    assert (call.state, call.reason) == ("refused", "agent_unavailable")
    assert call.agent_version == world.version
