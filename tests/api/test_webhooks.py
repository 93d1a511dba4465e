"""Webhooks for programs: add, rotate, test, switch, delete endpoints, read their log, replay."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from calls.audit.models import AuditEntry
from calls.hooks.models import Delivery, Endpoint
from calls.lib.secrets import unseal
from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.api.program import Program
from tests.hooks.steps import URL, attempt, delivery
from tests.hooks.steps import endpoint as kept
from tests.world import NOW, SEED, World

RECORD = {
    *("id", "url", "events", "orgs", "enabled", "disabled_at", "disabled_by", "failing_since"),
    *("former_secret_until", "created_at", "created_by", "deleted_at"),
}
LINE = {
    *("id", "endpoint_id", "event_id", "event", "call_sid", "state", "tried", "created_at"),
    *("next_at", "delivered_at", "given_up_at"),
}


def issue(tenant: Tenant, *scopes: str, orgs: tuple[str, ...] = ()) -> Program:
    """A program of this tenant's whose key has these scopes."""
    given: dict[str, Any] = {"tenant": tenant, "actor": SEED, "now": NOW, "name": "Hooks"}
    return Program(tenants.issue_runtime_key(**given, scopes=scopes, org_keys=orgs)[1])


@pytest.fixture
def hooks(world: World) -> Program:
    """Acme's program with the scope."""
    return issue(world.acme, "webhooks:write")


def add(program: Program, **fields: Any) -> HttpResponse:
    return program.send("webhooks", json.dumps({"url": URL} | fields))


def do(program: Program, what: str, **fields: Any) -> HttpResponse:
    """A POST below /webhooks/, with a body where fields are given."""
    return program.send(f"webhooks/{what}", json.dumps(fields) if fields else b"")


def remove(program: Program, endpoint_id: str) -> HttpResponse:
    return program.client.delete(f"/api/v1/webhooks/{endpoint_id}", headers=program.headers)


def code(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["error"]


def test_an_endpoint_is_added_and_its_secret_shown(hooks: Program) -> None:
    body = add(hooks, events=["voice.call.completed"]).json()
    assert set(body) == RECORD | {"ok", "secret"}
    assert (body["url"], body["events"], body["enabled"]) == (URL, ["voice.call.completed"], True)
    assert body["secret"] == unseal(Endpoint.objects.get().sealed_secret)


def test_the_secret_is_shown_nowhere_again(hooks: Program) -> None:
    body = add(hooks).json()
    answers = [
        hooks.read("webhooks"),
        hooks.read(f"webhooks/{body['id']}"),
        do(hooks, f"{body['id']}/disable"),
        remove(hooks, body["id"]),
    ]
    assert [a.status_code for a in answers] == [200] * 4
    assert not [a for a in answers if b"whsec_" in a.content or b"sealed" in a.content]


def test_the_newest_is_listed_first(hooks: Program) -> None:
    for n in range(2):
        add(hooks, url=f"{URL}/{n}")
    page = hooks.read("webhooks").json()
    assert [row["url"] for row in page["data"]] == [f"{URL}/1", f"{URL}/0"]
    assert set(page["data"][0]) == RECORD


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"url": "http://93.184.216.34/"}, "url_not_allowed", "url"),
        ({"url": "https://127.0.0.1/"}, "url_not_allowed", "url"),
        ({"url": "https://169.254.169.254/"}, "url_not_allowed", "url"),
        ({"url": ""}, "invalid_field", "url"),
        ({"url": 7}, "invalid_field", "url"),
        ({"events": ["voice.call.lost"]}, "invalid_field", "events"),
        ({"events": "voice.call.completed"}, "invalid_field", "events"),
        ({"events": ["voice.call.completed"] * 21}, "invalid_field", "events"),
        ({"orgs": ["nowhere"]}, "invalid_field", "orgs"),
        ({"secret": "whsec_mine"}, "invalid_field", "secret"),
    ],
)
def test_what_cannot_be_told_is_refused(
    hooks: Program, fields: dict[str, Any], error: str, field: str
) -> None:
    answer = add(hooks, **fields)
    assert code(answer) == (400, error)
    assert answer.json()["details"]["field"].startswith(field)
    assert not Endpoint.objects.exists()


def test_an_address_has_one_endpoint(hooks: Program) -> None:
    add(hooks)
    assert code(add(hooks)) == (409, "endpoint_exists")


def test_it_is_deleted_and_its_log_stays(hooks: Program) -> None:
    found = add(hooks).json()["id"]
    assert remove(hooks, found).json()["deleted_at"]
    assert hooks.read("webhooks").json()["data"] == []
    assert hooks.read(f"webhooks/{found}/deliveries").status_code == 200
    assert code(remove(hooks, found)) == (409, "endpoint_deleted")


def test_its_secret_is_rotated(hooks: Program) -> None:
    first = add(hooks).json()
    second = do(hooks, f"{first['id']}/rotate-secret").json()
    assert second["secret"] not in ("", first["secret"])
    assert second["former_secret_until"]
    again = do(hooks, f"{first['id']}/rotate-secret").json()
    assert again["secret"] not in (first["secret"], second["secret"])
    assert again["former_secret_until"] == second["former_secret_until"]


def test_one_that_leaked_ends_at_once(hooks: Program) -> None:
    found = add(hooks).json()["id"]
    do(hooks, f"{found}/rotate-secret")
    ended = do(hooks, f"{found}/rotate-secret?at_once=true").json()
    assert (ended["former_secret_until"], bool(ended["secret"])) == (None, True)
    assert code(do(hooks, f"{found}/rotate-secret?at_once=soon"))[0] == 400
    assert code(do(hooks, f"{found}/rotate-secret?overlap=0"))[0] == 400


