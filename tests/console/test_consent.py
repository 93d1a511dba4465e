"""Consent on screen: record it with its proof, find it by number, take it back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse

from calls.consent import actions
from calls.consent.models import ConsentRecord
from tests.consent.agreed import agreed
from tests.consent.conftest import world as world  # nobody agreed to anything yet
from tests.console.signed_in import at, sign_in, words
from tests.world import NEW_YORKER, NOW, World

URL = "/t/acme/rules/consent"
FORM = {
    "number": "(212) 736-5000",
    "kind": "written",
    "channel": "paper",
    "captured": "2026-11-02T09:30",
    "text_shown": "Acme may call me.",
    "evidence": "form 4711",
    "until": "",
}


def record(world: World, who: str = "bob", **fields: str) -> HttpResponse:
    with at():
        return sign_in(world, who).post(f"{URL}/new", FORM | fields)


def show(world: World, found: ConsentRecord, who: str = "bob") -> str:
    with at():
        return words(sign_in(world, who).get(f"{URL}/{found.public_id}").content)


@pytest.mark.parametrize("who", ["bob", "alice", "ada"])
def test_it_goes_on_record(world: World, who: str) -> None:
    assert record(world, who).status_code == 302
    found = ConsentRecord.objects.get()
    assert (found.number, found.kind, found.channel) == (NEW_YORKER, "written", "paper")
    assert found.captured_at == datetime(2026, 11, 2, 14, 30, tzinfo=UTC)  # 09:30 in New York
    assert found.recorded_by == who.title()


def landing(world: World) -> str:
    """The page that recording leads to."""
    with at():
        browser = sign_in(world)
        return words(browser.post(f"{URL}/new", FORM, follow=True).content)


def test_what_counts_is_said_to_count(world: World) -> None:
    assert "It counts from now on." in landing(world)


def test_what_was_taken_back_is_not_said_to_count(world: World) -> None:
    record(world)
    actions.revoke_consent(record=ConsentRecord.objects.get(), how="x", actor=world.bob, now=NOW)
    page = landing(world)
    assert "taken back since then, so it does not count" in page
    assert "It counts from now on." not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "12"),
        ("kind", "tacit"),
        ("channel", "dream"),
        ("captured", ""),
        ("captured", "2026-11-09T09:30"),
        ("captured", "2026-11-02T09:30+01:00"),
        ("text_shown", "  "),
        ("evidence", ""),
        ("until", "2026-11-01"),
    ],
)
def test_what_is_missing_is_told_at_its_field(world: World, field: str, value: str) -> None:
    answer = record(world, **{field: value})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not ConsentRecord.objects.exists()


def test_words_and_proof_are_shown(world: World) -> None:
    html = show(world, agreed(world), "aurel")
    assert "Acme may call me with news." in html and "form 17, copy in the archive" in html
    assert "In force" in html


def test_it_is_found_by_its_number(world: World) -> None:
    agreed(world)
    agreed(world, number="+12127365001")
    found = sign_in(world).post(f"{URL}/search", {"number": "212 736 5000"}, follow=True)
    assert [one.number for one, _ in found.context["lines"]] == [NEW_YORKER]


def test_no_number_stands_in_an_address(world: World) -> None:
    where = sign_in(world).post(f"{URL}/search", {"number": NEW_YORKER})["Location"]
    assert where.startswith(f"{URL}?search=") and "736" not in where


def test_a_number_that_agreed_to_nothing(world: World) -> None:
    found = sign_in(world).post(f"{URL}/search", {"number": NEW_YORKER}, follow=True)
    assert "agreed to nothing" in words(found.content)


def test_taking_it_back_says_what_else_goes(world: World) -> None:
    agreed(world, kind="written")
    found = agreed(world)
    assert "one other of the number" in show(world, found)
    with at():
        sign_in(world).post(f"{URL}/{found.public_id}", {"how": "by phone"})
    assert {one.revoked_how for one in ConsentRecord.objects.all()} == {"by phone"}
    assert "Revoked" in show(world, found)


def test_how_must_be_said(world: World) -> None:
    found = agreed(world)
    with at():
        assert sign_in(world).post(f"{URL}/{found.public_id}", {"how": " "}).status_code == 422
    found.refresh_from_db()
    assert found.revoked_at is None


def test_one_that_ended_says_so(world: World) -> None:
    found = agreed(world, expires_at=NOW + timedelta(hours=1))
    with at(NOW + timedelta(hours=2)):
        assert "Expired" in words(sign_in(world).get(f"{URL}/{found.public_id}").content)


def test_one_that_a_later_revocation_ended_says_so(world: World) -> None:
    old, kept = agreed(world), agreed(world, evidence="form 18")
    actions.revoke_consent(record=old, how="x", actor=world.bob, now=NOW)
    ConsentRecord.objects.filter(pk=kept.pk).update(revoked_at=None)
    assert "Taken back since" in show(world, kept)


@pytest.mark.parametrize(("who", "offered"), [("bob", True), ("aurel", False)])
def test_writing_is_offered_to_whom_it_is_allowed(world: World, who: str, offered: bool) -> None:
    found = agreed(world)
    assert ("They take it back" in show(world, found, who)) is offered
    assert (f"{URL}/new" in sign_in(world, who).get(URL).content.decode()) is offered
