"""Which credential opens which API address: every route of the URL conf, for every kind (R4.2)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.api.urls import api
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants import keys
from calls.tenants.models import Tenant
from tests.api.program import EXAMPLE
from tests.security.addresses import session_of
from tests.undone import undone
from tests.world import NOW, SEED, World

TABLE = """
                             key  writer  reader  strangers  revoked  expired  missing  admin  x-admin  session
POST   make-call             200     200     403        400      401      401      401    403      403      401
POST   calls/preview         200     200     403        400      401      401      401    403      403      401
GET    call-logs             200     403     200        200      401      401      401    403      403      401
GET    call-logs/stats       200     403     200        200      401      401      401    403      403      401
GET    health/ready          503     503     503        503      503      503      503    503      503      503
GET    calls/{call_sid}      200     403     200        404      401      401      401    403      403      401
DELETE calls/{call_sid}      200     200     403        404      401      401      401    403      403      401
GET    dnc                   200     403     200        200      401      401      401    403      403      401
POST   dnc                   403     403     403        403      401      401      401    403      403      401
GET    dnc/{entry_id}        200     403     200        404      401      401      401    403      403      401
DELETE dnc/{entry_id}        403     403     403        404      401      401      401    403      403      401
GET    consents              200     403     200        200      401      401      401    403      403      401
POST   consents              403     403     403        403      401      401      401    403      403      401
POST   consents/revocations  403     403     403        403      401      401      401    403      403      401
POST   keys/report-leak      200     200     200        200      200      200      200    200      200      200
"""
LISTED = {"number": "+15555550009", "reason": "Asked"}
CREDENTIALS = TABLE.split("\n")[1].split()


def rows() -> dict[str, list[int]]:
    """The table, read: `GET call-logs` → what each credential gets."""
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {f"{line[0]} {line[1]}": [int(cell) for cell in line[2:]] for line in lines}


def issue(tenant: Tenant, *scopes: str, **fields: Any) -> str:
    """A key of the tenant."""
    given: dict[str, Any] = {"scopes": scopes or ("calls:write", "calls:read")}
    return tenants.issue_runtime_key(
        tenant=tenant, actor=SEED, now=NOW, name="Fresh", **given | fields
    )[1]


def revoked(world: World) -> str:
    """A key that was revoked a moment ago."""
    row, key = tenants.issue_runtime_key(tenant=world.acme, actor=SEED, now=NOW, name="Old")
    tenants.revoke_key(key=row, actor=SEED, now=NOW)
    return key


def headers_of(world: World, credential: str) -> dict[str, str]:
    """What is sent along."""
    admin = tenants.issue_admin_key(actor=SEED, now=NOW, name="Operator")[1]
    known = {
        "key": world.key,
        "writer": issue(world.acme, "calls:write"),
        "reader": issue(world.acme, "calls:read"),
        "strangers": issue(world.globex),
        "revoked": revoked(world),
        "expired": issue(world.acme, expires_at=timezone.now() - timedelta(seconds=1)),
        "admin": admin,
    }
    if credential == "x-admin":
        return {"x-admin-key": admin}
    return {"authorization": f"Bearer {known[credential]}"} if credential in known else {}


def status(world: World, row: str, credential: str) -> int:
    """What this credential gets; whatever it did is taken back."""
    method, path = row.split()
    client = session_of(world, "ada") if credential == "session" else Client()
    ids = {"{call_sid}": Call.objects.get().sid, "{entry_id}": DncEntry.objects.get().public_id}
    place = re.sub(r"\{\w+\}", lambda hole: ids[hole[0]], f"/api/v1/{path}")
    other = {"dnc": LISTED, "keys/report-leak": {"key": keys.mint("test")[0]}}
    sent = other.get(path, EXAMPLE | {"to": "+15555557001"})
    body = json.dumps(sent) if method == "POST" else ""
    with undone():
        headers = headers_of(world, credential)
        return client.generic(method, place, body, "application/json", headers=headers).status_code


def test_every_route_has_its_row() -> None:
    schema = api.get_openapi_schema(path_prefix="")
    named = {
        f"{method.upper()} {path.removeprefix('/')}"
        for path, operations in schema["paths"].items()
        for method in operations
    }
    assert named == set(rows())


@pytest.mark.parametrize("row", rows())
def test_who_may(world: World, row: str) -> None:
    world.place()
    dnc.add_number(tenant=world.acme, source="test", actor=SEED, now=NOW, **LISTED)
    found = {name: status(world, row, name) for name in CREDENTIALS}
    assert found == dict(zip(CREDENTIALS, rows()[row], strict=True))
