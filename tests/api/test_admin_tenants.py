"""Tenants, kill switches, rollout and the platform's do-not-call list through the admin API."""

from typing import Any

import pytest
from django.utils import timezone

from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.tenants import actions as tenants
from tests.agents import steps
from tests.api.operator import Operator, error, operator
from tests.database.rows import again
from tests.security.addresses import session_of
from tests.tenants.units import give, limit_to
from tests.world import CALLEE, NOW, SEED, World


def test_a_page_leads_to_the_next(world: World) -> None:
    asker = operator()
    first = asker.read("tenants?limit=1")
    second = asker.read(f"tenants?limit=1&cursor={first['next_cursor']}")
    names = [row["slug"] for row in first["data"] + second["data"]]
    assert (names, second["next_cursor"]) == (["globex", "acme"], None)


def test_a_tenant_is_shown_with_what_speaks_and_what_stops_it(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="Unpaid")
    told = operator().read(f"tenants/{world.acme.public_id}")
    assert (told["slug"], told["mode"], told["country_groups"]) == ("acme", "sandbox", ["US"])
    assert (told["suspended_reason"], told["pauses"], told["staged"]) == ("Unpaid", [], None)
    assert told["published"]["agent_version_id"] == world.version.public_id


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("tenants?limit=0", "limit"),
        ("tenants?cursor=acme", "cursor"),
        ("tenants?page=2", "page"),
        ("dnc?limit=201", "limit"),
        ("rollout-governance?tenant_id=acme", "tenant_id"),
    ],
)
def test_a_query_is_read_strictly(world: World, path: str, field: str) -> None:
    answer = operator().ask("GET", path)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


@pytest.mark.parametrize("path", ["tenants/tn_x", "tenants/acme", "tenants/tn_" + "0" * 32])
def test_what_is_not_there_is_404(world: World, path: str) -> None:
    assert error(operator().ask("GET", path)) == (404, "not_found")


def test_a_tenant_is_paused_and_goes_on(world: World) -> None:
    asker, path = operator(), f"tenants/{world.acme.public_id}/pauses"
    pause = asker.done("POST", path, {"reason": "Wrong list"})
    assert [row["id"] for row in asker.read(path)["data"]] == [pause["id"]]
    assert (pause["scope"], pause["reason"]) == ("tenant", "Wrong list")
    assert asker.done("DELETE", f"{path}/{pause['id']}")["ended_at"] is not None
    assert asker.read(path)["data"] == []
    assert error(asker.ask("DELETE", f"{path}/{pause['id']}")) == (409, "pause_lifted")


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x", "until": "2020-01-01"}])
def test_a_pause_says_why(world: World, body: dict[str, Any]) -> None:
    path = f"tenants/{world.acme.public_id}/pauses"
    assert operator().ask("POST", path, body).status_code == 400
    assert not Pause.objects.exists()


def test_another_tenants_pause_is_not_there(world: World) -> None:
    pause = operator().done("POST", f"tenants/{world.globex.public_id}/pauses", {"reason": "x"})
    path = f"tenants/{world.acme.public_id}/pauses/{pause['id']}"
    assert error(operator().ask("DELETE", path)) == (404, "not_found")


def test_the_rollout_shows_versions_gates_and_approvals(world: World) -> None:
    steps.add(world)
    steps.staged(world)
    steps.launch(world, world.version, "behaviour")
    (agent,) = operator().read("rollout-governance")["data"]
    assert (agent["agent_key"], agent["tenant_id"]) == (
        "support_primary",
        world.acme.public_id,
    )
    assert agent["approvals"] == {"live": 2, "waiting": 1}
    published = next(one for one in agent["versions"] if one["state"] == "published")
    assert published["missing_gates"] == ["security", "operations", "rollout"]
    gate = published["launch_gates"][1]
    assert (gate["name"], gate["complete"]) == ("behaviour", True)
    assert {one["state"] for one in agent["versions"]} == {"draft", "staged", "published"}


