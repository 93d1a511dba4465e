"""The page of one call: what it says in each state."""

from datetime import timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.placing.actions import CallRefused
from calls.records.models import Call
from tests.console.signed_in import at, sign_in, words
from tests.dispatch.steps import lost, placed, report, tell
from tests.world import APPOINTMENT, NOW, World

LATER = NOW + timedelta(minutes=5)


def page(world: World, call: Call, name: str = "bob") -> str:
    """The page a minute or so later, as one line."""
    with at(LATER):
        return words(sign_in(world, name).get(f"/t/acme/calls/{call.sid}").content)


def test_it_shows_who_what_and_when(world: World) -> None:
    html = page(world, world.place(reference="Order 7").call)
    assert "+1 555-555-5678" in html and "+1 555-555-1234" in html
    assert "Order 7" in html and "Bob · API" in html and "Support · v1" in html


def test_the_title_names_no_number(world: World) -> None:
    assert "<title>Call · Acme · Greenlight</title>" in page(world, world.place().call)


def test_the_exact_words_and_who_approved_them(world: World) -> None:
    html = page(world, world.place().call)
    assert APPOINTMENT in html and "approved by Alice" in html


def test_the_receipt_lists_every_gate(world: World) -> None:
    html = page(world, world.place().call)
    assert "Why this call was accepted" in html
    for gate in ("Tenant", "Permission", "Country", "Calling hours", "Do not call", "Duplicate"):
        assert f"<span>{gate}</span>" in html


def test_dialling_has_a_receipt_of_its_own(world: World) -> None:
    assert "Why it was allowed to dial" in page(world, placed(world))


def test_a_refusal_stands_open_with_its_reason(world: World) -> None:
    with pytest.raises(CallRefused) as refusal:
        world.place(to="+442079460018")
    html = page(world, refusal.value.call)
    assert "Why this call was refused" in html and 'hx-preserve="true" open>' in html
    assert "Calls to GB are not switched on. Ask an admin." in html


def test_the_carriers_word_stands_beside_ours(world: World) -> None:
    call = placed(world)
    tell(call, report("no_answer", word="no-answer"))
    html = page(world, call)
    assert "No answer" in html and "carrier: no-answer" in html


def test_what_was_said_is_summed_up(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", duration_seconds=64, summary="They confirmed.", escalated=True))
    html = page(world, call)
    assert "They confirmed." in html and "1 min 04 s" in html and "Handed to a person" in html


def test_an_opt_out_is_explained(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", disposition="opted_out"))
    assert "now stands on the do-not-call list" in page(world, call)


def test_unknown_says_what_is_being_done(world: World) -> None:
    html = page(world, lost(world))
    assert "Nobody knows yet whether this call was placed" in html
    assert "never redialled on a guess" in html and "log was read 0 times" in html


def test_needs_a_person_says_what_to_do(world: World) -> None:
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(hours=2))
    html = page(world, call)
    assert "Someone has to find out" in html and "it is not redialled" in html


def test_a_second_row_at_the_carrier_is_flagged(world: World) -> None:
    call = placed(world)
    dispatch.note_provider_duplicate(call_id=call.pk, other_id="SM2", now=NOW)
    assert "We asked once and the carrier shows two calls" in page(world, call)


def test_ids_can_be_copied(world: World) -> None:
    call = placed(world)
    html = page(world, call)
    assert f'data-copy="{call.sid}"' in html and 'data-copy="SM0001"' in html


def test_the_record_is_there_as_json(world: World) -> None:
    html = page(world, world.place().call)
    assert "The record as JSON" in html and "&quot;call_sid&quot;" in html


def test_only_a_call_that_is_over_can_be_called_again(world: World) -> None:
    call = placed(world)
    assert "Call again" not in page(world, call)
    tell(call, report("busy"))
    assert f"/t/acme/calls/new?again={call.sid}" in page(world, call)


def test_an_unknown_call_cannot_be_called_again(world: World) -> None:
    assert "Call again" not in page(world, lost(world))


def test_an_auditor_reads_and_does_nothing(world: World) -> None:
    html = page(world, world.place().call, name="aurel")
    assert "Cancel this call" not in html and "Call again" not in html


@pytest.mark.parametrize("sid", ["CA" + "0" * 32, "CA1", "nonsense"])
def test_what_does_not_exist_is_not_found(world: World, sid: str) -> None:
    assert sign_in(world).get(f"/t/acme/calls/{sid}").status_code == 404


def test_another_tenants_call_is_not_found(world: World) -> None:
    sid = world.place().call.sid
    assert sign_in(world, "charlie").get(f"/t/globex/calls/{sid}").status_code == 404
