"""make-call where the tenant holds calls for an approval: accepted, in the contract's words and ours."""

import json
from typing import Any

from tests.api.program import Program
from tests.console.signed_in import at
from tests.placing.held import holding
from tests.world import CALLEE, NOW, WAITING, World


def preview(world: World, **fields: str) -> Any:
    """What a program is answered that asks about it first."""
    body = {"to": CALLEE, "greeting_id": world.order_news.public_id} | fields
    with at(NOW):
        return Program(world.key).send("calls/preview", json.dumps(body)).json()


def place(world: World, **fields: str) -> tuple[int, dict[str, object]]:
    """What a program is answered that names “Order news”, which waits for an owner."""
    body = {"to": CALLEE, "greeting_id": world.order_news.public_id} | fields
    with at(NOW):
        answer = Program(world.key).send("make-call", json.dumps(body))
    return answer.status_code, answer.json()


def test_it_is_queued_to_the_contract_and_held_to_us(world: World) -> None:
    status, body = place(holding(world))
    assert (status, body["ok"], body["status"], body["state"]) == (200, True, "queued", "held")
    assert body["greeting_id"] == world.order_news.public_id


def test_a_preview_says_so_before(world: World) -> None:
    found = [preview(world), preview(holding(world))]
    assert [(body["allowed"], body["held"]) for body in found] == [(False, False), (False, True)]
    assert [refusal["code"] for refusal in found[1]["refusals"]] == ["greeting_not_approved"]
    assert found[1]["greeting"]["text"] == WAITING
    assert found[1]["greeting"]["approved_by"] is None


def test_a_preview_of_what_lacks_more_is_not_held(world: World) -> None:
    body = preview(holding(world), to="+442079460018")
    assert (body["allowed"], body["held"]) == (False, False)


def test_refused_by_default(world: World) -> None:
    status, body = place(world)
    assert (status, body["error"]) == (409, "greeting_not_approved")