def test_the_rollout_of_one_tenant(world: World) -> None:
    asker = operator()
    assert asker.read(f"rollout-governance?tenant_id={world.globex.public_id}")["data"] == []
    assert len(asker.read(f"rollout-governance?tenant_id={world.acme.public_id}")["data"]) == 1
    gone = asker.ask("GET", "rollout-governance?tenant_id=tn_" + "0" * 32)
    assert error(gone) == (404, "not_found")


def test_the_rollout_comes_in_pages(world: World) -> None:
    again(world.agent, agent_key="idle")
    asker = operator()
    first = asker.read("rollout-governance?limit=1")
    second = asker.read(f"rollout-governance?limit=1&cursor={first['next_cursor']}")
    keys = [row["agent_key"] for row in first["data"] + second["data"]]
    assert (keys, second["next_cursor"]) == (["idle", "support_primary"], None)


def test_who_acts_for_one_unit_is_told_of_no_other(world: World) -> None:
    limit_to(world, "north", "ada")
    give(world, "south", world.agent)
    own = again(world.agent, agent_key="own")
    give(world, "north", own)
    stop: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": timezone.now()}
    limits.pause(agent=world.agent, reason="Theirs", **stop)
    limits.pause(agent=own, reason="Ours", **stop)
    ada, acme = Operator(client=session_of(world, "ada")), f"tenants/{world.acme.public_id}"
    assert [row["agent_key"] for row in ada.read("rollout-governance")["data"]] == ["own"]
    told = ada.read(acme)
    assert (told["published"], told["staged"]) == (None, None)
    for pauses in (told["pauses"], ada.read(f"{acme}/pauses")["data"]):
        assert [row["reason"] for row in pauses] == ["Ours"]
    assert len(operator().read("rollout-governance")["data"]) == 2
    assert len(operator().read(acme)["pauses"]) == 2


def test_a_limit_in_one_tenant_is_none_in_another(world: World) -> None:
    limit_to(world, "north", "ada")
    world.members["ada of globex"] = tenants.add_member(
        tenant=world.globex, actor=SEED, now=NOW, user=world.user("ada"), role="admin"
    )
    again(world.agent, tenant=world.globex, agent_key="theirs")
    give(world, "south", world.agent)
    ada = Operator(client=session_of(world, "ada"))
    assert [row["agent_key"] for row in ada.read("rollout-governance")["data"]] == ["theirs"]


def test_a_number_is_forbidden_to_all_and_allowed_again(world: World) -> None:
    asker = operator()
    entry = asker.done("POST", "dnc", {"number": CALLEE, "reason": "Court order"})
    assert DncEntry.objects.get().tenant is None
    assert asker.read("dnc")["data"][0]["id"] == entry["id"]
    assert asker.done("DELETE", f"dnc/{entry['id']}?reason=Withdrawn")["lifted_at"] is not None
    assert asker.read("dnc")["data"] == []
    assert asker.read(f"dnc/{entry['id']}")["lifted_at"] is not None


def test_a_tenants_entry_is_not_the_installations(world: World) -> None:
    by: dict[str, Any] = {"actor": SEED, "now": NOW, "source": "test"}
    own = dnc.add_number(tenant=world.acme, number=CALLEE, reason="Asked", **by)
    asker = operator()
    assert asker.read("dnc")["data"] == []
    for method in ("GET", "DELETE"):
        assert error(asker.ask(method, f"dnc/{own.public_id}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "dnc", None),
        ("POST", "dnc", {"number": CALLEE, "reason": "x"}),
        ("GET", "dnc/dn_" + "0" * 32, None),
        ("DELETE", "dnc/dn_" + "0" * 32, None),
    ],
)
def test_a_tenants_admin_has_no_part_in_it(world: World, method: str, path: str, body: Any) -> None:
    ada = Operator(client=session_of(world, "ada"))
    assert error(ada.ask(method, path, body)) == (403, "not_permitted")
    assert not DncEntry.objects.exists()
