"""A key, a tenant and an address without a key each have a share of requests a minute (CONTRACT 3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from calls.api import counters, pace
from calls.audit.models import AuditEntry
from calls.management.demo import SEED, Seeded
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants import scope
from tests.api.program import Program, calls_on_record

NOON = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
LIMITS = ("KEY", "TENANT", "ADDRESS")


@pytest.fixture(autouse=True)
def narrow(settings: Any) -> Any:
    """Five requests for a key, eight for a tenant, three for an address; time stands still."""
    for who, most in zip(LIMITS, (5, 8, 3), strict=True):
        setattr(settings, f"RATE_LIMIT_PER_{who}", most)
    counters.asking.answered()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
    counters.asking.answered()


def second_key(acme: Seeded) -> Program:
    """Another program of the same tenant."""
    found = tenants.issue_runtime_key(tenant=acme.tenant, actor=SEED, now=NOON, name="Second")
    return Program(found[1])


def told(answer: HttpResponse) -> tuple[int, str, str]:
    """Status, limit and what is left."""
    return answer.status_code, answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"]


def nobody(path: str = "call-logs", **headers: str) -> HttpResponse:
    """A request without a key."""
    return Client().get(f"/api/v1/{path}", headers=headers)


def test_a_key_has_its_share(program: Program) -> None:
    answers = [told(program.read("call-logs")) for _ in range(6)]
    assert answers == [(200, "5", str(left)) for left in (4, 3, 2, 1, 0)] + [(429, "5", "0")]


def test_the_answer_says_what_to_do(program: Program) -> None:
    for _ in range(5):
        program.read("call-logs")
    answer = program.read("call-logs")
    body, after = answer.json(), int(answer["Retry-After"])
    assert (body["ok"], body["error"], body["request_id"]) == (
        False,
        "rate_limited",
        answer["x-request-id"],
    )
    assert body["details"] == {"per": "key", "limit": 5, "retry_after": after}
    assert f"in {after} seconds, with the same Idempotency-Key" in body["message"]
    assert 1 <= after <= pace.MINUTE + pace.SPREAD
    assert answer["Cache-Control"] == "no-store"


def test_whoever_waits_as_told_is_let_in(program: Program, narrow: Any, settings: Any) -> None:
    settings.RATE_LIMIT_PER_TENANT = 1000
    for _ in range(5):
        program.read("call-logs")
    narrow.shift(int(program.read("call-logs")["Retry-After"]))
    assert told(program.read("call-logs")) == (200, "5", "4")


def test_a_tenants_keys_share_its_share(program: Program, acme: Seeded) -> None:
    other = second_key(acme)
    for _ in range(4):
        program.read("call-logs")
        other.read("call-logs")
    answer = other.read("call-logs")
    assert (told(answer), answer.json()["details"]["per"]) == ((429, "8", "0"), "tenant")


def test_what_a_key_is_refused_is_not_taken_from_its_tenant(program: Program, acme: Seeded) -> None:
    for _ in range(50):
        program.read("call-logs")
    other = second_key(acme)
    assert [other.read("call-logs").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_another_tenant_does_not_notice(program: Program, stranger: Program) -> None:
    for _ in range(20):
        program.read("call-logs")
    assert told(stranger.read("call-logs")) == (200, "5", "4")


def test_a_tenant_may_be_given_more(program: Program, acme: Seeded, settings: Any) -> None:
    settings.RATE_LIMIT_PER_KEY = 100
    tenants.change_tenant(tenant=acme.tenant, actor=SEED, now=NOON, requests_per_minute=20)
    assert told(program.read("call-logs")) == (200, "20", "19")


def test_no_tenant_gives_itself_more(acme: Seeded) -> None:
    admin = scope.member_actor(acme.members["admin"])
    with pytest.raises(Exception, match="Only whoever runs"):
        tenants.change_tenant(tenant=acme.tenant, actor=admin, now=NOON, requests_per_minute=10_000)


def test_whoever_has_no_key_is_counted_by_address(db: None) -> None:
    answers = [told(nobody()) for _ in range(4)]
    assert answers == [(401, "3", "2"), (401, "3", "1"), (401, "3", "0"), (429, "3", "0")]


@pytest.mark.parametrize("path", ["nothing/here", "health/ready", "keys/report-leak"])
def test_so_is_whoever_asks_for_what_needs_none(db: None, path: str) -> None:
    assert [nobody(path).status_code == 429 for _ in range(4)] == [False, False, False, True]


def test_keys_that_open_nothing_do_not_multiply_an_address(program: Program, acme: Seeded) -> None:
    """Trying keys is what the address pays for, however many keys are tried."""
    row, dead = tenants.issue_runtime_key(tenant=acme.tenant, actor=SEED, now=NOON, name="Dead")
    tenants.revoke_key(key=row, actor=SEED, now=NOON)
    tried = [dead, dead[:-1], "gl_test_nonsense", "sk_1"]
    assert [Program(key).read("call-logs").status_code for key in tried] == [401, 401, 401, 429]
    assert program.read("call-logs").status_code == 200


def test_nobody_chooses_their_address(db: None, settings: Any) -> None:
    """A header is believed only from the proxies that TRUSTED_PROXY_COUNT names."""
    faked = [nobody(**{"x-forwarded-for": f"203.0.113.{n}"}).status_code for n in range(4)]
    assert faked == [401, 401, 401, 429]
    settings.TRUSTED_PROXY_COUNT = 1
    assert nobody(**{"x-forwarded-for": "203.0.113.1"}).status_code == 401
    beyond = [nobody(**{"x-forwarded-for": f"{n}, 203.0.113.2"}).status_code for n in range(4)]
    assert beyond == [401, 401, 401, 429]


def test_an_admin_key_has_its_own_share(db: None) -> None:
    key = tenants.issue_admin_key(actor=SEED, now=NOON, name="Operator")[1]
    answers = [told(nobody(**{"x-admin-key": key})) for _ in range(6)]
    assert answers[0] == (403, "5", "4")
    assert answers[5] == (429, "5", "0")
    assert nobody(authorization=f"Bearer {key}").status_code == 429


def test_a_429_does_not_use_up_the_idempotency_key(program: Program, narrow: Any) -> None:
    for _ in range(5):
        program.read("call-logs")
    limited = program.place(key="order-77")
    assert (limited.status_code, calls_on_record()) == (429, 0)
    narrow.shift(int(limited["Retry-After"]))
    placed = program.place(key="order-77")
    assert (placed.status_code, "Idempotent-Replayed" in placed) == (200, False)
    assert program.place(key="order-77")["Idempotent-Replayed"] == "true"


def test_a_429_reads_and_writes_nothing(program: Program) -> None:
    before = AuditEntry.objects.count()
    for _ in range(5):
        program.read("call-logs")
    assert program.send("make-call", b"{ not json").status_code == 429
    assert (Call.objects.count(), AuditEntry.objects.count()) == (0, before)


def test_every_answer_has_the_headers(program: Program, settings: Any) -> None:
    settings.RATE_LIMIT_PER_KEY = settings.RATE_LIMIT_PER_ADDRESS = 50
    settings.RATE_LIMIT_PER_TENANT = 60
    answers = [
        program.place(),
        program.place(),
        program.send("make-call", "{"),
        program.place(key="a" * 256),
        program.read("calls/CA" + "0" * 32),
        program.read("make-call"),
        program.read("nothing"),
        nobody(),
        nobody("health/ready"),
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 409, 400, 400, 404, 405, 404, 401, 503]
    assert all(answer["x-request-id"] for answer in answers)
    lefts = [answer["X-RateLimit-Remaining"] for answer in answers]
    assert lefts == [*map(str, range(49, 42, -1)), "49", "48"]


def test_a_broken_answer_has_them_too(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.api.runtime.answers.log_page", lambda *_, **__: 1 / 0)
    assert told(program.read("call-logs")) == (500, "5", "4")


def test_a_cache_that_is_down_stops_nobody(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits are for fairness; what may be called is decided in the database (decision 21)."""
    asked = []

    def refuse(names: Any) -> None:
        asked.append(names)
        raise ConnectionError

    monkeypatch.setattr(caches["default"], "get_many", refuse)
    answers = [told(program.read("call-logs")) for _ in range(20)]
    assert (answers, len(asked)) == ([(200, "5", "4")] * 20, 1)


