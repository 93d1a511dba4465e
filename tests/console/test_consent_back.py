"""Taking all consent back on screen, also where none is on record."""

import pytest
from django.http import HttpResponse

from calls.consent.models import ConsentRecord, ConsentRevocation
from tests.consent.agreed import agreed
from tests.consent.conftest import world as world  # nobody agreed to anything yet
from tests.console.signed_in import at, sign_in, words
from tests.world import NEW_YORKER, World

URL = "/t/acme/rules/consent"


def take_back(
    world: World, number: str = "(212) 736-5000", how: str = "by letter", who: str = "bob"
) -> HttpResponse:
    with at():
        return sign_in(world, who).post(
            f"{URL}/taken-back", {"number": number, "how": how}, follow=True
        )


def test_where_nothing_is_on_record_that_they_said_so_is_kept(world: World) -> None:
    html = words(take_back(world).content)
    kept = ConsentRevocation.objects.get()
    assert (kept.tenant, kept.number, kept.how, kept.by) == (
        world.acme,
        NEW_YORKER,
        "by letter",
        "Bob",
    )
    assert "Kept. No consent of this number stood" in html


def test_the_page_of_the_number_tells_of_it_ever_after(world: World) -> None:
    take_back(world)
    with at():
        page = sign_in(world, "aurel").post(f"{URL}/search", {"number": NEW_YORKER}, follow=True)
    html = words(page.content)
    assert "Taken back without a record:" in html and "Bob: by letter." in html


def test_another_number_is_not_told_of_it(world: World) -> None:
    take_back(world)
    with at():
        page = sign_in(world).post(f"{URL}/search", {"number": "+12127365001"}, follow=True)
    assert "Taken back without a record:" not in words(page.content)


@pytest.mark.parametrize(
    ("records", "said"),
    [(1, "One consent is revoked."), (2, "2 consents are revoked.")],
)
def test_what_stands_is_revoked_and_counted(world: World, records: int, said: str) -> None:
    for n in range(records):
        agreed(world, evidence=f"form {n}")
    assert said in words(take_back(world).content)
    assert not ConsentRecord.objects.filter(revoked_at=None).exists()
    assert not ConsentRevocation.objects.exists()


@pytest.mark.parametrize(
    ("number", "how", "field"),
    [("12", "x", "number"), ("", "x", "number"), (NEW_YORKER, " ", "how")],
)
def test_what_is_missing_is_told_at_its_field(
    world: World, number: str, how: str, field: str
) -> None:
    answer = take_back(world, number, how)
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not ConsentRevocation.objects.exists()


def test_an_auditor_takes_nothing_back(world: World) -> None:
    agreed(world)
    assert take_back(world, who="aurel").status_code == 403
    assert ConsentRecord.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(("who", "offered"), [("bob", True), ("aurel", False)])
def test_it_is_offered_to_whom_it_is_allowed(world: World, who: str, offered: bool) -> None:
    html = sign_in(world, who).get(URL).content.decode()
    assert (f'href="{URL}/taken-back"' in html) is offered


def test_the_number_looked_for_stands_in_the_form_and_in_no_address(world: World) -> None:
    browser = sign_in(world)
    found = browser.post(f"{URL}/search", {"number": NEW_YORKER}, follow=True)
    (link,) = [w for w in found.content.decode().split('"') if w.startswith(f"{URL}/taken-back")]
    assert "736" not in link and "?search=" in link
    assert NEW_YORKER in browser.get(link).content.decode()
