"""F35: whatever of another tenant's a request names, it is answered as if nobody had it, in the same time.

What is named by an id of Acme's is kept in Globex's own log, and nowhere else.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest
from django.apps import apps

from calls.agents import actions as agents
from calls.api.asks import CallAsk, LogQuery
from calls.api.urls import urlpatterns
from calls.audit.models import AuditEntry
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from calls.tenants import roles
from calls.tenants.models import ApiKey, KeyUse, Tenant
from tests.api.program import Program
from tests.console.signed_in import filled
from tests.security.addresses import Address, addresses, ids_of, session_of
from tests.security.test_across_tenants import faceless, nobodys
from tests.world import NOW, SEED, World, account_of, person

CALLEE = "+15555550042"
OWN_LINE = "+15555559999"
GREETING = "Hello, this is Globex."
NOUGHT = "0" * 32
EVENT = "security.foreign_id"

# Fields of a request that name rows: what Acme has there, and what nobody has.
BODY = {
    "from": ("+15555551234", "+15555550000"),
    "agent_key": ("support_primary", "nobody_primary"),
    "agent_version_id": ("{version}", f"av_{NOUGHT}"),
    "org_id": ("north", "nowhere"),
    "greeting_id": ("{greeting}", f"gr_{NOUGHT}"),
}
QUERY = {
    "agent_key": BODY["agent_key"],
    "route": BODY["from"],
    "org_id": BODY["org_id"],
    "call_sid": ("{call}", f"CA{NOUGHT}"),
    "cursor": ("{call}", f"CA{NOUGHT}"),
    "reference": ("order 77", "order 0"),
}
# The others are what they say: they name nothing of anybody's.
PLAIN = {"to", "greeting", "variables", "scheduled_at", "time_zone", "when", "expires_at"} | {
    "reference",
    "metadata",
    "allow_duplicate",
}
PLAIN_IN_QUERY = {"limit", "offset", "status", "direction", "from", "to"}
HOLES = [address for address in addresses(urlpatterns) if address.holes]
# What only admin keys open tells a program's key so, whatever is named.
HOUSE = [
    address
    for address in HOLES
    if address.path(**dict.fromkeys(address.holes, "x")).startswith("/admin")
]
API = [address for address in HOLES if address not in HOUSE]


# What the one of these wants that asks for more than a name.
SINCE = json.dumps({"since": NOW.isoformat()})


@dataclass
class Across:
    """Acme with a call, and Globex with everything it needs to place calls of its own."""

    world: World
    stranger: Program
    call: Call
    own: dict[str, str]  # what Globex fills into its form

    def spelled(self, text: str) -> str:
        """A value of BODY or QUERY with Acme's ids in it."""
        return text.format(
            version=self.world.version.public_id,
            greeting=self.world.appointment.public_id,
            call=self.call.sid,
        )

    def pair(self, of: tuple[str, str]) -> tuple[str, str]:
        """Acme's, and nobody's."""
        foreign, missing = of
        return self.spelled(foreign), missing


@pytest.fixture
def across(world: World) -> Across:
    by: dict[str, Any] = {"tenant": world.globex, "actor": SEED, "now": NOW}
    tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    agent = agents.create_agent(**by, agent_key="globex_primary", name="Globex")
    version = agents.add_version(agent=agent, actor=SEED, now=NOW, config={"language": "en-US"})
    agents.publish_version(version=version, actor=SEED, now=NOW)
    world.members["gina"] = person("gina", world.globex, "support")
    greeting = world.approve(world.draft(GREETING, by="gina"), by="charlie")
    agents.set_default_greeting(agent=agent, greeting_id=greeting.pk, actor=SEED, now=NOW)
    line: dict[str, Any] = {"number": OWN_LINE, "default_agent": agent, "is_default": True}
    route = routes.add_route(**by, account=account_of(world.globex), **line)
    _, key = tenants.issue_runtime_key(**by, name="Shop", scopes=roles.RUNTIME_SCOPES)
    own = {
        "route": route.public_id,
        "agent": agent.agent_key,
        "greeting": greeting.public_id,
    }
    return Across(world, Program(key), world.place(reference="order 77").call, own)


def everything() -> dict[str, Any]:
    """How many rows each table has, but for what a key was used for; and how Acme's calls stand.

    The asker's own security events are told by `remembered`.
    """
    known = {ApiKey, KeyUse, AuditEntry}
    tables = [model for model in apps.get_app_config("calls").get_models() if model not in known]
    counts = {model.__name__: model._default_manager.count() for model in tables}
    acts = AuditEntry.objects.exclude(verb=EVENT).count()
    return counts | {"acts": acts, "stand": list(Call.objects.order_by("id").values())}


def remembered(tenant: Tenant) -> list[str]:
    """The kinds of what somebody of this tenant asked for that was another's."""
    entries = AuditEntry.objects.filter(verb=EVENT, tenant_id=tenant.pk)
    return [entry.after["kind"] for entry in entries.order_by("id")]


