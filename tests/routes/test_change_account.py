"""Opening an account and changing its limits: who may, where it may be, and when it holds."""

from decimal import Decimal
from typing import Any

import pytest

from calls.dispatch.actions import claim
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.routes import actions
from calls.routes.models import CarrierAccount
from tests.audit.entries import told
from tests.tenants.units import limit_to
from tests.world import NOW, SEED, World


def change(world: World, who: str = "ada", **changes: Any) -> CarrierAccount:
    return actions.change_account(
        account=world.account, actor=getattr(world, who), now=NOW, **changes
    )


def test_what_is_changed_is_on_record(world: World) -> None:
    change(world, cps=2.5, price_per_minute=Decimal("0.0085"))
    kept = CarrierAccount.objects.get(pk=world.account.pk)
    assert (kept.cps, kept.price_per_minute, kept.concurrency) == (2.5, Decimal("0.0085"), 30)
    before = {"cps": "5.0", "price_per_minute": "0"}
    after = {"cps": "2.5", "price_per_minute": "0.0085"}
    assert told(kept, "account.changed") == ("Ada", before, after)


def test_fewer_lines_hold_from_the_next_call_on(world: World) -> None:
    first, second = (world.place(to=f"+1555555700{n}").call for n in (1, 2))
    change(world, concurrency=1)
    assert claim(call_id=first.pk, now=NOW)
    assert claim(call_id=second.pk, now=NOW) is None
    change(world, concurrency=2)
    assert claim(call_id=second.pk, now=NOW)


@pytest.mark.parametrize(
    "change_to",
    [{"cps": 0}, {"concurrency": 0}, {"name": ""}, {"price_per_minute": Decimal(-1)}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_no_limit_is_refused_at_its_field(world: World, change_to: dict[str, Any]) -> None:
    with pytest.raises(BadField) as refused:
        change(world, **change_to)
    assert refused.value.field in change_to
    kept = CarrierAccount.objects.get(pk=world.account.pk)
    assert (kept.cps, kept.concurrency, kept.name) == (5.0, 30, "Sandbox of Acme")


@pytest.mark.parametrize("name", ["base_url", "carrier", "tenant", "paused_at", "sealed_api_key"])
def test_nothing_else_is_changed_like_this(world: World, name: str) -> None:
    with pytest.raises(TypeError):
        change(world, **{name: "x"})


@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "charlie"])
def test_only_its_admin_changes_it(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        change(world, who, cps=1.0)


WHOLE: dict[str, Any] = {
    "open": lambda w: account_for(w, actor=w.ada),
    "change": lambda w: change(w, cps=1.0),
    "credential": lambda w: actions.change_credential(
        account=w.account, api_key="k", actor=w.ada, now=NOW
    ),
    "secret": lambda w: actions.rotate_hook_secret(account=w.account, actor=w.ada, now=NOW),
    "token": lambda w: actions.rotate_hook_token(account=w.account, actor=w.ada, now=NOW),
    "point": lambda w: actions.point_hooks(
        account=w.account,
        base_url="http://127.0.0.1:9",
        token="t",
        hook_secrets=[],
        actor=w.ada,
        now=NOW,
    ),
    "route": lambda w: actions.add_route(
        tenant=w.acme, account=w.account, number="+15555550002", actor=w.ada, now=NOW
    ),
}


@pytest.mark.parametrize("act", WHOLE)
def test_an_account_is_for_all_units_so_nobody_of_one_touches_it(world: World, act: str) -> None:
    limit_to(world, "north", "ada")
    before = CarrierAccount.objects.values().get()
    with pytest.raises(NotPermitted, match="more than your business units"):
        WHOLE[act](world)
    assert CarrierAccount.objects.values().get() == before


@pytest.mark.parametrize("act", WHOLE)
def test_who_acts_for_all_does(world: World, act: str) -> None:
    assert WHOLE[act](world)


def account_for(world: World, **fields: Any) -> CarrierAccount:
    given: dict[str, Any] = {
        "tenant": world.acme,
        "actor": SEED,
        "now": NOW,
        "carrier": "stateset",
        "name": "Live",
        "base_url": "https://voice.example",
        "api_key": "k",
        "hook_token": "live",
    }
    return actions.open_account(**given | fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("carrier", "pigeon"),
        ("base_url", "http://voice.example"),
        ("base_url", "https://169.254.169.254"),
        ("name", " "),
        ("cps", 0.0),
        ("concurrency", 0),
        ("price_per_minute", Decimal(-1)),
        ("api_key", "two\nlines"),
    ],
)
def test_what_does_not_fit_opens_no_account(world: World, field: str, value: Any) -> None:
    with pytest.raises(BadField) as refused:
        account_for(world, **{field: value})
    assert (refused.value.field, CarrierAccount.objects.count()) == (field, 1)


@pytest.mark.parametrize("carrier", ["sandbox", "sandbox-twilio"])
def test_in_production_nobody_opens_a_sandbox(world: World, settings: Any, carrier: str) -> None:
    settings.PRODUCTION = True
    with pytest.raises(actions.SandboxInProduction) as refused:
        account_for(world, carrier=carrier, base_url="http://127.0.0.1:9")
    assert (refused.value.field, CarrierAccount.objects.count()) == ("carrier", 1)
    assert account_for(world).pk


def test_a_sandbox_is_no_way_into_this_network(world: World) -> None:
    with pytest.raises(BadField, match="SANDBOX_URL"):
        account_for(world, carrier="sandbox", base_url="http://10.0.0.1:8010")
