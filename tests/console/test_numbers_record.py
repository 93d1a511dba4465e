"""Below the answer: lists, consent, what the tenant stated, caps, and every call to the number."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calls.consent.models import ConsentRecord
from calls.contacts.models import Contact
from calls.dnc import actions as dnc
from calls.placing import actions as placing
from calls.placing.actions import CallRefused
from calls.policy.facts import CapFacts
from console import numberview
from console.pages import numbers as pages
from tests.console.looked_up import answer, told
from tests.console.signed_in import at, sign_in, words
from tests.dispatch.steps import placed
from tests.world import APPOINTMENT, CALLEE, NEW_YORKER, NOW, SEED, World


def on_list(world: World, *, platform: bool = False, number: str = CALLEE, **fields: Any) -> None:
    given = {"reason": "Asked by letter", "source": "letter", "actor": SEED, "now": NOW} | fields
    dnc.add_number(tenant=None if platform else world.acme, number=number, **given)


def consent(world: World, **fields: Any) -> ConsentRecord:
    given: dict[str, Any] = {
        "tenant": world.acme,
        "number": CALLEE,
        "kind": "written",
        "channel": "web",
        "text_shown": "May Acme call you about your order?",
        "evidence": "form 4711",
        "captured_at": NOW - timedelta(days=3),
        "recorded_at": NOW,
        "recorded_by": "Bob",
    }
    return ConsentRecord.objects.create(**given | fields)


def test_a_number_nobody_called(world: World) -> None:
    html = told(world, CALLEE)
    assert "0 calls to this number" in html and "Never called" in html
    assert "On no do-not-call list." in html and "No consent is on record." in html


def test_each_call_with_its_exact_words_and_their_approver(world: World) -> None:
    call = world.place().call
    html = told(world, CALLEE)
    assert f'href="/t/acme/calls/{call.sid}"' in html
    assert APPOINTMENT in html and '<td data-label="Approved by">Alice</td>' in html


def test_newest_first(world: World) -> None:
    first = world.place().call
    second = world.place(now=NOW + timedelta(minutes=5)).call
    html = told(world, CALLEE)
    assert "2 calls to this number" in html and html.index(second.sid) < html.index(first.sid)


def test_a_refused_call_says_why(world: World) -> None:
    on_list(world)
    with pytest.raises(CallRefused):
        world.place()
    html = told(world, CALLEE)
    assert "1 call to this number" in html and "On the tenant do-not-call list since" in html


def test_where_it_stands(world: World) -> None:
    placed(world)
    assert "Placed</span>" in told(world, CALLEE)


def test_calls_to_a_longer_number_are_others(world: World) -> None:
    world.place(to="+15555555679")
    assert "0 calls to this number" in told(world, CALLEE)


def test_another_tenants_calls_lists_and_consents_are_others(world: World) -> None:
    world.place()
    on_list(world)
    consent(world)
    client = sign_in(world, "charlie")
    address = client.post("/t/globex/numbers/search", {"number": CALLEE})["Location"]
    html = words(client.get(address).content)
    assert "Never called" in html and "On no do-not-call list." in html
    assert "form 4711" not in html and "Asked by letter" not in html


def test_the_list_says_whose_it_is_why_and_since_when(world: World) -> None:
    on_list(world)
    on_list(world, platform=True, reason="Court order")
    html = told(world, CALLEE)
    assert "Asked by letter" in html and "List of this tenant" in html
    assert "Court order" in html and "List of the whole installation" in html
    assert "since <time" in html


def test_a_prefix_says_what_else_it_forbids(world: World) -> None:
    on_list(world, number="+1555555", is_prefix=True)
    html = told(world, CALLEE)
    assert 'every number that begins with <span class="num">+1555555</span>' in html


def test_consent_with_the_words_shown_and_the_evidence(world: World) -> None:
    consent(world)
    html = told(world, CALLEE)
    assert "Express, in writing" in html and "form 4711" in html
    assert "May Acme call you about your order?" in html


def test_revoked_consent_says_so(world: World) -> None:
    consent(world, revoked_at=NOW, revoked_by="Bob", revoked_how="By phone")
    assert "revoked <time" in told(world, CALLEE)


def test_what_the_tenant_stated_with_its_source(world: World) -> None:
    Contact.objects.create(
        tenant=world.acme,
        number=CALLEE,
        time_zone="America/Denver",
        source="their order form",
        stated_by="Bob",
        stated_at=NOW,
    )
    html = told(world, CALLEE)
    assert "Stated: America/Denver, by Bob, from their order form." in html
    assert "This clock takes the place of those the digits tell." in html
    assert "The rules of this place" not in html


def test_a_stated_place_is_added_and_takes_the_place_of_nothing(world: World) -> None:
    Contact.objects.create(
        tenant=world.acme,
        number=CALLEE,
        jurisdiction="US-MN",
        source="their order form",
        stated_by="Bob",
        stated_at=NOW,
    )
    html = told(world, CALLEE)
    assert "Stated: US-MN, Minnesota, by Bob, from their order form." in html
    assert "The rules of this place apply beside those of the number" in html
    assert "takes the place" not in html


def test_without_consent_the_card_says_what_the_gate_says(world: World) -> None:
    ConsentRecord.objects.all().delete()
    html = told(world, NEW_YORKER)
    assert "No consent is on record. Express consent is needed for transactional calls" in html


def test_where_the_gate_asks_for_no_consent_the_card_says_why(world: World) -> None:
    html = told(world, CALLEE)
    assert "No consent is on record. A fictional number has no owner who could agree." in html


def test_caps_that_count_the_call(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    caps = (
        CapFacts("3 calls in 7 days", "law of Florida"),
        CapFacts("1 call a day", "house rule", NOW + timedelta(hours=3)),
    )
    judged = placing.preview_call

    def capped(**who: Any) -> placing.Preview:
        preview = judged(**who)
        return replace(preview, facts=replace(preview.facts, frequency=caps))

    monkeypatch.setattr(numberview.placing, "preview_call", capped)
    html = told(world, CALLEE)
    assert "3 calls in 7 days" in html and "law of Florida" in html and "Room for one" in html
    assert "1 call a day" in html and "Full until" in html


def test_a_cap_takes_the_whole_width_of_its_card(world: World) -> None:
    html = told(world, NEW_YORKER)
    card = html[html.index("<h2>Caps</h2>") : html.index("0 calls to this number")]
    assert "<dl" not in card and "<li> <strong>" in card


@pytest.mark.parametrize("rules", ["limits", "dnc", "consent", "contacts"])
def test_each_card_leads_to_where_it_is_kept(world: World, rules: str) -> None:
    assert f'<a href="/t/acme/rules/{rules}">' in told(world, CALLEE)


def test_without_a_cap_it_says_so(world: World) -> None:
    client = sign_in(world, "charlie")
    address = client.post("/t/globex/numbers/search", {"number": CALLEE})["Location"]
    assert "No cap counts this call." in words(client.get(address).content)


def test_only_the_newest_are_shown_with_the_way_to_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHOWN", 2)
    for n in range(3):
        world.place(reference=f"Order {n}")
    with at(NOW):
        client = sign_in(world)
        page = answer(client, CALLEE)
        everything = client.get(page.context["links"]["calls"])
    assert "The newest 2 are shown." in words(page.content)
    assert len(everything.context["lines"]) == 3
