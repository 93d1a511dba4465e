"""Whatever is sent to any door: an answer that was meant, never a crash, and nothing recorded half."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.carriers.twilio_signature import FORM, read_form, sign
from calls.consent.models import ConsentRecord
from calls.dnc.models import DncEntry
from calls.events.actions import absorb
from calls.events.models import InboundEvent
from calls.greetings.models import Greeting
from calls.lib.signing import signed_headers
from calls.records.models import Call, CallEvent, Receipt
from calls.tenants import actions as tenants
from tests.callbacks import TOKEN, at_twilio, hook
from tests.console.signed_in import filled
from tests.security.addresses import session_of
from tests.undone import undone
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, SEED, World

few = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    *("to", "from", "agent_key", "agent_version_id", "greeting", "greeting_id", "variables"),
    *("org_id", "scheduled_at", "time_zone", "when", "expires_at", "reference", "metadata"),
    "allow_duplicate",
)
LIKELY = st.sampled_from(
    ["+15555555678", "+15555551234", "support_primary", "now", "callee", "2026-12-01T10:00:00Z"]
)
ASKS = st.dictionaries(st.sampled_from(FIELDS), LIKELY | ANY_JSON, max_size=6) | ANY_JSON
ONE_FIELD_ODD = st.tuples(st.sampled_from(FIELDS), LIKELY | ANY_JSON)
# Surrogates cannot be encoded, so no browser sends them.
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CALLBACK_FIELDS = st.sampled_from(
    ["CallSid", "CallStatus", "To", "From", "Timestamp", "CallDuration", "AnsweredBy", "Odd"]
)


def as_form(fields: dict[str, str]) -> bytes:
    """A form that names a call, unless it says otherwise."""
    return urlencode({"CallSid": "CA1"} | fields).encode()


def recorded() -> tuple[int, int, int]:
    """Calls, with their first event and their receipt."""
    return Call.objects.count(), CallEvent.objects.count(), Receipt.objects.count()


def send(world: World, path: str, body: Any) -> int:
    """A program's request; what it did is taken back."""
    before, raw = recorded(), body if isinstance(body, bytes) else json.dumps(body).encode()
    with undone():
        answer = Client(raise_request_exception=False).generic(
            "POST",
            f"/api/v1/{path}",
            raw,
            "application/json",
            headers={"authorization": f"Bearer {world.key}"},
        )
        one_whole_call = tuple(count + 1 for count in before)
        kept = path == "make-call" and answer.status_code in (200, 409)
        assert recorded() == (one_whole_call if kept else before)
    return answer.status_code


@pytest.mark.parametrize("path", ["make-call", "calls/preview"])
@few
@given(ask=ASKS)
def test_any_json(world: World, path: str, ask: Any) -> None:
    assert send(world, path, ask) in (200, 400, 409)


@few
@given(odd=ONE_FIELD_ODD)
def test_one_odd_field(world: World, odd: tuple[str, Any]) -> None:
    ask = {"to": "+15555555678"} | dict([odd])
    assert send(world, "make-call", ask) in (200, 400, 409)


@few
@given(raw=st.binary(max_size=200))
def test_any_bytes(world: World, raw: bytes) -> None:
    assert send(world, "make-call", raw) == 400


@few
@given(raw=st.binary(max_size=200) | ANY_JSON.map(lambda found: json.dumps(found).encode()))
def test_any_bytes_to_the_hook(world: World, raw: bytes) -> None:
    answer = Client(raise_request_exception=False).generic(
        "POST", f"/hooks/stateset/{HOOK_TOKEN}", raw
    )
    assert (answer.status_code, InboundEvent.objects.count()) == (401, 0)


@few
@given(raw=st.binary(max_size=200) | ANY_JSON.map(lambda found: json.dumps(found).encode()))
def test_any_bytes_under_a_good_signature(world: World, raw: bytes) -> None:
    headers = signed_headers(
        secrets=[HOOK_SECRET], message_id="msg_1", body=raw, now=timezone.now()
    )
    with undone():
        answer = Client(raise_request_exception=False).generic(
            "POST", f"/hooks/stateset/{HOOK_TOKEN}", raw, "application/json", headers=headers
        )
        assert answer.status_code in (204, 400)
        assert InboundEvent.objects.count() == (answer.status_code == 204)


@few
@given(raw=st.binary(max_size=200) | st.dictionaries(CALLBACK_FIELDS, TYPED).map(as_form))
def test_any_bytes_at_twilios_door_under_a_good_signature(world: World, raw: bytes) -> None:
    with undone():
        url = hook(at_twilio(world))
        fields = read_form(raw) or []
        headers = {"X-Twilio-Signature": sign(token=TOKEN, url=url, fields=fields)}
        answer = Client(raise_request_exception=False).generic(
            "POST", urlsplit(url).path, raw, FORM, headers=headers
        )
        assert answer.status_code in (204, 400, 401)
        assert InboundEvent.objects.count() == (answer.status_code == 204)
        for row in InboundEvent.objects.all():
            assert absorb(event_id=row.pk, now=timezone.now()).effect == "parked"


