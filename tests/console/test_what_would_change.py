"""What would change a refusal, and from when it would pass: beside a new call and on a call's receipt."""

from datetime import datetime, timedelta

import pytest

from calls.placing.actions import CallRefused
from calls.policy.remedies import REMEDIES
from console.verdict import gate_rows, next_of
from tests.console.signed_in import HTMX, at, filled, sign_in, words
from tests.world import NEW_YORKER, NOW, World

PREVIEW = "/t/acme/calls/new/preview"
MIDNIGHT = NOW.replace(hour=5)  # in New York


def beside_the_form(world: World, moment: datetime = NOW, **fields: str) -> str:
    with at(moment):
        return words(sign_in(world).post(PREVIEW, filled(world, **fields), headers=HTMX).content)


def refused(world: World, moment: datetime, **fields: str) -> str:
    """The page of a call that was refused at this moment."""
    with pytest.raises(CallRefused) as refusal:
        world.place(now=moment, **fields)
    with at(moment):
        page = sign_in(world).get(f"/t/acme/calls/{refusal.value.call.sid}")
    return words(page.content)


def row(outcome: str, retry_at: datetime | None = None) -> dict[str, object]:
    return {"verdict": outcome, "retry_at": retry_at}


def test_beside_the_form_each_closed_gate_says_it(world: World) -> None:
    html = beside_the_form(world, to="+44 20 7946 0018")
    assert REMEDIES["country_blocked"] in html


def test_an_open_gate_says_nothing(world: World) -> None:
    assert "gate-change" not in beside_the_form(world)


def test_beside_the_form_the_next_allowed_minute_stands_out(world: World) -> None:
    html = beside_the_form(world, MIDNIGHT, to=NEW_YORKER)
    _, _, part = html.partition('<div class="verdict-part verdict-next">')
    assert "Next allowed minute" in part and part.index("Tue 3 Nov, 09:00") < part.index("Gates")
    assert REMEDIES["outside_hours"] in html


def test_with_a_block_beside_it_no_minute_is_promised(world: World) -> None:
    html = beside_the_form(world, MIDNIGHT, to="+44 20 7946 0018")
    assert "Next allowed minute" not in html


def test_a_receipt_says_it_too(world: World) -> None:
    html = refused(world, NOW, to="+442079460018")
    assert REMEDIES["country_blocked"] in html and "It would have passed from" not in html


def test_a_receipt_that_only_waited_says_from_when(world: World) -> None:
    html = refused(world, MIDNIGHT, to=NEW_YORKER)
    assert "It would have passed from" in html and "Tue 3 Nov, 09:00" in html


def test_a_receipt_that_let_it_pass_promises_nothing(world: World) -> None:
    call = world.place().call
    html = words(sign_in(world).get(f"/t/acme/calls/{call.sid}").content)
    assert "It would have passed from" not in html and "gate-change" not in html


def test_the_last_refusal_to_clear_decides() -> None:
    later = NOW + timedelta(hours=1)
    assert next_of([row("wait", NOW), row("wait", later), row("pass")]) == later
    assert next_of([row("wait", NOW), row("block")]) is None
    assert next_of([row("pass")]) is None


def test_a_code_of_another_day_is_shown_without_a_remedy() -> None:
    old = {"gate": "x", "outcome": "block", "message": "No.", "saw": {}, "retry_at": None}
    (shown,) = gate_rows([old | {"code": "forgotten"}], version="1")
    assert (shown["saw"], shown["change"]) == ("No.", "")