def test_a_cache_that_is_back_is_counted_in_again(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters.asking.was_silent()
    assert program.read("call-logs")["X-RateLimit-Remaining"] == "4"
    assert not counters.asking.may()
    monkeypatch.setattr(counters.asking, "_silent_until", 1e-9)
    assert program.read("call-logs")["X-RateLimit-Remaining"] == "4"
    assert program.read("call-logs")["X-RateLimit-Remaining"] == "3"


def test_after_a_silence_one_asks_before_the_others() -> None:
    asking = counters.Ask()
    asking.was_silent()
    asking._silent_until = 1e-9
    assert [asking.may() for _ in range(3)] == [True, False, False]
    asking.answered()
    assert [asking.may() for _ in range(3)] == [True, True, True]


def test_a_database_that_is_away_is_a_503(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("calls.api.endpoint.scope.get_key", away)
    answer = program.place(key="order-77")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_counting_asks_the_database_nothing_more(
    program: Program, django_assert_num_queries: Any
) -> None:
    """The key is looked up once for the limit and for the door."""
    program.read("health/ready")
    with django_assert_num_queries(1):
        assert program.read("nothing").status_code == 404


def test_a_window_ends(db: None, narrow: Any) -> None:
    first = [nobody().status_code for _ in range(4)]
    narrow.shift(timedelta(seconds=pace.MINUTE))
    assert (first[-1], nobody().status_code) == (429, 401)
