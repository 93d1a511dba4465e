"""Who is let in: a runtime key in force, with the scope; looked up afresh each time (R4.1, R4.2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from calls.management.demo import SEED, Seeded, seed_platform
from calls.tenants import actions as tenants
from calls.tenants import keys
from calls.tenants.models import ApiKey, KeyUse
from tests.api.program import EXAMPLE, Program, calls_on_record

NOON = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
CALL = "CA" + "0" * 32
# Every other address: tests/security/credentials.py.
ADDRESSES = [("POST", "/api/v1/make-call"), ("GET", "/api/v1/call-logs")]
BAD = {
    "no header": "",
    "another scheme": "Basic Z2w6Z2w=",
    "no key": "Bearer",
    "an empty key": "Bearer ",
    "a key of another product": "Bearer sk_live_abcdef",
    "a bare key": keys.mint("test")[0],
    "a key nobody issued": f"Bearer {keys.mint('test')[0]}",
    "two keys": f"Bearer {keys.mint('test')[0]}, Bearer {keys.mint('test')[0]}",
    "control characters": "Bearer gl_test_\x01",
    "not ASCII": "Bearer gl_test_schlüssel",
    "very long": "Bearer gl_test_" + "x" * 9000,
}


def ask(method: str, path: str, **headers: str) -> HttpResponse:
    body = EXAMPLE if method == "POST" else None
    return Client().generic(
        method, path, str(body or ""), content_type="application/json", headers=headers
    )


def issue(acme: Seeded, *scopes: str, expires_at: datetime | None = None) -> Program:
    """A program with a fresh key of Acme."""
    _, key = tenants.issue_runtime_key(
        tenant=acme.tenant,
        actor=SEED,
        now=timezone.now(),
        name="Fresh",
        scopes=scopes or ("calls:write", "calls:read"),
        expires_at=expires_at,
    )
    return Program(key)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
@pytest.mark.parametrize("header", BAD.values(), ids=BAD.keys())
def test_no_usable_key_is_401(db: None, method: str, path: str, header: str) -> None:
    answer = ask(method, path, **({"authorization": header} if header else {}))
    body = answer.json()
    assert (answer.status_code, body["ok"], body["error"]) == (401, False, "invalid_credential")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert body["request_id"] == answer["x-request-id"]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_an_admin_key_is_of_the_wrong_class(db: None, method: str, path: str) -> None:
    _, key = seed_platform(now=NOON)
    for headers in ({"authorization": f"Bearer {key}"}, {"x-admin-key": key}):
        answer = ask(method, path, **headers)
        body = answer.json()
        assert (answer.status_code, body["error"]) == (403, "wrong_credential_class")
        assert body["details"] == {"wanted": "runtime"}


def test_a_mistyped_key_is_known_without_the_database() -> None:
    key = keys.mint("test")[0]
    assert ask("GET", "/api/v1/call-logs", authorization=f"Bearer {key}x").status_code == 401


@pytest.mark.parametrize("at", [8, 20, 40, 60, 65])
def test_one_wrong_letter_asks_the_database_nothing(
    acme: Seeded, at: int, django_assert_num_queries: Any
) -> None:
    """The checksum tells a slip from a wrong key (R4.1)."""
    key = acme.api_key
    slip = key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :]
    with django_assert_num_queries(0):
        answer = ask("GET", "/api/v1/call-logs", authorization=f"Bearer {slip}")
    assert answer.status_code == 401


def test_what_a_key_is_used_for_is_remembered(program: Program) -> None:
    program.place()
    program.read("call-logs")
    used = KeyUse.objects.order_by("endpoint").values_list("endpoint", "scope", "count")
    assert list(used) == [
        ("GET /api/v1/call-logs", "calls:read", 1),
        ("POST /api/v1/make-call", "calls:write", 1),
    ]


@pytest.mark.parametrize(
    ("trusted", "network"), [(0, "127.0.0.0/24"), (1, "203.0.113.0/24"), (2, "198.51.100.0/24")]
)
def test_a_network_is_read_from_the_proxies_we_trust(
    program: Program, settings: Any, trusted: int, network: str
) -> None:
    """What stands before theirs in the header anybody can write."""
    settings.TRUSTED_PROXY_COUNT = trusted
    program.headers["x-forwarded-for"] = "192.0.2.1, 198.51.100.9, 203.0.113.7"
    program.read("call-logs")
    assert ApiKey.objects.get().last_used_from == network


def test_the_scheme_is_read_without_regard_to_case(program: Program, acme: Seeded) -> None:
    program.headers["authorization"] = f"bearer {acme.api_key}"
    assert program.read("call-logs").status_code == 200


def test_an_expired_key(acme: Seeded) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        program = issue(acme, expires_at=NOON + timedelta(hours=1))
        assert program.read("call-logs").status_code == 200
        clock.shift(timedelta(hours=1))
        assert program.read("call-logs").status_code == 401


def test_a_revoked_key_is_dead_at_once(program: Program) -> None:
    assert program.place().status_code == 200
    tenants.revoke_key(key=ApiKey.objects.get(), actor=SEED, now=timezone.now())
    assert program.place(to="+15555555679").status_code == 401
    assert calls_on_record() == 1


def test_the_old_and_the_new_key_overlap(program: Program, acme: Seeded) -> None:
    assert issue(acme).read("call-logs").status_code == 200
    assert program.read("call-logs").status_code == 200


@pytest.mark.parametrize(
    ("scope", "wanted", "path"),
    [
        ("calls:read", "calls:write", "make-call"),
        ("calls:read", "calls:write", "calls/preview"),
        ("dnc:write", "calls:write", "make-call"),
    ],
)
def test_a_missing_scope_to_write_is_named(
    acme: Seeded, scope: str, wanted: str, path: str
) -> None:
    answer = issue(acme, scope).send(path, '{"to": "+15555555678"}')
    body = answer.json()
    assert (answer.status_code, body["error"]) == (403, "not_permitted")
    assert wanted in body["message"]
    assert body["details"] == {"scope": wanted}
    assert calls_on_record() == 0


@pytest.mark.parametrize("path", ["call-logs", f"calls/{CALL}"])
def test_a_missing_scope_to_read_is_named(acme: Seeded, path: str) -> None:
    answer = issue(acme, "calls:write").read(path)
    assert (answer.status_code, answer.json()["details"]) == (403, {"scope": "calls:read"})


def test_reading_does_not_let_cancel(acme: Seeded, program: Program) -> None:
    sid = program.place().json()["call_sid"]
    assert issue(acme, "calls:read").cancel(sid).status_code == 403


def test_the_credential_is_judged_before_the_body(db: None) -> None:
    assert Program("").send("make-call", "{").status_code == 401


def test_the_use_of_a_key_is_remembered_once_a_minute(program: Program) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        program.read("call-logs")
        clock.shift(59)
        program.read("call-logs")
        assert ApiKey.objects.get().last_used_at == NOON
        clock.shift(1)
        program.read("call-logs")
        assert ApiKey.objects.get().last_used_at == NOON + timedelta(minutes=1)


def test_a_refused_key_leaves_no_use_behind(program: Program) -> None:
    key = ApiKey.objects.get()
    tenants.revoke_key(key=key, actor=SEED, now=timezone.now())
    program.read("call-logs")
    assert ApiKey.objects.get().last_used_at is None


def test_a_session_of_the_console_opens_no_api(client: Client, acme: Seeded) -> None:
    client.force_login(acme.members["admin"].user)
    assert client.get("/api/v1/call-logs").status_code == 401


def test_what_a_scope_kept_from_a_key_is_no_use_of_it(acme: Seeded) -> None:
    program = issue(acme, "calls:write")
    assert program.read("call-logs").status_code == 403
    row = ApiKey.objects.get(name="Fresh")
    assert (row.last_used_at, row.uses.count()) == (None, 0)


@pytest.mark.parametrize(
    ("hop", "network"),
    [
        ("203.0.113.7:4711", "203.0.113.0/24"),
        ("[2001:db8::7]:4711", "2001:db8::/48"),
        ("[2001:db8::7]", "2001:db8::/48"),
        ("2001:db8::7", "2001:db8::/48"),
    ],
)
def test_a_proxy_may_write_the_port_too(
    program: Program, settings: Any, hop: str, network: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    program.headers["x-forwarded-for"] = hop
    program.read("call-logs")
    assert ApiKey.objects.get().last_used_from == network
