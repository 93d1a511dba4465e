"""A tenant's keys through the admin API: by the same verbs as in the Django admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from calls.tenants import keys
from calls.tenants.models import ApiKey
from tests.api.operator import Operator, error, operator
from tests.api.program import Program
from tests.audit.entries import entry
from tests.console.administrators import globex_key
from tests.security.addresses import session_of
from tests.world import NOW, SEED, World


def of_acme(world: World, more: str = "") -> str:
    return f"tenants/{world.acme.public_id}/api-keys{more}"


def one(world: World, more: str = "") -> str:
    return of_acme(world, f"/{world.runtime_key.public_id}{more}")


def status(key: str) -> int:
    return Program(key).read("call-logs").status_code


def test_they_are_listed_without_the_keys(world: World) -> None:
    answer = operator().ask("GET", of_acme(world))
    (row,) = answer.json()["data"]
    assert (row["id"], row["key_id"]) == (world.runtime_key.public_id, world.runtime_key.key_id)
    assert (row["state"], row["scopes"]) == ("usable", ["calls:write", "calls:read"])
    assert world.key not in answer.content.decode()
    assert world.runtime_key.sha256 not in answer.content.decode()


def test_a_page_leads_to_the_next(world: World) -> None:
    for name in ("B", "C"):
        tenants.issue_runtime_key(tenant=world.acme, actor=SEED, now=NOW, name=name)
    asker = operator()
    first = asker.read(of_acme(world, "?limit=2"))
    second = asker.read(of_acme(world, f"?limit=2&cursor={first['next_cursor']}"))
    names = [row["name"] for row in first["data"] + second["data"]]
    assert (names, second["next_cursor"]) == (["C", "B", "Shop"], None)


def test_it_says_what_would_break(world: World) -> None:
    Program(world.key).place(reference="now")
    (row,) = operator().read(of_acme(world))["data"]
    counts = (row["calls_last_day"], row["calls_last_week"], row["calls_waiting"])
    assert counts == (1, 1, 1)
    assert (row["last_used_at"] is not None, row["last_used_from"]) == (True, "127.0.0.0/24")


def test_the_number_of_queries_is_constant(world: World, django_assert_num_queries: Any) -> None:
    asker = operator()
    for count in (1, 5):
        tenants.issue_runtime_key(tenant=world.acme, actor=SEED, now=NOW, name=f"K{count}")
        asker.read(of_acme(world))
        with django_assert_num_queries(6):  # any key, this key, tenant, keys, counts, waiting
            asker.read(of_acme(world))


def test_a_new_key_is_shown_once_and_opens(world: World) -> None:
    asker = operator()
    given = {"name": "Nightly", "scopes": ["calls:read"], "expires_at": "2030-01-01T00:00:00Z"}
    made = asker.done("POST", of_acme(world), given)
    assert status(made["api_key"]) == 200
    assert (made["name"], made["scopes"], made["expires_at"]) == (
        "Nightly",
        ["calls:read"],
        "2030-01-01T00:00:00Z",
    )
    assert made["api_key"] not in asker.ask("GET", of_acme(world)).content.decode()
    assert made["created_by"].startswith("Operator (")


def test_a_lost_answer_leaves_no_second_key(world: World) -> None:
    asker = operator()
    made = asker.done("POST", of_acme(world), {"name": "Nightly"})
    again = asker.ask("POST", of_acme(world), {"name": "Nightly"})
    assert error(again) == (409, "possible_duplicate")
    assert again.json()["details"] == {"key_id": made["id"]}
    asker.done("DELETE", of_acme(world, f"/{made['id']}"))
    assert asker.done("POST", of_acme(world), {"name": "Nightly"})["id"] != made["id"]


def test_without_scopes_it_places_and_reads(world: World) -> None:
    made = operator().done("POST", of_acme(world), {"name": "Shop"})
    assert (made["scopes"], made["org_ids"]) == (["calls:write", "calls:read"], [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["keys:write"]}, "scopes"),
        ({"name": "x", "org_ids": ["nowhere"]}, "org_ids"),
        ({"name": "x", "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "kind": "admin"}, "kind"),
    ],
)
def test_what_cannot_be_issued_is_400(world: World, body: dict[str, Any], field: str) -> None:
    asker, before = operator(), ApiKey.objects.count()
    answer = asker.ask("POST", of_acme(world), body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert ApiKey.objects.count() == before


def test_a_key_is_limited_to_units_there_are(world: World) -> None:
    tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    made = operator().done("POST", of_acme(world), {"name": "N", "org_ids": ["north"]})
    assert made["org_ids"] == ["north"]


def test_a_key_is_revoked_at_once(world: World) -> None:
    row = operator().done("DELETE", one(world))
    assert (row["state"], status(world.key)) == ("revoked", 401)
    assert entry(world.runtime_key, "key.revoked").after == {"leaked": False}


def test_as_leaked_too(world: World) -> None:
    assert operator().done("DELETE", one(world, "?leaked=true"))["state"] == "leaked"
    assert entry(world.runtime_key, "key.revoked").after == {"leaked": True}


def test_twice_is_409(world: World) -> None:
    asker = operator()
    asker.done("DELETE", one(world))
    assert error(asker.ask("DELETE", one(world))) == (409, "key_already_revoked")


def test_a_rotation_overlaps(world: World) -> None:
    made = operator().done("POST", one(world, "/rotate"), {"overlap_hours": 1})
    assert (status(made["api_key"]), status(world.key)) == (200, 200)
    assert made["replaces"] == world.runtime_key.public_id
    world.runtime_key.refresh_from_db()
    left = (world.runtime_key.expires_at or NOW) - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_a_rotation_without_overlap(world: World) -> None:
    made = operator().done("POST", one(world, "/rotate"), {"overlap_hours": 0})
    assert (status(made["api_key"]), status(world.key)) == (200, 401)


def test_the_list_ties_both_together(world: World) -> None:
    asker = operator()
    made = asker.done("POST", one(world, "/rotate"), {})
    old = next(row for row in asker.read(of_acme(world))["data"] if row["id"] != made["id"])
    assert old["replaced_by"] == made["id"]


@pytest.mark.parametrize("hours", [-1, 721, 1.5, "24", True])
def test_an_overlap_is_a_number_of_hours(world: World, hours: Any) -> None:
    answer = operator().ask("POST", one(world, "/rotate"), {"overlap_hours": hours})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "overlap_hours")


def test_a_second_rotation_names_the_successor(world: World) -> None:
    asker = operator()
    made = asker.done("POST", one(world, "/rotate"), {})
    answer = asker.ask("POST", one(world, "/rotate"), {})
    assert error(answer) == (409, "key_already_rotated")
    assert answer.json()["details"] == {"replaced_by": made["id"]}


def test_scopes_hold_from_the_next_request_on(world: World) -> None:
    row = operator().done("PUT", one(world, "/scopes"), {"scopes": ["calls:write"]})
    assert (row["scopes"], status(world.key)) == (["calls:write"], 403)


def test_what_is_revoked_is_neither_rotated_nor_changed(world: World) -> None:
    asker = operator()
    asker.done("DELETE", one(world))
    for answer in (
        asker.ask("POST", one(world, "/rotate"), {}),
        asker.ask("PUT", one(world, "/scopes"), {"scopes": ["calls:read"]}),
    ):
        assert error(answer) == (409, "key_not_usable")


def test_another_tenants_key_is_not_there(world: World) -> None:
    foreign, before = globex_key(world).public_id, AuditEntry.objects.count()
    ada = Operator(client=session_of(world, "ada"))
    for method, more, body in (
        ("DELETE", "", None),
        ("POST", "/rotate", {}),
        ("PUT", "/scopes", {"scopes": ["calls:read"]}),
    ):
        answer = ada.ask(method, of_acme(world, f"/{foreign}{more}"), body)
        assert error(answer) == (404, "not_found")
    assert AuditEntry.objects.count() == before


def test_an_admin_key_is_in_no_tenants_list(world: World) -> None:
    asker = operator()
    admin = ApiKey.objects.get(kind=ApiKey.ADMIN)
    assert error(asker.ask("DELETE", of_acme(world, f"/{admin.public_id}"))) == (404, "not_found")


def test_a_session_acts_under_its_own_name(world: World) -> None:
    Operator(client=session_of(world, "ada")).done("DELETE", one(world))
    assert entry(world.runtime_key, "key.revoked").actor_name == "Ada"


def test_the_spelling_says_sandbox_or_live(world: World) -> None:
    made = operator().done("POST", of_acme(world), {"name": "x"})
    assert made["api_key"].startswith("gl_test_") and keys.parse(made["api_key"])