@few
@given(odd=st.dictionaries(st.sampled_from(["to", "at", "reference", "token", "when"]), TYPED))
def test_any_text_in_the_form_of_a_call(world: World, odd: dict[str, str]) -> None:
    browser = session_of(world, "bob")
    for page in ("calls/new", "calls/new/preview", "calls/new/fields"):
        with undone():
            answer = browser.post(f"/t/acme/{page}", filled(world, **odd))
            assert answer.status_code in (200, 302, 409, 422)


@few
@given(number=TYPED, chosen=TYPED, reason=TYPED)
def test_any_text_looked_up_as_a_number(
    world: World, number: str, chosen: str, reason: str
) -> None:
    browser, before = session_of(world, "bob"), DncEntry.objects.count()
    with undone():
        asked = {"number": number, "route": chosen, "agent": chosen, "greeting": chosen}
        found = browser.post("/t/acme/numbers/search", asked)["Location"]
        assert browser.get(found).status_code == 200
        query = found.partition("?")[2]
        for act in ("do-not-call", "export"):
            answer = browser.post(f"/t/acme/numbers/{act}?{query}", {"reason": reason})
            assert answer.status_code in (200, 302)
        assert DncEntry.objects.count() <= before + 1


@few
@given(name=TYPED, text=TYPED, gap=st.sampled_from(["", "{first_name}", "{", "{{a}}", "{a.b}"]))
def test_any_text_in_the_form_of_a_greeting(world: World, name: str, text: str, gap: str) -> None:
    browser, form = session_of(world, "bob"), {"language": "en-US", "agent": ""}
    before = Greeting.objects.count()
    with undone():
        sent = form | {"name": name, "text": text + gap}
        answer = browser.post("/t/acme/greetings/new", sent)
        assert answer.status_code in (302, 422)
        assert Greeting.objects.count() == before + (answer.status_code == 302)


@few
@given(
    ask=st.dictionaries(
        st.sampled_from(["number", "reason", "is_prefix", "expires_at"]),
        st.sampled_from(["+15555555678", "+1900", "Asked", "2030-01-01T00:00:00Z", True])
        | ANY_JSON,
        max_size=4,
    )
    | ANY_JSON
)
def test_any_json_for_the_do_not_call_list(world: World, ask: Any) -> None:
    before = DncEntry.objects.count()
    with undone():
        _, key = tenants.issue_runtime_key(
            tenant=world.acme, actor=SEED, now=NOW, name="Shop", scopes=["dnc:write"]
        )
        answer = Client(raise_request_exception=False).generic(
            "POST",
            "/api/v1/dnc",
            json.dumps(ask).encode(),
            "application/json",
            headers={"authorization": f"Bearer {key}"},
        )
        assert answer.status_code in (200, 400)
        assert DncEntry.objects.count() == before + (answer.status_code == 200)


AGREED = {
    "number": "+15555555678",
    "kind": "written",
    "channel": "web",
    "text_shown": "You may call me.",
    "evidence": "form 9",
    "captured_at": "2025-12-01T10:00:00Z",
}


@pytest.mark.parametrize("path", ["consents", "consents/revocations"])
@few
@given(
    odd=st.dictionaries(st.sampled_from([*AGREED, "expires_at", "how"]), TYPED | ANY_JSON),
    whole=st.booleans(),
)
def test_any_json_about_consent(world: World, path: str, odd: dict[str, Any], whole: bool) -> None:
    before = ConsentRecord.objects.count()
    with undone():
        _, key = tenants.issue_runtime_key(
            tenant=world.acme, actor=SEED, now=NOW, name="Shop", scopes=["consent:write"]
        )
        answer = Client(raise_request_exception=False).generic(
            "POST",
            f"/api/v1/{path}",
            json.dumps(AGREED | odd if whole else odd).encode(),
            "application/json",
            headers={"authorization": f"Bearer {key}"},
        )
        added = answer.status_code == 200 and path == "consents"
        assert answer.status_code in (200, 400)
        assert ConsentRecord.objects.count() == before + added


@few
@given(number=TYPED, reason=TYPED, prefix=st.sampled_from([{}, {"is_prefix": "on"}]))
def test_any_text_in_the_forms_about_a_number(
    world: World, number: str, reason: str, prefix: dict[str, str]
) -> None:
    browser, form = session_of(world, "bob"), {"number": number, "reason": reason, "until": reason}
    more = {"time_zone": number, "jurisdiction": reason, "source": reason, "captured": number}
    more |= {"how": reason}
    pages = ("dnc/new", "dnc/search", "consent/new", "consent/taken-back", "contacts/new")
    for page in pages:
        with undone():
            answer = browser.post(f"/t/acme/rules/{page}", form | more | prefix)
            assert answer.status_code in (302, 422)
