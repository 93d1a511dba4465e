"""An id of another tenant's is kept in the asker's log by its kind; an id of nobody's, or one's own, is not."""

from typing import Any

import pytest
from django.apps import apps

from calls.audit.models import AuditEntry
from calls.lib import ids
from calls.lib.errors import NotFound
from calls.tenants import actions, foreign
from tests.consent.agreed import agreed
from tests.dnc.registries import acmes
from tests.world import NOW, World


def things(world: World) -> dict[str, str]:
    """Ids of Acme's, by what they are."""
    call = world.place().call
    return {
        "call": call.sid,
        "receipt": call.receipts.get().public_id,
        "greeting": world.order_news.public_id,
        "greeting revision": world.order_news.revisions.get().public_id,
        "review": world.order_news.reviews.get().public_id,
        "agent": world.agent.public_id,
        "agent version": world.version.public_id,
        "phone route": world.route.public_id,
        "carrier account": world.account.public_id,
        "member": world.members["bob"].public_id,
        "api key": world.runtime_key.public_id,
        "consent record": agreed(world).public_id,
        "dnc source": acmes(world).public_id,
    }


def ask(world: World, named: str, by: str = "charlie") -> str:
    """Somebody was refused an id in Globex."""
    return actions.note_foreign_id(
        named=named, tenant=world.globex, actor=getattr(world, by), now=NOW
    )


def test_every_kind_is_known_by_its_id(world: World) -> None:
    found = things(world)
    assert {kind: foreign.kind_of(named, world.globex) for kind, named in found.items()} == {
        kind: kind for kind in found
    }
    assert {foreign.kind_of(named, world.acme) for named in found.values()} == {""}


def test_the_entry_tells_the_kind_and_nothing_of_the_other_tenant(world: World) -> None:
    assert ask(world, world.order_news.public_id) == "greeting"
    entry = AuditEntry.objects.get(verb="security.foreign_id")
    assert (entry.tenant_id, entry.actor_name) == (world.globex.pk, "Charlie")
    assert (entry.target_id, entry.target_label) == (world.globex.public_id, "Globex")
    assert entry.after == {"kind": "greeting", "id": world.order_news.public_id}
    assert "Acme" not in str(entry.__dict__)


@pytest.mark.parametrize("named", ["", "gr_", "support_primary", "+15555551234", "gr_" + "0" * 32])
def test_nobodys_is_not_kept(world: World, named: str) -> None:
    assert ask(world, named) == ""
    assert not AuditEntry.objects.filter(verb="security.foreign_id").exists()


def test_nobody_writes_into_another_tenants_log(world: World) -> None:
    with pytest.raises(NotFound):
        ask(world, world.order_news.public_id, by="alice")


def test_an_id_is_of_one_kind_only() -> None:
    models: list[Any] = [
        m for m in apps.get_app_config("calls").get_models() if hasattr(m, "PREFIX")
    ]
    named = [model.PREFIX for model in models if model.PREFIX]
    assert len(named) == len(set(named))


def test_it_looks_once_and_only_where_the_id_belongs(
    world: World, django_assert_num_queries: Any
) -> None:
    foreign.kind_of("gr_x", world.globex)
    with django_assert_num_queries(1):
        foreign.kind_of(ids.public("av_", ids.new_id()), world.globex)
    with django_assert_num_queries(0):
        foreign.kind_of("no id at all", world.globex)
