"""make-call where the tenant holds calls for an approval: accepted, in the contract's words and ours."""

import json

from tests.api.program import Program
from tests.console.signed_in import at
from tests.placing.held import holding
from tests.world import CALLEE, NOW, World


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


def test_refused_by_default(world: World) -> None:
    status, body = place(world)
    assert (status, body["error"]) == (409, "greeting_not_approved")
