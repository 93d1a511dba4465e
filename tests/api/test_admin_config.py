"""The runtime configuration stages a version of the default agent; nothing that speaks changes by it."""

from typing import Any

import pytest

from calls.agents.models import AgentVersion
from calls.audit.models import AuditEntry
from calls.hooks.models import Endpoint
from tests.api.operator import Operator, error, operator
from tests.database.rows import change
from tests.hooks.steps import URL
from tests.security.addresses import session_of
from tests.tenants.units import give, limit_to
from tests.world import NOW, World


def path(world: World) -> str:
    return f"tenants/{world.acme.public_id}/runtime-config"


def put(world: World, **body: Any) -> Any:
    return operator().done("PUT", path(world), body)


def newest(world: World) -> AgentVersion:
    found = world.agent.versions.order_by("-number").first()
    assert found is not None
    return found


def test_it_is_staged_beside_what_speaks(world: World) -> None:
    told = put(world, voice="alloy", system_prompt_key="support-2")
    version = newest(world)
    assert version.config == {"language": "en-US", "voice": "alloy", "prompt_key": "support-2"}
    assert (version.state, version.canary_share) == ("staged", 0)
    assert (told["live"], told["config"]["agent_version_id"]) == (False, version.public_id)
    assert AgentVersion.objects.get(state="published") == world.version


def test_what_was_asked_for_is_answered(world: World) -> None:
    config = put(world, model="m-2", voice="alloy")["config"]
    assert (config["model"], config["voice"], config["system_prompt_key"]) == ("m-2", "alloy", None)
    assert (config["agent_key"], config["number"], config["state"]) == (
        "support_primary",
        2,
        "staged",
    )


def test_the_same_again_is_the_same_version(world: World) -> None:
    first, second = put(world, voice="alloy"), put(world, voice="alloy")
    assert first["config"] == second["config"]
    assert world.agent.versions.count() == 2


def test_what_speaks_already_is_said_to(world: World) -> None:
    change(world.version, config={"voice": "alloy"})
    told = put(world, voice="alloy")
    assert (told["live"], told["config"]["agent_version_id"]) == (True, world.version.public_id)
    assert world.agent.versions.count() == 1


def test_the_change_starts_from_what_speaks(world: World) -> None:
    """Not from another change that waits: each is launched for itself."""
    put(world, voice="alloy")
    put(world, model="m-2")
    assert newest(world).config == {"language": "en-US", "model": "m-2"}


def test_it_is_on_record_under_the_key(world: World) -> None:
    put(world, voice="alloy")
    told = AuditEntry.objects.filter(target_id=newest(world).public_id).order_by("id")
    assert [one.verb for one in told] == ["version.added", "version.staged"]
    assert {one.actor_kind for one in told} == {"key"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"voice": ""}, "voice"),
        ({"voice": None}, "voice"),
        ({"voice": 7}, "voice"),
        ({"temperature": "1"}, "temperature"),
        ({"model": "x" * 301}, "model"),
    ],
)
def test_what_is_no_configuration_is_400(world: World, body: dict[str, Any], field: str) -> None:
    answer = operator().ask("PUT", path(world), body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert world.agent.versions.count() == 1


def test_events_are_sent_there_from_now_on(world: World) -> None:
    told = put(world, webhook_url=URL)
    endpoint = Endpoint.objects.get()
    assert (endpoint.tenant, endpoint.url) == (world.acme, URL)
    assert endpoint.created_by.startswith("Operator (")
    assert told["webhook_secret"].startswith("whsec_")
    assert (told["webhook_url"], told["live"]) == (URL, True)
    assert world.agent.versions.count() == 1


def test_the_same_address_again_is_the_same_endpoint(world: World) -> None:
    put(world, webhook_url=URL)
    told = put(world, webhook_url=URL, voice="alloy")
    assert (told["webhook_secret"], told["live"]) == (None, False)
    assert Endpoint.objects.count() == 1


def test_what_is_refused_leaves_no_endpoint_behind(world: World) -> None:
    """Its secret would have been in the answer that was not given."""
    limit_to(world, "north", "ada")
    give(world, "south", world.agent)
    ada = Operator(client=session_of(world, "ada"))
    answer = ada.ask("PUT", path(world), {"webhook_url": URL, "voice": "alloy"})
    assert error(answer) == (403, "not_permitted")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "state", [{"disabled_at": NOW, "disabled_by": "person"}, {"events": ["voice.call.completed"]}]
)
def test_an_endpoint_there_that_is_told_less_is_no_success(
    world: World, state: dict[str, Any]
) -> None:
    put(world, webhook_url=URL)
    standing = Endpoint.objects.get()
    change(standing, **state)
    answer = operator().ask("PUT", path(world), {"webhook_url": URL, "voice": "alloy"})
    assert error(answer) == (409, "endpoint_exists")
    assert answer.json()["details"] == {"endpoint_id": standing.public_id}
    assert world.agent.versions.count() == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "ftp://x.example/", "nowhere"])
def test_an_address_nothing_may_be_sent_to(world: World, address: str) -> None:
    answer = operator().ask("PUT", path(world), {"webhook_url": address, "voice": "alloy"})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "webhook_url")
    assert not Endpoint.objects.exists()
    assert world.agent.versions.count() == 1


def test_a_tenant_without_an_agent_can_listen(world: World) -> None:
    change(world.route, default_agent=None)
    assert put(world, webhook_url=URL)["config"] is None


def test_without_a_default_agent_there_is_nothing_to_configure(world: World) -> None:
    change(world.route, default_agent=None)
    answer = operator().ask("PUT", path(world), {"voice": "alloy"})
    assert error(answer) == (409, "no_default_agent")


def test_an_admin_of_the_tenant_may_too(world: World) -> None:
    Operator(client=session_of(world, "ada")).done("PUT", path(world), {"voice": "alloy"})
    assert newest(world).created_by_name == "Ada"


def test_the_page_of_the_tenant_shows_both(world: World) -> None:
    put(world, voice="alloy")
    told = operator().read(f"tenants/{world.acme.public_id}")
    assert (told["published"]["number"], told["staged"]["number"]) == (1, 2)
