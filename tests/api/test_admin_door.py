"""Who is let into the admin API: an admin key in force, or an admin's session (R4.2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.tenants import actions as tenants
from calls.tenants import keys
from calls.tenants.models import ApiKey, KeyUse, Tenant
from tests.api.operator import Operator, error, operator
from tests.database.rows import change
from tests.security.addresses import session_of
from tests.world import NOW, SEED, World, person

PATH = "tenants"


def admin_key(**fields: Any) -> str:
    row, key = tenants.issue_admin_key(actor=SEED, now=NOW, name="Operator")
    change(row, **fields)
    return key


def session(world: World, name: str) -> Operator:
    return Operator(client=session_of(world, name))


def test_without_any_admin_key_there_is_nothing_here(world: World) -> None:
    for headers in (
        {},
        {"authorization": f"Bearer {world.key}"},
        {"x-admin-key": "nonsense"},
        {"x-admin-key": keys.mint("admin")[0]},
    ):
        assert error(Operator().ask("GET", PATH, **headers)) == (404, "not_found")


def test_not_even_an_address_is_told_from_none(world: World) -> None:
    here, nowhere = Operator().ask("GET", PATH), Operator().ask("GET", "nowhere")
    assert here.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}


def test_a_revoked_admin_key_was_issued_once(world: World) -> None:
    key = admin_key(revoked_at=NOW)
    assert error(Operator(key).ask("GET", PATH)) == (401, "invalid_credential")


@pytest.mark.parametrize(
    "presented",
    ["", "nonsense", "gl_admin_", keys.mint("admin")[0]],
    ids=["empty", "nonsense", "cut off", "unknown"],
)
def test_no_usable_key_is_401(world: World, presented: str) -> None:
    admin_key()
    answer = Operator().ask("GET", PATH, **{"x-admin-key": presented})
    assert error(answer) == (401, "invalid_credential")
    assert "x-admin-key" in answer["WWW-Authenticate"]


def test_nobody_and_the_expired_are_401(world: World) -> None:
    expired = admin_key(expires_at=timezone.now() - timedelta(seconds=1))
    for asker in (Operator(), Operator(expired)):
        assert error(asker.ask("GET", PATH)) == (401, "invalid_credential")


def test_an_admin_key_in_the_wrong_header_is_told_where_it_belongs(world: World) -> None:
    answer = Operator().ask("GET", PATH, authorization=f"Bearer {admin_key()}")
    assert error(answer) == (401, "invalid_credential")
    assert "x-admin-key" in answer.json()["message"]


@pytest.mark.parametrize("header", ["authorization", "x-admin-key"])
def test_a_runtime_key_is_of_the_wrong_class(world: World, header: str) -> None:
    admin_key()
    value = world.key if header == "x-admin-key" else f"Bearer {world.key}"
    answer = Operator().ask("GET", PATH, **{header: value})
    assert error(answer) == (403, "wrong_credential_class")
    assert answer.json()["details"] == {"wanted": "admin"}


def test_two_credentials_are_judged_by_the_wrong_one(world: World) -> None:
    answer = Operator(admin_key()).ask("GET", PATH, authorization=f"Bearer {world.key}")
    assert error(answer) == (403, "wrong_credential_class")


def test_a_key_reaches_every_tenant(world: World) -> None:
    assert {row["slug"] for row in operator().read(PATH)["data"]} == {"acme", "globex"}


def test_its_use_is_remembered(world: World) -> None:
    operator().read(PATH)
    key = ApiKey.objects.get(kind=ApiKey.ADMIN)
    assert (key.last_used_at is not None, key.last_used_from) == (True, "127.0.0.0/24")
    assert KeyUse.objects.get(key=key).endpoint == "GET /api/v1/admin/tenants"


def test_an_admins_session_reaches_their_tenants_without_any_key(world: World) -> None:
    found = session(world, "ada").read(PATH)
    assert [row["slug"] for row in found["data"]] == ["acme"]


def test_another_tenant_is_not_there_to_a_session(world: World) -> None:
    ada = session(world, "ada")
    foreign = ada.ask("GET", f"tenants/{world.globex.public_id}")
    missing = ada.ask("GET", "tenants/tn_" + "0" * 32)
    assert foreign.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    assert error(foreign) == (404, "not_found")


def test_whoever_runs_the_installation_reaches_all(world: World) -> None:
    change(world.user("ada"), is_superuser=True)
    assert len(session(world, "ada").read(PATH)["data"]) == 2


@pytest.mark.parametrize("name", ["alice", "bob", "aurel", "charlie"])
def test_other_roles_are_refused(world: World, name: str) -> None:
    assert error(session(world, name).ask("GET", PATH)) == (403, "not_permitted")


def test_a_live_tenants_admin_needs_a_second_factor(world: World) -> None:
    change(world.acme, mode=Tenant.LIVE)
    assert error(session(world, "ada").ask("GET", PATH)) == (403, "second_factor_needed")


def browser(world: World) -> Client:
    """Ada's browser, of which CSRF tokens are demanded as in earnest."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user("ada"))
    return client


def test_a_session_reads_without_a_token_and_does_not_write(world: World) -> None:
    ada = Operator(client=browser(world))
    assert ada.ask("GET", PATH).status_code == 200
    pause = f"tenants/{world.acme.public_id}/pauses"
    assert error(ada.ask("POST", pause, {"reason": "Stop"})) == (403, "csrf_failed")


def test_with_its_token_it_writes(world: World) -> None:
    client = browser(world)
    client.get("/t/acme/overview")
    token = client.cookies[next(name for name in client.cookies if "csrf" in name)].value
    pause = f"tenants/{world.acme.public_id}/pauses"
    answer = Operator(client=client).ask(
        "POST", pause, {"reason": "Stop"}, **{"x-csrftoken": token}
    )
    assert answer.status_code == 200


def test_a_key_needs_no_token(world: World) -> None:
    asker = operator()
    asker.client = Client(enforce_csrf_checks=True)
    pause = f"tenants/{world.acme.public_id}/pauses"
    assert asker.ask("POST", pause, {"reason": "Stop"}).status_code == 200


def test_a_form_of_another_site_reads_as_nothing(world: World) -> None:
    answer = browser(world).post(
        f"/api/v1/admin/tenants/{world.acme.public_id}/pauses", {"reason": "Stop"}
    )
    assert error(answer) == (403, "csrf_failed")


def test_a_session_of_an_admin_in_two_tenants(world: World) -> None:
    person("gus", world.globex, "admin")
    gus = tenants.add_member(
        tenant=world.acme, user=world.user("charlie"), role="admin", actor=SEED, now=NOW
    )
    found = Operator(client=session_of(world, "charlie")).read(PATH)
    assert ([row["slug"] for row in found["data"]], gus.role) == (["acme"], "admin")


def test_nothing_is_stored_by_caches(world: World) -> None:
    for path in (PATH, "nowhere"):
        assert operator().ask("GET", path)["Cache-Control"] == "no-store"


def test_a_wrong_method_is_told_the_right_ones(world: World) -> None:
    answer = operator().ask("PATCH", PATH)
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
