"""What nobody knows yet, on screen: who decides, with what evidence, and what is said afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from calls.dispatch import actions as dispatch
from calls.dispatch.match import KINDS, Difference
from calls.dispatch.models import Finding
from calls.records.models import Call
from calls.routes import actions as routes
from console.words import FINDINGS as WORDS
from tests.console.signed_in import at, sign_in, words
from tests.dispatch.steps import REMOTE, fresh, lost
from tests.world import CALLEE, CALLER_ID, NOW, World

LATER = NOW + timedelta(minutes=30)
KNOWN = "Their support looked it up."


@pytest.fixture
def waiting(world: World) -> Call:
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(seconds=21))
    return call


def found(world: World, kind: str = "only_there", **fields: Any) -> Finding:
    one = Difference(kind, "SM9", CALLER_ID, CALLEE, NOW, **fields)
    rows = dispatch.keep_findings(
        account=world.account, found=[one], owners={CALLER_ID: world.acme.pk}, since=NOW, now=NOW
    )
    return rows[0]


def decide(client: Client, call: Call, decision: str, **fields: Any) -> Any:
    """Send one of the two forms, filled in."""
    typed = {f"{decision}-{name}": value for name, value in {"how_known": KNOWN, **fields}.items()}
    with at(LATER):
        return client.post(f"/t/acme/calls/{call.sid}/decide", {"decision": decision} | typed)


def read(client: Client, address: str) -> str:
    with at(LATER):
        return words(client.get(f"/t/acme/{address}").content)


def test_the_page_of_the_call_shows_what_is_known(world: World, waiting: Call) -> None:
    html = read(sign_in(world, "alice"), f"calls/{waiting.sid}")
    assert "What did you find out?" in html
    assert "The carrier may have taken the call." in html  # its answer
    assert "It was placed" in html and "It was never placed" in html


def test_whoever_may_not_decide_sees_no_form(world: World, waiting: Call) -> None:
    assert "What did you find out?" not in read(sign_in(world, "aurel"), f"calls/{waiting.sid}")


def test_placed_and_how_it_ended(world: World, waiting: Call) -> None:
    client = sign_in(world, "alice")
    answer = decide(client, waiting, "placed", ended_as="busy", carrier_call_id=REMOTE)
    assert answer.status_code == 302
    assert (fresh(waiting).state, fresh(waiting).carrier_call_id) == ("busy", REMOTE)
    page = read(client, f"calls/{waiting.sid}")
    assert "Kept: the call was placed." in page and KNOWN in page


def test_an_open_dispute_stands_above_what_the_call_says_of_itself(
    world: World, waiting: Call
) -> None:
    client = sign_in(world, "alice")
    decide(client, waiting, "not_placed")
    assert "Nothing more is sent for it" in read(client, f"calls/{waiting.sid}")
    with at(LATER + timedelta(minutes=1)):
        row = found(world, "after_all", call_id=waiting.pk)
    assert "Placed after all" in read(client, f"calls/{waiting.sid}")
    with at(LATER + timedelta(minutes=2)):
        client.post(f"/t/acme/unsettled/{row.public_id}/settle", {"comment": "A test of ours."})
    page = read(client, f"calls/{waiting.sid}")
    assert "Nothing more is sent for it" in page and "Alice: A test of ours." in page


def test_never_placed_and_dialled_again(world: World, waiting: Call) -> None:
    client = sign_in(world, "bob")
    decide(client, waiting, "not_placed", again="on")
    assert fresh(waiting).state == "queued"
    assert "A person found out that it was never placed" in read(client, f"calls/{waiting.sid}")


def test_never_placed_and_left_at_that(world: World, waiting: Call) -> None:
    decide(sign_in(world, "alice"), waiting, "not_placed")
    assert fresh(waiting).state == "canceled"


@pytest.mark.parametrize(
    ("decision", "fields", "sentence"),
    [
        ("placed", {}, "This field is required"),
        ("placed", {"ended_as": "busy", "how_known": ""}, "This field is required"),
        ("placed", {"ended_as": "perhaps"}, "perhaps is not one of the available choices"),
        ("not_placed", {"how_known": "ok"}, "at least 3 characters"),
    ],
)
def test_too_little_comes_back_with_what_was_typed(
    world: World, waiting: Call, decision: str, fields: dict[str, str], sentence: str
) -> None:
    answer = decide(sign_in(world, "alice"), waiting, decision, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert fresh(waiting).state == "needs_human"


def test_settled_meanwhile_is_said_on_the_page(world: World, waiting: Call) -> None:
    client = sign_in(world, "alice")
    decide(client, waiting, "not_placed")
    decide(client, waiting, "placed", ended_as="busy")
    assert "has settled this call meanwhile" in read(client, f"calls/{waiting.sid}")


def test_the_list_names_the_call_and_opens_it(world: World, waiting: Call) -> None:
    html = read(sign_in(world), "unsettled")
    assert f"/t/acme/calls/{waiting.sid}" in html
    assert "The carrier&#x27;s log does not show this call." in html


def test_with_nothing_to_do_it_says_so(world: World) -> None:
    html = read(sign_in(world), "unsettled")
    assert "Nothing waits for a person" in html and "held against each other" in html


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_has_its_word(world: World, kind: str) -> None:
    found(world, kind)
    html = read(sign_in(world, "alice"), "unsettled")
    assert words(str(WORDS[kind].text)) in html and "SM9" in html


def test_an_owner_settles_a_finding(world: World) -> None:
    row, client = found(world), sign_in(world, "alice")
    with at(LATER):
        client.post(f"/t/acme/unsettled/{row.public_id}/settle", {"comment": "The fax machine."})
    row.refresh_from_db()
    assert (row.settled_by, row.comment) == ("Alice", "The fax machine.")
    assert "SM9" not in read(client, "unsettled")


def test_without_a_word_it_stays(world: World) -> None:
    row, client = found(world), sign_in(world, "alice")
    client.post(f"/t/acme/unsettled/{row.public_id}/settle", {"comment": ""})
    assert "Say in a sentence what it was" in read(client, "unsettled")


def test_another_tenants_finding_is_none(world: World) -> None:
    row = found(world)
    Finding.objects.update(tenant_id=world.globex.pk)
    client = sign_in(world, "alice")
    answer = client.post(f"/t/acme/unsettled/{row.public_id}/settle", {"comment": "Mine."})
    assert answer.status_code == 404
    assert "SM9" not in read(client, "unsettled")


def test_support_reads_findings_and_settles_none(world: World) -> None:
    found(world)
    html = read(sign_in(world), "unsettled")
    assert "SM9" in html and "An owner or admin settles it" in html


def test_it_says_when_each_log_was_last_read_whole_and_why_not_since(world: World) -> None:
    client = sign_in(world, "alice")
    assert "Sandbox of Acme: not yet held against its whole log." in read(client, "unsettled")
    routes.note_match(account=world.account, now=NOW)
    routes.note_log(account=world.account, trouble="The carrier says 503.", now=LATER)
    html = read(client, "unsettled")
    assert "Sandbox of Acme: held against its whole log" in html
    assert "The log cannot be read to its end since" in html and "The carrier says 503." in html
