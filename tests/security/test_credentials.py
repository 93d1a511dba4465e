"""Every route × every credential: one table (credentials.py), and a case for each route of the URL conf."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from calls.audit.models import AuditEntry
from calls.limits.models import Pause
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants.models import User
from tests.api.program import Program
from tests.console.administrators import platform
from tests.security import test_pages
from tests.security.addresses import Address, ids_of, pages, session_of
from tests.security.credentials import (
    BODIES,
    PEOPLE,
    api_routes,
    api_rows,
    expected,
    headers_of,
    issue,
    outcomes,
    places,
)
from tests.security.test_across_tenants import events, faceless, nobodys, trace
from tests.undone import undone
from tests.world import HOOK_TOKEN, NOW, SEED, World, person

API = api_routes()
NAMING = [row for row, address in API.items() if address.holes]
PLACES = places()
GROUPS: dict[str, list[str]] = {}
for name, address in PLACES.items():
    GROUPS.setdefault("/".join(address.route.split("/")[:-2][:3]), []).append(name)
SIGNED_IN = ("bob", "alice", "ada", "aurel", "charlie", "gus")


@pytest.fixture
def people(world: World, caplog: pytest.LogCaptureFixture) -> World:
    """The world, with an admin of the other tenant and whoever runs the installation."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    world.members["gus"] = person("gus", world.globex, "admin")
    platform("pat@greenlight.example")
    return world


def browser(world: World, name: str) -> Client:
    """A browser in which this person is signed in."""
    client = session_of(world, "anonymous" if name == "pat" else name)
    if name == "pat":
        client.force_login(User.objects.get(email="pat@greenlight.example"))
    return client


def ask(client: Client, row: str, ids: dict[str, str], headers: dict[str, str]) -> Any:
    """The row's request, with its body; whatever it does is taken back."""
    method, route = row.split(" ", 1)
    body = json.dumps(BODIES.get(route, {})) if method in ("POST", "PUT", "PATCH") else ""
    path = API[row].path(**ids)
    with undone():
        return client.generic(method, path, body, "application/json", headers=headers)


def test_every_route_for_programs_has_its_line() -> None:
    assert set(API) == set(api_rows())


def test_every_other_place_has_its_line() -> None:
    assert {f"{method} {name}" for name in PLACES for method in ("GET", "POST")} == set(outcomes())


def test_every_page_has_its_lines() -> None:
    named = {f"{method} {page.name}" for page in pages() for method in ("GET", "POST")}
    assert named == set(test_pages.rows())


@pytest.mark.parametrize("row", API)
def test_which_credential_opens_what(people: World, row: str) -> None:
    ids, wanted = ids_of(people, people.place().call), expected(row)
    found = {
        name: ask(Client(raise_request_exception=False), row, ids, headers).status_code
        for name, headers in headers_of(people, api_rows()[row][1]).items()
    }
    sessions = {ask(browser(people, who), row, ids, {}).status_code for who in SIGNED_IN}
    assert (found, sessions) == (wanted, {wanted.pop("session")})


@pytest.mark.parametrize("row", NAMING)
def test_another_tenants_thing_is_nobodys_thing(people: World, row: str) -> None:
    """404 with the same body, one entry in the asker's log and nothing in the owner's (R4.5, F35)."""
    ids = ids_of(people, people.place().call)
    stranger = {"authorization": f"Bearer {issue(people.globex)[1]}"}
    before, method = trace(), row.split()[0]
    body = json.dumps(BODIES.get(API[row].route, {})) if method != "GET" else ""
    asked = [
        Client().generic(method, API[row].path(**named), body, "application/json", headers=stranger)
        for named in (ids, nobodys(ids))
    ]
    assert faceless(asked[0]) == faceless(asked[1])
    assert (asked[0].status_code, trace()) == (404, before)
    assert events() == {people.globex.pk: 1}


def test_a_refusal_of_a_credential_tells_nothing_more(people: World) -> None:
    """Revoked, expired, unknown and mistyped keys are answered alike."""
    headers, ids = headers_of(people), ids_of(people, people.place().call)
    refused = ("revoked", "expired", "malformed", "missing")
    answers = [ask(Client(), "GET api/v1/call-logs", ids, headers[name]) for name in refused]
    assert len({str(faceless(answer)) for answer in answers}) == 1


def test_a_key_revoked_while_it_is_used(people: World) -> None:
    row, key = issue(people.acme)
    program = Program(key)
    assert program.read("call-logs").status_code == 200
    tenants.revoke_key(key=row, actor=SEED, now=NOW)
    assert program.read("call-logs").status_code == 401
    assert program.place().status_code == 401
    assert Call.objects.count() == 0


def place_ids(world: World, address: Address) -> dict[str, str]:
    """What fills the address of a place: Acme's own row of that kind in the Django admin."""
    ids, kind = ids_of(world, Call.objects.get()), address.route.split("/")[2:3]
    rows: dict[str, Any] = {
        "carrieraccount": world.account,
        "apikey": world.runtime_key,
        "user": world.user("bob"),
        "member": world.members["bob"],
        "phoneroute": world.route,
        "tenant": world.acme,
        "pause": Pause.objects.get(),
        "auditentry": AuditEntry.objects.filter(tenant_id=world.acme.pk).first(),
    }
    row = rows.get("".join(kind))
    holes = {"app_label": "calls", "object_id": str(row.pk) if row else "1", "token": HOOK_TOKEN}
    return ids | holes


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_enter(people: World, group: str) -> None:
    people.place()
    for name in GROUPS[group]:
        path = PLACES[name].path(**place_ids(people, PLACES[name]))
        for method in ("GET", "POST"):
            found = []
            for who in PEOPLE:
                with undone():
                    found.append(browser(people, who).generic(method, path).status_code)
            assert found == outcomes()[f"{method} {name}"], (method, name)


@pytest.mark.parametrize("family", ["accounts", "admin", "health", "hooks", "t"])
def test_no_key_opens_what_is_not_for_programs(people: World, family: str) -> None:
    """A key in any header gets what nobody gets."""
    people.place()
    everything = [*PLACES.values(), *pages()]
    found = [address for address in everything if address.route.split("/")[0] == family]
    assert found
    given = headers_of(people)
    for address in found:
        path = address.path(**place_ids(people, address))
        nobody = Client(raise_request_exception=False).get(path).status_code
        for name in ("key", "admin", "x-admin"):
            answer = Client(raise_request_exception=False).get(path, headers=given[name])
            assert answer.status_code == nobody, (address, name)


def test_another_tenants_admin_is_a_stranger(people: World) -> None:
    people.place()
    ids, stranger = ids_of(people, Call.objects.get()), test_pages.PEOPLE.index("charlie")
    for row, cells in test_pages.rows().items():
        method, name = row.split()
        path = test_pages.PAGES[name].path(**ids)
        with undone():
            found = browser(people, "gus").generic(method, path).status_code
        assert found == cells[stranger], row
