"""The carriers' door: what is answered to whom, before any work is done."""

import json
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from calls.audit.actor import system
from calls.events.models import InboundEvent
from calls.lib.signing import new_secret, signed_headers
from calls.management.demo import seed_acme
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount

pytestmark = pytest.mark.django_db

TOKEN = "an-unguessable-token"
SECRET = new_secret()
EVENT = {
    "id": "evt_1",
    "event": "voice.call.started",
    "created_at": "2026-11-24T12:00:00Z",
    "tenant_id": "t",
    "data": {"call_sid": "CA1", "from_number": "+15555551234", "to_number": "+15555555678"},
}


@pytest.fixture(autouse=True)
def account() -> CarrierAccount:
    """Acme's account, its hook at TOKEN, signing with SECRET."""
    seed_acme(sandbox_url="http://127.0.0.1:9", now=timezone.now())
    return routes.point_hooks(
        account=CarrierAccount.objects.get(),
        base_url="http://127.0.0.1:9",
        token=TOKEN,
        hook_secrets=[SECRET],
        actor=system("test"),
        now=timezone.now(),
    )


def deliver(
    body: bytes, *, token: str = TOKEN, secret: str = SECRET, at: datetime | None = None
) -> HttpResponse:
    """One delivery as a carrier makes it."""
    headers = signed_headers(
        secrets=[secret], message_id="evt_1", now=at or timezone.now(), body=body
    )
    return Client().post(
        f"/hooks/stateset/{token}", body, content_type="application/json", headers=headers
    )


BODY = json.dumps(EVENT).encode()


def test_a_genuine_event_is_stored_and_answered_with_nothing() -> None:
    assert deliver(BODY).status_code == 204
    assert InboundEvent.objects.get().kind == "voice.call.started"


def test_the_same_event_again_is_answered_and_counted_but_not_stored_twice() -> None:
    answers = [deliver(BODY).status_code for _ in range(3)]
    assert answers == [204, 204, 204]
    assert InboundEvent.objects.get().deliveries == 3


def test_a_token_nobody_gave_out_is_404() -> None:
    answer = deliver(BODY, token="guessed")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


def test_a_wrong_secret_is_401_and_leaves_nothing() -> None:
    answer = deliver(BODY, secret=new_secret())
    assert (answer.status_code, answer.json()["error"]) == (401, "signature_invalid")
    assert not InboundEvent.objects.exists()


def test_an_unsigned_event_is_401() -> None:
    answer = Client().post(f"/hooks/stateset/{TOKEN}", BODY, content_type="application/json")
    assert answer.status_code == 401


def test_an_old_signature_is_401() -> None:
    answer = deliver(BODY, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert answer.status_code == 401


def test_what_is_no_event_is_400_and_leaves_nothing() -> None:
    answer = deliver(b'{"hello": "there"}')
    assert answer.status_code == 400
    assert not InboundEvent.objects.exists()


def test_more_than_an_event_holds_is_413() -> None:
    answer = deliver(b'{"x": "' + b"y" * 70_000 + b'"}')
    assert (answer.status_code, answer.json()["error"]) == (413, "event_too_large")


def test_only_a_post_comes_in() -> None:
    assert Client().get(f"/hooks/stateset/{TOKEN}").status_code == 405
