"""Text made to break pages, in every field a person, a program or a carrier can fill: shown, never obeyed."""

import json
from html import escape, unescape
from typing import Any

import pytest

from calls.consent.models import ConsentRecord
from calls.contacts.models import Contact
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry, DncSource
from calls.limits import actions as limits
from calls.records.models import Call
from tests.agents.steps import file
from tests.api.program import EXAMPLE, Program
from tests.database.rows import change
from tests.dispatch.steps import placed, report, tell
from tests.security.addresses import ids_of, pages, session_of
from tests.world import NOW, SEED, World

HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute's end": "\"><img src=x onerror='alert(1)'>",
    "template syntax": "{{ 6|add:7 }}{% debug %}{{ settings.SECRET_KEY }}",
    "an entity": "&lt;b&gt;&amp;lt;",
    "a script's end": "</script></textarea></title><svg/onload=alert(1)>",
}
SHOWN = [page for page in pages() if "slug" in page.holes]


def seen(world: World, ids: dict[str, str]) -> dict[str, str]:
    """Every page of Acme, opened by Alice or, where an owner may not, by Ada."""
    found = {}
    owner, admin = session_of(world, "alice"), session_of(world, "ada")
    for page in SHOWN:
        answer = owner.get(page.path(**ids))
        answer = admin.get(page.path(**ids)) if answer.status_code == 403 else answer
        assert answer.status_code in (200, 302, 405)
        found[page.name] = answer.content.decode()
    return found


def is_raw(text: str, html: str) -> bool:
    """Whether a browser would read it as markup; template syntax is text to a browser."""
    return text in html and escape(text) != text


def fill(world: World, text: str) -> Call:
    """The text in every field, past the checks at the doors."""
    call = placed(world, reference=text, metadata={"note": text})
    told: dict[str, Any] = {"word": text[:64], "summary": text, "disposition": "answered"}
    tell(call, report("completed", **told))
    change(call, requester_name=text, reason_text=text)
    call.events.update(data={"why": text, "by": text, "word": text, "from": text, "to": text})
    for greeting in (world.order_news, world.appointment):
        change(greeting, name=f"{greeting.pk.hex[-8:]}{text}"[:100])
        greeting.reviews.update(comment=text, decided_by_name=text)
        greeting.revisions.update(text=text, author_name=text)
    gate = file(world, world.version)
    change(gate, evidence=text, owner_name=text, filed_by_name=text)
    change(world.version, note=text, config={"voice": text}, created_by_name=text)
    for row, name in ((world.acme, "name"), (world.agent, "name"), (world.route, "label")):
        change(row, **{name: text})
    world.user("bob").__class__.objects.update(name=text)
    by: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW, "reason": text}
    limits.pause(**by, agent=world.agent)
    limits.set_limit(**by, scope="prefix", most=9)
    return call


def spoil(text: str) -> None:
    """The text in all that is known about numbers."""
    DncEntry.objects.update(reason=text, source=text[:40], added_by=text)
    DncSource.objects.update(title=text)
    ConsentRecord.objects.update(text_shown=text, evidence=text, recorded_by=text)
    Contact.objects.update(source=text, stated_by=text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_page_shows_it_as_text(world: World, text: str) -> None:
    ids = ids_of(world, fill(world, text))
    spoil(text)
    found = seen(world, ids)
    assert [name for name, html in found.items() if is_raw(text, html)] == []
    visible = {name for name, html in found.items() if text in unescape(html)}
    assert visible >= {
        "overview",
        "calls",
        "call",
        "greetings",
        "greeting",
        "approval",
        "rules_limits",
        "rules_dnc",
        "dnc_entry",
        "registry",
        "consent_record",
        "rules_contacts",
        "agents",
        "agent",
    }
    assert "agent_version" in visible


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_form_gives_back_what_was_typed_as_text(world: World, text: str) -> None:
    browser = session_of(world, "alice")
    typed = {"to": text, "reference": text, "name": text, "text": text, "comment": text}
    for page in ("calls/new", "calls/new/preview", "greetings/new"):
        html = browser.post(f"/t/acme/{page}", typed).content.decode()
        assert not is_raw(text, html)
    html = browser.get("/t/acme/calls", {"reference": text, "agent": text}).content.decode()
    assert not is_raw(text, html)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_on_record_about_a_number_is_shown_as_text(world: World, text: str) -> None:
    call, browser = fill(world, text), session_of(world, "alice")
    dnc.add_number(
        tenant=None, number=call.to, reason=text, source="x", actor=SEED, now=call.created_at
    )
    for number in (call.to, text):
        asked = {"number": number, "route": text, "agent": text, "greeting": text}
        html = browser.post("/t/acme/numbers/search", asked, follow=True).content.decode()
        assert not is_raw(text, html)
        assert number == text or text in unescape(html)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_api_gives_it_back_as_data(world: World, text: str) -> None:
    program = Program(world.key)
    placed = json.loads(program.place(EXAMPLE, reference=text, metadata={"note": text}).content)
    shown = program.read(f"calls/{placed['call_sid']}")
    found = json.loads(shown.content)
    assert shown["Content-Type"].startswith("application/json")
    assert (found["reference"], found["metadata"]) == (text, {"note": text})


@pytest.mark.parametrize("field", ["reference", "metadata"])
@pytest.mark.parametrize("turn", ["\u202e", "\u202a", "\u2066", "\u2069"], ids=ascii)
def test_text_that_turns_its_direction_is_refused(world: World, field: str, turn: str) -> None:
    """A right-to-left override would show `exe.png` where `gnp.exe` stands."""
    value: Any = f"order {turn}gnp.exe"
    sent = {"note": value} if field == "metadata" else value
    answer = Program(world.key).place(EXAMPLE, **{field: sent})
    assert (answer.status_code, json.loads(answer.content)["error"]) == (400, "invalid_field")


def test_right_to_left_scripts_are_welcome(world: World) -> None:
    assert Program(world.key).place(EXAMPLE, reference="הזמנה 12").status_code == 200
