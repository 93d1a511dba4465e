"""What another tenant has looks, to the byte, like what nobody has; and asking for it leaves no trace.

But for one entry in the log of whoever asked.
"""

import json
import re
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client

from calls.api.urls import urlpatterns
from calls.audit.models import AuditEntry
from calls.consent.models import ConsentRecord
from calls.contacts.models import Contact
from calls.dnc.models import DncEntry
from calls.hooks.models import Delivery, Endpoint
from calls.limits.models import Limit, Pause
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants import roles
from calls.tenants.models import ApiKey, KeyUse
from tests.api.program import EXAMPLE, Program
from tests.security.addresses import Address, addresses, ids_of, pages, session_of
from tests.world import NOW, SEED, World

METHODS = ("GET", "POST")
PAGES = [page for page in pages() if "slug" in page.holes]
WITH_ID = [page for page in PAGES if len(page.holes) > 1]
# The admin API's are in test_admin_api.py.
API = [
    address
    for address in addresses(urlpatterns)
    if address.holes and not address.route.startswith("admin/")
]

# A CSRF token, and every id: of requests, forms and things.
EVENT = "security.foreign_id"
MINTED = re.compile(r"\b[0-9A-Za-z]{64}\b|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nobodys(ids: dict[str, str]) -> dict[str, str]:
    """The same kinds of id, of nothing: the last digits are zeros."""
    return {hole: re.sub(r"[0-9a-f]{32}$", "0" * 32, found) for hole, found in ids.items()}


def faceless(answer: Any) -> tuple[int, dict[str, str], str]:
    """Status, headers and body without what is minted for each request, and without ids."""
    headers = {name: MINTED.sub("", value) for name, value in answer.headers.items()}
    for counted in ("Content-Length", "X-RateLimit-Remaining"):
        headers.pop(counted, None)
    return answer.status_code, headers, MINTED.sub("", answer.content.decode())


def trace() -> dict[str, list[dict[str, Any]]]:
    """Everything a request could have left behind: every row there is, but for who asked when."""
    found = {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("calls").get_models()
        if model not in (AuditEntry, KeyUse)
    }
    for row in found["ApiKey"]:
        del row["last_used_at"], row["last_used_from"]
    return found | {"AuditEntry": list(AuditEntry.objects.exclude(verb=EVENT).values())}


def events() -> dict[UUID | None, int]:
    """How often whose people asked for what is another tenant's."""
    return Counter(AuditEntry.objects.filter(verb=EVENT).values_list("tenant_id", flat=True))


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """Acme's ids, by the hole of an address they fill."""
    return ids_of(world, world.place().call) | {"slug": "globex"}


@pytest.fixture
def charlie(world: World) -> Client:
    """Globex's owner in his browser."""
    return session_of(world, "charlie")


@pytest.fixture
def globex(world: World) -> Program:
    """A program of Globex."""
    given: dict[str, Any] = {"scopes": roles.RUNTIME_SCOPES, "actor": SEED, "now": NOW}
    _, key = tenants.issue_runtime_key(tenant=world.globex, name="Shop", **given)
    return Program(key)


def test_the_trace_would_show_what_a_request_left(world: World, ids: dict[str, str]) -> None:
    """Acme has one of everything that is asked for below, so that a change to any of it is seen."""
    kinds = (Endpoint, Delivery, ApiKey, Pause, Limit, ConsentRecord, Call, DncEntry, Contact)
    before = trace()
    for kind in kinds:
        assert before[kind.__name__], kind.__name__
    Endpoint.objects.update(disabled_at=NOW, disabled_by=Endpoint.PERSON)
    assert {name for name, rows in trace().items() if rows != before[name]} == {"Endpoint"}


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
@pytest.mark.parametrize("method", METHODS)
def test_another_tenants_address(
    world: World, charlie: Client, ids: dict[str, str], address: Address, method: str
) -> None:
    before = trace()
    foreign = charlie.generic(method, address.path(**ids | {"slug": "acme"}))
    missing = charlie.generic(method, address.path(**nobodys(ids) | {"slug": "nowhere"}))
    assert faceless(foreign) == faceless(missing)
    assert (foreign.status_code in (404, 405), trace()) == (True, before)


@pytest.mark.parametrize("address", WITH_ID, ids=lambda address: address.name)
@pytest.mark.parametrize("method", METHODS)
def test_another_tenants_id_under_ones_own_address(
    world: World, charlie: Client, ids: dict[str, str], address: Address, method: str
) -> None:
    before = trace()
    foreign = charlie.generic(method, address.path(**ids))
    missing = charlie.generic(method, address.path(**nobodys(ids)))
    assert faceless(foreign) == faceless(missing)
    assert trace() == before
    assert events() == ({world.globex.pk: 1} if foreign.status_code == 404 else {})


@pytest.mark.parametrize("address", API, ids=lambda address: address.name)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_another_tenants_id_by_key(
    globex: Program, ids: dict[str, str], address: Address, method: str
) -> None:
    before = trace()
    foreign, missing = (
        globex.client.generic(
            method,
            "/api/v1" + address.path(**named),
            json.dumps({"since": NOW.isoformat()}),
            "application/json",
            headers=globex.headers,
        )
        for named in (ids, nobodys(ids))
    )
    assert faceless(foreign) == faceless(missing)
    assert (foreign.status_code in (404, 405), trace()) == (True, before)


@pytest.mark.parametrize("query", ["?again=", "?before=", "?after=", "?search="])
def test_another_tenants_id_in_a_query(charlie: Client, ids: dict[str, str], query: str) -> None:
    for page in ("/t/globex/calls/new", "/t/globex/calls", "/t/globex/calls/news"):
        foreign = charlie.get(page + query + ids["sid"])
        missing = charlie.get(page + query + nobodys(ids)["sid"])
        assert faceless(foreign) == faceless(missing)


def test_another_tenants_route_agent_and_words_in_a_request(world: World, globex: Program) -> None:
    before = trace()
    for field, foreign in EXAMPLE.items():
        if field == "to":
            continue
        missing = {"from": "+15555550000", "agent_key": "nobody", "greeting": "Hello nobody."}
        answers = [globex.place(EXAMPLE | {field: value}) for value in (foreign, missing[field])]
        assert len({answer.status_code for answer in answers}) == 1
    assert trace() == before
