"""Twilio's door: signed over the address we are known by, whatever the headers say we are called."""

from typing import Any

import pytest
from django.test import Client

from calls.events.models import InboundEvent
from tests.callbacks import TOKEN, at_twilio, callback, hook, signed
from tests.world import World, account_of

BODY = callback("ringing")


@pytest.fixture(autouse=True)
def public(settings: Any, world: World) -> None:
    """We are known as calls.example, and Acme's calls go through Twilio."""
    settings.PUBLIC_URL = "https://calls.example"
    at_twilio(world)


def knock(
    url: str,
    body: bytes = BODY,
    *,
    headers: dict[str, str] | None = None,
    to: str = "",
    **extra: Any,
) -> tuple[int, str]:
    """One delivery to the path of `to`, else of `url`; the status and the error's code."""
    path = (to or url).removeprefix("https://calls.example")
    told = signed(url, body) if headers is None else headers
    kind = told.get("Content-Type", "")
    answer = Client().post(path, body, content_type=kind, headers=told, **extra)
    return answer.status_code, answer.json()["error"] if answer.content else ""


def test_a_genuine_callback_is_stored_and_answered_with_nothing(world: World) -> None:
    call = world.place().call
    assert knock(hook(world.account, call)) == (204, "")
    row = InboundEvent.objects.get()
    assert (row.kind, row.body.encode()) == ("ringing", BODY)
    assert row.query == f"call_id={call.sid}&attempt=1"


def test_a_replay_is_answered_and_has_no_effect(world: World) -> None:
    url = hook(world.account)
    assert [knock(url)[0] for _ in range(3)] == [204] * 3
    assert InboundEvent.objects.get().deliveries == 3


def test_what_headers_say_of_our_address_is_not_believed(world: World) -> None:
    """A proxy may end TLS before us, and anybody may name any host."""
    assert knock(hook(world.account), HTTP_X_FORWARDED_PROTO="http") == (204, "")
    assert knock(hook(world.account), HTTP_X_FORWARDED_HOST="evil.example") == (204, "")
    forged = hook(world.account).replace("calls.example", "testserver")
    assert knock(forged, to=hook(world.account)) == (401, "signature_invalid")


@pytest.mark.parametrize("secure", [True, False])
def test_the_scheme_we_are_asked_by_makes_no_difference(world: World, secure: bool) -> None:
    assert knock(hook(world.account), secure=secure) == (204, "")


@pytest.mark.parametrize("port", [":443", ""])
def test_the_standard_port_may_be_signed_or_not(world: World, port: str) -> None:
    url = hook(world.account).replace("calls.example", f"calls.example{port}")
    assert knock(url, to=hook(world.account)) == (204, "")


def test_another_query_is_another_address(world: World) -> None:
    ours, theirs = world.place().call, world.place(to="+15555555679").call
    url, other = hook(world.account, ours), hook(world.account, theirs)
    assert knock(url, to=other) == (401, "signature_invalid")
    assert knock(url, to=url + "&more=1") == (401, "signature_invalid")
    assert knock(url, to=hook(world.account)) == (401, "signature_invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "AAAA"},
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
    ],
)
def test_a_wrong_signature_is_401_and_leaves_nothing(world: World, change: dict[str, str]) -> None:
    url = hook(world.account)
    assert knock(url, headers=signed(url, BODY) | change) == (401, "signature_invalid")
    assert not InboundEvent.objects.exists()


def test_a_wrong_token_is_401(world: World) -> None:
    url = hook(world.account)
    forged = signed(url, BODY, token=TOKEN[::-1].replace("a", "b"))
    assert knock(url, headers=forged) == (401, "signature_invalid")


def test_an_accounts_id_that_is_none_is_404(world: World) -> None:
    assert knock("https://calls.example/hooks/twilio/ca_" + "0" * 32) == (404, "not_found")


def test_another_carriers_account_has_no_such_door(world: World) -> None:
    unsigned = account_of(world.acme, hook_token="new", hook_secrets=[], carrier="stateset")
    assert knock(hook(unsigned)) == (404, "not_found")


def test_what_is_no_callback_is_400(world: World) -> None:
    assert knock(hook(world.account), b"Hello=there") == (400, "invalid_field")


def test_more_than_an_event_holds_is_413(world: World) -> None:
    assert knock(hook(world.account), callback("ringing", Digits="1" * 70_000))[0] == 413


def test_only_a_post_comes_in(world: World) -> None:
    assert Client().get(hook(world.account).partition(".example")[2]).status_code == 405
