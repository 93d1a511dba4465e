"""Without a key, the same request twice within a minute is taken for an accident."""

from datetime import timedelta
from typing import Any

import pytest

from calls.placing.actions import CallRefused, cancel_call
from calls.records.models import Call
from tests.world import NOW, World

SOON = NOW + timedelta(seconds=59)


def refused(world: World, **fields: Any) -> CallRefused:
    with pytest.raises(CallRefused) as refusal:
        world.place(**fields)
    return refusal.value


def test_an_identical_request_names_the_first_call(world: World) -> None:
    first = world.place().call
    again = refused(world, now=SOON)
    assert again.code == "possible_duplicate"
    assert again.verdicts[0]["saw"]["call_sid"] == first.sid  # type: ignore[index]
    assert again.verdicts[0]["retry_at"] == (NOW + timedelta(seconds=60)).isoformat()


def test_after_a_minute_it_is_meant(world: World) -> None:
    world.place()
    assert world.place(now=NOW + timedelta(seconds=60)).call.state == "queued"


@pytest.mark.parametrize("fields", [{"allow_duplicate": True}, {"idempotency_key": "k1"}])
def test_whoever_means_it_says_so(world: World, fields: dict[str, Any]) -> None:
    world.place()
    assert world.place(now=SOON, **fields).call.state == "queued"


def test_a_forms_key_only_guards_the_form(world: World) -> None:
    world.place(door="form", idempotency_key="form-1")
    assert refused(world, door="form", idempotency_key="form-2").code == "possible_duplicate"


@pytest.mark.parametrize(
    "fields", [{"to": "+15555555679"}, {"reference": "order-8"}, {"when": "next_allowed"}]
)
def test_another_request_is_no_duplicate(world: World, fields: dict[str, Any]) -> None:
    world.place()
    assert world.place(now=SOON, **fields).call.state == "queued"


def test_another_spelling_is_the_same_request(world: World) -> None:
    world.place()
    assert refused(world, now=SOON, to="+1 (555) 555-5678").code == "possible_duplicate"


def test_a_canceled_call_may_be_asked_for_again(world: World) -> None:
    cancel_call(call=world.place().call, actor=world.bob, now=NOW)
    assert world.place(now=SOON).call.state == "queued"


def test_a_refused_call_is_no_first_call(world: World) -> None:
    refused(world, greeting="Nobody approved this.")
    assert refused(world, greeting="Nobody approved this.").code == "greeting_not_approved"


def test_a_refused_duplicate_does_not_make_the_minute_longer(world: World) -> None:
    world.place()
    refused(world, now=SOON)
    assert world.place(now=NOW + timedelta(seconds=61)).call.state == "queued"
    assert Call.objects.filter(state="refused").count() == 1


def test_another_tenants_call_is_no_duplicate(world: World) -> None:
    world.place()
    Call.objects.update(tenant=world.globex)
    assert world.place(now=SOON).call.state == "queued"


def test_waiting_for_the_next_allowed_minute_does_not_wait_out_a_duplicate(world: World) -> None:
    world.place(when="next_allowed")
    again = refused(world, now=SOON, when="next_allowed")
    assert (again.code, again.call.due_at) == ("possible_duplicate", SOON)
