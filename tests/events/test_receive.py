"""Receiving a delivery: genuine ones are stored, each event once, and nothing else is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calls.events import actions as events
from calls.events.actions import MOST_BYTES, NotGenuine, TooLarge
from calls.events.models import InboundEvent
from calls.lib.errors import BadField, NotFound, Refusal
from calls.lib.signing import new_secret, signed_headers
from calls.routes import actions as routes
from tests.events.deliveries import deliver, envelope
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, World, account_of

BODY = envelope()


def test_a_genuine_event_is_kept_raw(world: World) -> None:
    row = deliver(BODY)
    row.refresh_from_db()
    assert (row.account, row.dedupe_key, row.kind) == (world.account, "evt_1", "voice.call.started")
    assert (row.body.encode(), row.received_at, row.deliveries) == (BODY, NOW, 1)
    assert (row.effect, row.absorbed_at, row.call) == ("", None, None)


def test_the_same_event_again_is_the_same_row(world: World) -> None:
    rows = {deliver(BODY, now=NOW + timedelta(minutes=n)).pk for n in range(3)}
    assert len(rows) == 1
    kept = InboundEvent.objects.get()
    assert (kept.deliveries, kept.received_at) == (3, NOW)


def test_an_event_without_an_id_is_known_by_its_body(world: World) -> None:
    once, twice = envelope(event_id=""), envelope(event_id="", status="ringing")
    assert deliver(once) == deliver(once)
    assert deliver(twice) != deliver(once)


def test_another_account_may_use_the_same_event_id(world: World) -> None:
    account_of(world.globex)
    ours, theirs = deliver(BODY), deliver(BODY, token="globex-hook-token")
    assert ours != theirs
    assert theirs.account.tenant == world.globex
    assert [row.deliveries for row in InboundEvent.objects.all()] == [1, 1]


@pytest.mark.parametrize("token", ["", "guess", HOOK_TOKEN[:-1], HOOK_TOKEN.upper(), "\x00", "é"])
def test_an_unknown_token_leads_nowhere(world: World, token: str) -> None:
    with pytest.raises(NotFound):
        deliver(BODY, token=token)
    assert not InboundEvent.objects.exists()


def test_one_accounts_secret_does_not_sign_for_another(world: World) -> None:
    account_of(world.globex, hook_secrets=[new_secret()])
    with pytest.raises(NotGenuine):
        deliver(BODY, token="globex-hook-token", secret=HOOK_SECRET)


def headers(**changes: str | None) -> dict[str, str]:
    """The right headers with some changed, or left out (None)."""
    right = signed_headers(secrets=[HOOK_SECRET], message_id="msg_1", body=BODY, now=NOW)
    given = right | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_signature": None},
        {"webhook_timestamp": None},
        {"webhook_id": None},
        {"webhook_id": "msg_2"},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_timestamp": "0"},
        {"webhook_timestamp": str(int(NOW.timestamp()) + 1)},
    ],
)
def test_a_wrong_signature_is_refused(world: World, changes: dict[str, str | None]) -> None:
    with pytest.raises(NotGenuine) as refused:
        events.receive(token=HOOK_TOKEN, headers=headers(**changes), body=BODY, now=NOW)
    assert (refused.value.code, refused.value.status) == ("signature_invalid", 401)
    assert not InboundEvent.objects.exists()


def test_a_changed_body_is_refused(world: World) -> None:
    with pytest.raises(NotGenuine):
        events.receive(token=HOOK_TOKEN, headers=headers(), body=BODY + b" ", now=NOW)


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-301, False), (-299, True), (299, True), (301, False)]
)
def test_a_signature_is_fresh_for_five_minutes(world: World, seconds: int, taken: bool) -> None:
    signed_at = NOW + timedelta(seconds=seconds)
    if taken:
        deliver(BODY, signed_at=signed_at)
    else:
        with pytest.raises(NotGenuine):
            deliver(BODY, signed_at=signed_at)
    assert InboundEvent.objects.exists() is taken


OLD, NEW = new_secret(), new_secret()


@pytest.mark.parametrize(
    ("valid", "signed_with", "taken"),
    [([OLD, NEW], OLD, True), ([OLD, NEW], NEW, True), ([NEW], OLD, False), ([NEW], NEW, True)],
    ids=["old of two", "new of two", "old when gone", "new"],  # the same in every process
)
def test_while_secrets_are_rotated_both_sign(
    world: World, valid: list[str], signed_with: str, taken: bool
) -> None:
    point(world, valid)
    assert is_taken(lambda: deliver(BODY, secret=signed_with)) is taken


def test_without_a_secret_the_path_is_the_proof(world: World) -> None:
    point(world, [])
    assert events.receive(token=HOOK_TOKEN, headers={}, body=BODY, now=NOW).effect == ""


def point(world: World, secrets: list[str]) -> None:
    routes.point_hooks(
        account=world.account,
        base_url="http://127.0.0.1:9",
        token=HOOK_TOKEN,
        hook_secrets=secrets,
        actor=world.ada,
        now=NOW,
    )


def is_taken(delivery: Callable[[], object]) -> bool:
    try:
        delivery()
    except Refusal:
        return False
    return True


@pytest.mark.parametrize(("size", "taken"), [(MOST_BYTES, True), (MOST_BYTES + 1, False)])
def test_an_event_has_a_largest_size(world: World, size: int, taken: bool) -> None:
    body = envelope(padding="")
    body = envelope(padding="x" * (size - len(body)))
    assert len(body) == size
    assert is_taken(lambda: deliver(body)) is taken


def test_what_is_too_large_is_not_even_read(world: World) -> None:
    with pytest.raises(TooLarge):
        events.receive(token=HOOK_TOKEN, headers={}, body=b"x" * (MOST_BYTES + 1), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"not json",
        b"\xff\xfe",
        b'{"id": "evt_1"}',
        b'{"event": 7}',
        b"[" * 50_000,
        '{"event": "voice.call.started"}'.encode("utf-16"),
        '{"event": "voice.call.started"}'.encode("utf-32"),
    ],
)
def test_what_cannot_be_read_is_refused(world: World, body: bytes) -> None:
    with pytest.raises(BadField) as refused:
        deliver(body)
    assert (refused.value.field, refused.value.status) == ("body", 400)
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"summary": "a\u0000b"},
        {"summary": "\ud800"},
        {"call_sid": "x" * 5000},
        {"duration_seconds": 10**30},
        {"to_number": ["+1"]},
        {"status": {"a": 1}},
    ],
)
def test_strange_facts_are_stored_and_can_be_absorbed(world: World, data: dict[str, Any]) -> None:
    row = deliver(envelope("voice.call.completed", **data))
    assert events.absorb(event_id=row.pk, now=NOW).effect in ("parked", "ignored")


def test_a_byte_order_mark_is_no_hindrance(world: World) -> None:
    row = deliver(b"\xef\xbb\xbf" + BODY)
    assert row.dedupe_key == "evt_1"
    assert events.absorb(event_id=row.pk, now=NOW).effect == "parked"
