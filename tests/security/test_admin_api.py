"""Which credential opens which address of the admin API: every route of the URL conf, for every kind (R4.2).

The rest of the addresses: credentials.py.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.api.admin.mounted import admin_api
from calls.audit.models import AuditEntry
from calls.dnc import actions as dnc
from calls.limits import actions as limits
from calls.tenants import actions as tenants
from calls.tenants.models import ApiKey
from tests.database.rows import again, change
from tests.security.addresses import session_of
from tests.undone import undone
from tests.world import CALLEE, NOW, SEED, World, person

# `ada` administers Acme, `gus` Globex, `pat` runs the installation; all of them in a browser.
TABLE = """
                                                  admin  pat  ada  gus  bob  nobody  runtime  revoked  expired  bearer
GET    tenants                                      200  200  200  200  403     401      403      401      401     401
GET    tenants/{tenant_id}                          200  200  200  404  403     401      403      401      401     401
PUT    tenants/{tenant_id}/runtime-config           200  200  200  404  403     401      403      401      401     401
GET    tenants/{tenant_id}/pauses                   200  200  200  404  403     401      403      401      401     401
POST   tenants/{tenant_id}/pauses                   200  200  200  404  403     401      403      401      401     401
DELETE tenants/{tenant_id}/pauses/{pause_id}        200  200  200  404  403     401      403      401      401     401
GET    tenants/{tenant_id}/api-keys                 200  200  200  404  403     401      403      401      401     401
POST   tenants/{tenant_id}/api-keys                 200  200  200  404  403     401      403      401      401     401
DELETE tenants/{tenant_id}/api-keys/{key_id}        200  200  200  404  403     401      403      401      401     401
POST   tenants/{tenant_id}/api-keys/{key_id}/rotate 200  200  200  404  403     401      403      401      401     401
PUT    tenants/{tenant_id}/api-keys/{key_id}/scopes 200  200  200  404  403     401      403      401      401     401
GET    rollout-governance                           200  200  200  200  403     401      403      401      401     401
GET    dnc                                          200  200  403  403  403     401      403      401      401     401
POST   dnc                                          200  200  403  403  403     401      403      401      401     401
GET    dnc/{entry_id}                               200  200  403  403  403     401      403      401      401     401
DELETE dnc/{entry_id}                               200  200  403  403  403     401      403      401      401     401
"""
CREDENTIALS = TABLE.split("\n")[1].split()
BODIES: dict[str, Any] = {
    "PUT tenants/{tenant_id}/runtime-config": {"voice": "alloy"},
    "POST tenants/{tenant_id}/pauses": {"reason": "Stop"},
    "POST tenants/{tenant_id}/api-keys": {"name": "Shop"},
    "POST tenants/{tenant_id}/api-keys/{key_id}/rotate": {},
    "PUT tenants/{tenant_id}/api-keys/{key_id}/scopes": {"scopes": ["calls:read"]},
    "POST dnc": {"number": CALLEE, "reason": "Court order"},
}


def rows() -> dict[str, list[int]]:
    """The table, read: `GET tenants` → what each credential gets."""
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {f"{line[0]} {line[1]}": [int(cell) for cell in line[2:]] for line in lines}


def admin_key(**fields: Any) -> str:
    """An admin key, some of it changed by hand."""
    row, key = tenants.issue_admin_key(actor=SEED, now=NOW, name="Operator")
    change(row, **fields) if fields else None
    return key


def headers_of(world: World, credential: str) -> dict[str, str]:
    """What a program sends along."""
    late = {"expires_at": timezone.now() - timedelta(seconds=1)}
    shown = {"revoked": {"revoked_at": NOW}, "expired": late, "admin": {}}
    if credential in shown:
        return {"x-admin-key": admin_key(**shown[credential])}
    bearer = {"runtime": world.key, "bearer": admin_key()}
    return {"authorization": f"Bearer {bearer[credential]}"} if credential in bearer else {}


def client_of(world: World, credential: str) -> Client:
    """A browser with somebody's session, or a program."""
    return session_of(world, credential if credential in world.members else "anonymous")


@pytest.fixture
def house(world: World) -> dict[str, str]:
    """Gus and Pat beside the others, an admin key, and ids of Acme's by the hole they fill."""
    world.members["gus"] = person("gus", world.globex, "admin")
    world.members["pat"] = person("pat", world.globex, "support")
    change(world.user("pat"), is_superuser=True, is_staff=True)
    admin_key()
    idle = again(world.agent, agent_key="idle")
    by: dict[str, Any] = {"actor": SEED, "now": NOW}
    entry = dnc.add_number(tenant=None, number="+12125550100", reason="", source="", **by)
    pause = limits.pause(tenant=world.acme, agent=idle, reason="x", **by)
    return {
        "{tenant_id}": world.acme.public_id,
        "{key_id}": world.runtime_key.public_id,
        "{entry_id}": entry.public_id,
        "{pause_id}": pause.public_id,
    }


def send(
    client: Client, row: str, ids: dict[str, str], headers: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    method, path = row.split()
    place = re.sub(r"\{\w+\}", lambda hole: ids[hole[0]], f"/api/v1/admin/{path}")
    body = json.dumps(BODIES[row]) if row in BODIES else ""
    answer = client.generic(method, place, body, "application/json", headers=headers)
    return answer.status_code, answer.json()


def status(world: World, row: str, credential: str, ids: dict[str, str]) -> int:
    """What this credential gets; whatever it did is taken back."""
    with undone():
        headers = headers_of(world, credential)
        return send(client_of(world, credential), row, ids, headers)[0]


def test_every_route_has_its_row() -> None:
    schema = admin_api.get_openapi_schema(path_prefix="")
    named = {
        f"{method.upper()} {path.removeprefix('/')}"
        for path, operations in schema["paths"].items()
        for method in operations
    }
    assert named == set(rows())


@pytest.mark.parametrize("row", rows())
def test_who_may(world: World, house: dict[str, str], row: str) -> None:
    found = {name: status(world, row, name, house) for name in CREDENTIALS}
    assert found == dict(zip(CREDENTIALS, rows()[row], strict=True))


@pytest.mark.parametrize("row", rows())
@pytest.mark.parametrize("credential", ["nobody", "runtime", "bearer", "nonsense"])
def test_without_an_admin_key_nothing_is_there(world: World, row: str, credential: str) -> None:
    nothing = {"{tenant_id}": world.acme.public_id} | dict.fromkeys(
        ("{key_id}", "{entry_id}", "{pause_id}"), world.runtime_key.public_id
    )
    shown = {"runtime": world.key, "bearer": "gl_admin_x"}
    headers = {"authorization": f"Bearer {shown[credential]}"} if credential in shown else {}
    headers |= {"x-admin-key": "x"} if credential == "nonsense" else {}
    told, body = send(Client(), row, nothing, headers)
    assert (told, body["error"]) == (404, "not_found")


@pytest.mark.parametrize("row", [row for row in rows() if "{tenant_id}" in row])
def test_another_tenant_looks_like_none_and_nothing_is_left(
    world: World, house: dict[str, str], row: str
) -> None:
    before = AuditEntry.objects.count(), list(ApiKey.objects.order_by("pk").values())
    gus = session_of(world, "gus")
    foreign = send(gus, row, house, {})
    missing = send(gus, row, house | {"{tenant_id}": "tn_" + "0" * 32}, {})
    told = [(code, body | {"request_id": ""}) for code, body in (foreign, missing)]
    assert told[0] == told[1] and foreign[0] == 404
    assert (AuditEntry.objects.count(), list(ApiKey.objects.order_by("pk").values())) == before