def asked(across: Across, path: str, **fields: str) -> Any:
    """A request of Globex's program."""
    return across.stranger.send(path, json.dumps({"to": CALLEE} | fields))


@pytest.mark.parametrize("path", ["make-call", "calls/preview"])
@pytest.mark.parametrize("field", BODY)
def test_named_in_a_body(across: Across, path: str, field: str) -> None:
    before = everything()
    foreign, missing = (asked(across, path, **{field: v}) for v in across.pair(BODY[field]))
    assert (foreign.status_code, foreign.json()["details"]["field"]) == (400, field)
    assert faceless(foreign) == faceless(missing)
    assert everything() == before
    kind = {"agent_version_id": "agent version", "greeting_id": "greeting"}.get(field)
    assert remembered(across.world.globex) == ([kind] if kind else [])
    assert remembered(across.world.acme) == []


@pytest.mark.parametrize("name", QUERY)
def test_named_in_a_query(across: Across, name: str) -> None:
    before, read = everything(), across.stranger.read
    foreign, missing = (read("call-logs", **{name: v}) for v in across.pair(QUERY[name]))
    assert (foreign.status_code, foreign.json()["data"]) == (200, [])
    assert faceless(foreign) == faceless(missing)
    assert everything() == before


@pytest.mark.parametrize("address", API, ids=lambda address: address.name)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_named_in_an_address(across: Across, address: Address, method: str) -> None:
    ids = ids_of(across.world, across.call)
    before, headers = everything(), across.stranger.headers
    ask = across.stranger.client.generic
    foreign, missing = (
        ask(method, "/api/v1" + address.path(**named), SINCE, "application/json", headers=headers)
        for named in (ids, nobodys(ids))
    )
    assert faceless(foreign) == faceless(missing)
    assert foreign.status_code in (404, 405)
    assert everything() == before
    assert len(remembered(across.world.globex)) == (foreign.status_code == 404)
    assert remembered(across.world.acme) == []


@pytest.mark.parametrize("address", HOUSE, ids=lambda address: address.name)
def test_the_admin_surface_says_nothing_to_a_programs_key(across: Across, address: Address) -> None:
    ids = ids_of(across.world, across.call)
    tenants.issue_admin_key(actor=SEED, now=NOW, name="House")
    before, read = everything(), across.stranger.client.get
    foreign, missing = (
        read("/api/v1" + address.path(**named), headers=across.stranger.headers)
        for named in (ids, nobodys(ids))
    )
    assert faceless(foreign) == faceless(missing)
    assert foreign.status_code in (403, 405)
    assert everything() == before


FORM = "/t/globex/calls/new"


@pytest.mark.parametrize("field", ["route", "agent", "greeting"])
def test_named_in_the_form(across: Across, field: str) -> None:
    world, charlie = across.world, session_of(across.world, "charlie")
    foreign, missing = {
        "route": (world.route.public_id, f"rt_{NOUGHT}"),
        "agent": ("support_primary", "nobody_primary"),
        "greeting": (world.appointment.public_id, f"gr_{NOUGHT}"),
    }[field]
    before, form = everything(), filled(world, to=CALLEE) | across.own
    answers = [charlie.post(FORM, form | {field: value}) for value in (foreign, missing)]
    assert answers[0].status_code == 422
    assert faceless(answers[0])[2].replace(foreign, missing) == faceless(answers[1])[2]
    assert everything() == before
    assert charlie.post(FORM, form).status_code == 302  # with its own, it is taken


def test_its_own_things_are_taken(across: Across) -> None:
    """So that what is refused above is refused for whose it is."""
    own = {"from": OWN_LINE, "agent_key": "globex_primary", "greeting": GREETING}
    answer = asked(across, "make-call", **own)
    assert (answer.status_code, Call.objects.latest("id").tenant) == (200, across.world.globex)


def test_every_field_that_can_be_sent_has_its_case() -> None:
    body = {field.alias or name for name, field in CallAsk.model_fields.items()}
    query = {field.alias or name for name, field in LogQuery.model_fields.items()}
    assert body == set(BODY) | PLAIN
    assert query == set(QUERY) | PLAIN_IN_QUERY


def seconds(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


@pytest.mark.parametrize("field", [*BODY, "call_sid"])
def test_both_take_the_same_time(across: Across, field: str) -> None:
    """Medians of 50, taken in turn; a whole query more or less would show."""
    if field == "call_sid":
        pair = across.pair(QUERY[field])
        asks = [lambda sid=sid: across.stranger.read(f"calls/{sid}") for sid in pair]
    else:
        pair = across.pair(BODY[field])
        asks = [lambda v=v: asked(across, "calls/preview", **{field: v}) for v in pair]
    taken = [[seconds(ask) for ask in asks] for _ in range(50)]
    foreign, missing = (median(times) for times in zip(*taken, strict=True))
    assert abs(foreign - missing) < max(0.5 * missing, 0.003)