def test_tests_are_sent_one_at_a_time(hooks: Program) -> None:
    found = add(hooks).json()["id"]
    do(hooks, f"{found}/test")
    assert code(do(hooks, f"{found}/test")) == (409, "too_many_tests")


def test_a_test_is_a_delivery(hooks: Program) -> None:
    found = add(hooks).json()["id"]
    body = do(hooks, f"{found}/test").json()
    assert set(body) == LINE | {"ok", "body", "tries"}
    assert (body["event"], body["state"], body["endpoint_id"]) == (
        "voice.webhook.test",
        "waiting",
        found,
    )
    assert hooks.read(f"webhooks/deliveries/{body['id']}").json() == body


def test_it_is_switched_off_and_on(hooks: Program) -> None:
    found = add(hooks).json()["id"]
    assert do(hooks, f"{found}/disable").json()["disabled_by"] == "person"
    assert code(do(hooks, f"{found}/test")) == (409, "endpoint_disabled")
    assert do(hooks, f"{found}/enable").json()["enabled"] is True
    verbs = AuditEntry.objects.filter(actor_kind="key", target_type="endpoint").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "endpoint.added",
        "endpoint.disabled",
        "endpoint.enabled",
    ]


def test_a_log_is_read_page_by_page(world: World, hooks: Program) -> None:
    row = kept(world)
    rows = [delivery(row).public_id for _ in range(3)]
    first = hooks.read(f"webhooks/{row.public_id}/deliveries", limit=2).json()
    assert [line["id"] for line in first["data"]] == rows[:0:-1]
    assert set(first["data"][0]) == LINE
    cursor = first["next_cursor"]
    last = hooks.read(f"webhooks/{row.public_id}/deliveries", limit=2, cursor=cursor).json()
    assert ([line["id"] for line in last["data"]], last["next_cursor"]) == (rows[:1], None)


def test_a_log_shows_what_failed(world: World, hooks: Program) -> None:
    row = kept(world)
    delivery(row, next_at=None, delivered_at=NOW)
    failed = delivery(row, next_at=None, given_up_at=NOW)
    page = hooks.read(f"webhooks/{row.public_id}/deliveries", failed="true").json()
    assert [(line["id"], line["state"]) for line in page["data"]] == [
        (failed.public_id, "given_up")
    ]


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"failed": "yes"}, {"page": 2}],
)
def test_what_is_no_page_is_refused(world: World, hooks: Program, query: dict[str, Any]) -> None:
    path = f"webhooks/{kept(world).public_id}/deliveries"
    assert code(hooks.read(path, **query)) == (400, "invalid_field")


def test_a_delivery_tells_every_try(world: World, hooks: Program) -> None:
    row = kept(world)
    sent = delivery(row)
    attempt(row, 500)
    body = hooks.read(f"webhooks/deliveries/{sent.public_id}").json()
    assert (body["body"], body["tried"], body["state"]) == (sent.body, 1, "waiting")
    (tried,) = body["tries"]
    assert (tried["status"], tried["milliseconds"], tried["answer"]) == (500, 12, "as it is")


def test_it_is_sent_again(world: World, hooks: Program) -> None:
    row = kept(world)
    sent = delivery(row, next_at=None, given_up_at=NOW)
    body = do(hooks, f"deliveries/{sent.public_id}/replay").json()
    assert (body["state"], body["tried"], body["event_id"]) == ("waiting", 0, sent.event_id)


def test_everything_that_failed_is_sent_again(world: World, hooks: Program) -> None:
    row = kept(world)
    for _ in range(2):
        delivery(row, next_at=None, given_up_at=NOW)
    answer = do(hooks, f"{row.public_id}/replay", since=NOW.isoformat())
    assert answer.json() == {"ok": True, "replayed": 2}
    assert not Delivery.objects.filter(next_at=None).exists()


def test_since_when_must_be_said(world: World, hooks: Program) -> None:
    row = kept(world)
    assert code(do(hooks, f"{row.public_id}/replay", since="yesterday")) == (400, "invalid_field")
    assert code(do(hooks, f"{row.public_id}/replay"))[0] == 400


def test_reading_takes_the_scope_too(world: World) -> None:
    row = kept(world)
    reader = issue(world.acme, "calls:read", "calls:write", "dnc:write")
    answers = [reader.read("webhooks"), reader.read(f"webhooks/{row.public_id}")]
    assert [code(answer) for answer in answers] == [(403, "not_permitted")] * 2


def test_another_tenant_finds_nothing(world: World) -> None:
    row = kept(world)
    sent = delivery(row)
    stranger = issue(world.globex, "webhooks:write")
    assert stranger.read("webhooks").json()["data"] == []
    for path in (row.public_id, f"{row.public_id}/deliveries", f"deliveries/{sent.public_id}"):
        assert code(stranger.read(f"webhooks/{path}")) == (404, "not_found")
    assert code(remove(stranger, row.public_id)) == (404, "not_found")


def test_a_key_of_some_units_sees_only_what_is_theirs(world: World) -> None:
    tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)
    everybodys = kept(world)
    limited = issue(world.acme, "webhooks:write", orgs=("north",))
    own = add(limited, url=f"{URL}/north").json()
    assert own["orgs"] == ["north"]
    assert [row["id"] for row in limited.read("webhooks").json()["data"]] == [own["id"]]
    assert code(limited.read(f"webhooks/{everybodys.public_id}")) == (404, "not_found")
    assert code(remove(limited, everybodys.public_id)) == (404, "not_found")


def test_nor_gives_others_more(world: World) -> None:
    tenants.add_org(tenant=world.acme, key="south", name="South", actor=SEED, now=NOW)
    tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)
    limited = issue(world.acme, "webhooks:write", orgs=("north",))
    assert code(add(limited, orgs=["south"])) == (403, "not_permitted")
