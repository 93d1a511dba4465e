"""The inbox of carrier webhooks: genuine events, what each changed, and nobody else's."""

import json
from typing import Any

import pytest

from calls.events.actions import NotGenuine
from calls.events.models import InboundEvent
from calls.lib.signing import new_secret
from calls.tenants import actions as tenants
from tests.console.signed_in import at, sign_in, words
from tests.events.deliveries import absorb, deliver, envelope, placed
from tests.world import NOW, SEED, World, account_of

BASE = "/t/acme/developers/inbox"


def read(world: World, path: str = "", who: str = "ada") -> str:
    with at():
        answer = sign_in(world, who).get(f"{BASE}{path}")
    assert answer.status_code == 200
    return words(answer.content)


def stored(world: World, **fields: Any) -> InboundEvent:
    """An event of Acme's account, as it was kept."""
    given = {
        "account": world.account,
        "dedupe_key": f"evt_{InboundEvent.objects.count()}",
        "kind": "voice.call.started",
        "body": json.dumps({"event": "voice.call.started", "to": "+14155550100"}),
        "received_at": NOW,
    }
    return InboundEvent.objects.create(**given | fields)


def test_before_anything_came_it_says_so(world: World) -> None:
    assert "No carrier has sent anything yet" in read(world)


def test_an_event_stands_with_its_effect_and_its_call(world: World) -> None:
    call = placed(world)
    absorb(deliver(envelope("voice.call.started")))
    row = InboundEvent.objects.get()
    assert "Applied" in read(world)
    html = read(world, f"/{row.public_id}")
    assert "genuine" in html
    assert f'href="/t/acme/calls/{call.sid}"' in html


@pytest.mark.parametrize(
    ("effect", "word"),
    [
        ("", "Not read yet"),
        ("applied", "Applied"),
        ("no_change", "No change"),
        ("parked", "Parked"),
        ("ignored", "Ignored"),
        ("broken", "Given up"),
    ],
)
def test_every_effect_has_its_word(world: World, effect: str, word: str) -> None:
    stored(world, effect=effect)
    assert word in read(world)


def test_how_often_it_came_is_told(world: World) -> None:
    row = stored(world, deliveries=17)
    assert "17" in read(world, f"/{row.public_id}")


def test_the_newest_stands_first(world: World) -> None:
    stored(world, kind="voice.call.older"), stored(world, kind="voice.call.newer")
    html = read(world)
    assert html.index("voice.call.newer") < html.index("voice.call.older")


def test_who_may_see_numbers_sees_the_body_whole(world: World) -> None:
    assert "+14155550100" in read(world, f"/{stored(world).public_id}", who="aurel")


@pytest.mark.parametrize("body", ["CallSid=CA1&CallStatus=completed", "{broken", "<b>&amp;"])
def test_a_body_that_is_no_json_is_shown_as_it_is(world: World, body: str) -> None:
    row = stored(world, body=body)
    html = read(world, f"/{row.public_id}")
    assert body.partition("&")[0].replace("<", "&lt;").replace(">", "&gt;") in html


def test_another_tenants_account_is_not_ours(world: World) -> None:
    theirs = stored(world, account=account_of(world.globex), kind="voice.call.theirs")
    assert "voice.call.theirs" not in read(world)
    assert sign_in(world, "ada").get(f"{BASE}/{theirs.public_id}").status_code == 404


def test_of_a_shared_account_only_what_is_about_our_calls(world: World) -> None:
    type(world.account).objects.update(tenant=None)
    stored(world, kind="voice.call.nobodys")
    stored(world, kind="voice.call.ours", call=placed(world))
    html = read(world)
    assert "voice.call.ours" in html and "voice.call.nobodys" not in html


def test_who_acts_for_some_units_sees_theirs_and_nobodys_calls(world: World) -> None:
    north = tenants.add_org(tenant=world.acme, key="north", name="North", actor=SEED, now=NOW)
    south = tenants.add_org(tenant=world.acme, key="south", name="South", actor=SEED, now=NOW)
    call = placed(world)
    stored(world, kind="voice.call.stray"), stored(world, kind="voice.call.seen", call=call)
    world.members["ada"].orgs.add(north)
    html = read(world)
    assert "voice.call.seen" in html and "voice.call.stray" not in html
    type(call).objects.update(org=south)
    assert "voice.call.seen" not in read(world)


def test_what_is_not_signed_is_refused_and_told(world: World) -> None:
    assert "not signed as agreed came" not in read(world)
    with pytest.raises(NotGenuine):
        deliver(envelope("voice.call.started"), secret=new_secret())
    assert "not signed as agreed came to Sandbox of Acme" in read(world)
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_it_is_for_admins_and_auditors(world: World, who: str) -> None:
    assert sign_in(world, who).get(BASE).status_code == 403
