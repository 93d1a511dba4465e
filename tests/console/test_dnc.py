"""Do not call: who is listed, by whom; adding and lifting, without a number in any address."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from calls.dnc import actions
from calls.dnc.models import DncEntry
from tests.audit.entries import told
from tests.console.signed_in import at, sign_in, words
from tests.database.rows import change
from tests.dnc.registries import bring, source_of
from tests.world import NEW_YORKER, NOW, SEED, World

URL = "/t/acme/rules/dnc"


def forbid(world: World, number: str = NEW_YORKER, **fields: Any) -> DncEntry:
    given: dict[str, Any] = {"tenant": world.acme, "reason": "Asked by letter", "source": "letter"}
    return actions.add_number(**given | {"number": number, "actor": SEED, "now": NOW} | fields)


def add(world: World, who: str = "bob", **fields: Any) -> HttpResponse:
    form = {"number": NEW_YORKER, "reason": "Asked", "until": ""}
    with at():
        return sign_in(world, who).post(f"{URL}/new", form | fields)


def answer(world: World, number: str, who: str = "bob") -> str:
    browser = sign_in(world, who)
    with at():
        found = browser.post(f"{URL}/search", {"number": number}, follow=True)
    return words(found.content)


def test_a_number_on_no_list(world: World) -> None:
    html = answer(world, "(212) 736-5000")
    assert "+1 212-736-5000" in html and "Not listed" in html


def test_every_list_that_forbids_it_is_named(world: World) -> None:
    forbid(world)
    forbid(world, tenant=None, reason="Court order")
    forbid(world, "+1212", is_prefix=True, reason="Whole city")
    bring(source_of(None), NEW_YORKER)
    html = answer(world, NEW_YORKER)
    for said in ("Asked by letter", "Court order", "Whole city", "US registry", "begins with"):
        assert said in html


def test_no_number_stands_in_an_address(world: World) -> None:
    where = sign_in(world).post(f"{URL}/search", {"number": NEW_YORKER})["Location"]
    assert where.startswith(f"{URL}?search=") and "736" not in where
    assert "736" not in add(world)["Location"]


def test_what_cannot_be_read_says_so(world: World) -> None:
    assert "not a telephone number" in answer(world, "123")


def test_a_search_of_another_session_is_told(world: World) -> None:
    html = words(sign_in(world).get(f"{URL}?search=abcd1234").content)
    assert "looked for in another session" in html


@pytest.mark.parametrize("who", ["bob", "alice", "ada"])
def test_adding_forbids_and_shows_it(world: World, who: str) -> None:
    assert add(world, who, number="(212) 736-5000").status_code == 302
    entry = DncEntry.objects.get()
    assert (entry.number, entry.source, entry.reason) == (NEW_YORKER, "console", "Asked")
    assert entry.added_by == who.title()


def test_a_beginning_of_numbers_is_pressed_twice_and_the_second_time_says_what_it_hits(
    world: World,
) -> None:
    world.place(to=NEW_YORKER)
    asked = add(world, "alice", number="+1 212", is_prefix="on")
    html = words(asked.content)
    assert (asked.status_code, DncEntry.objects.exists()) == (422, False)
    assert "any number that begins with +1212" in html
    assert "One waiting call begins so and would be refused." in html
    assert "0 numbers called in the last 30 days begin so." in html
    assert 'name="confirmed" value="+1212"' in asked.content.decode()
    add(world, "alice", number="+1 212", is_prefix="on", confirmed="+1212")
    entry = DncEntry.objects.get()
    assert (entry.number, entry.is_prefix) == ("+1212", True)


def test_numbers_called_lately_are_counted(world: World) -> None:
    change(world.place(to=NEW_YORKER).call, state="completed", dialled_at=NOW - timedelta(days=3))
    html = words(add(world, number="+12127", is_prefix="on").content)
    assert "0 waiting calls begin so" in html
    assert "One number called in the last 30 days begins so." in html


def test_another_beginning_than_the_one_confirmed_is_asked_about_again(world: World) -> None:
    asked = add(world, "alice", number="+1415", is_prefix="on", confirmed="+1212")
    assert 'value="+1415"' in asked.content.decode()
    assert not DncEntry.objects.exists()


def test_a_single_number_is_pressed_once(world: World) -> None:
    assert add(world).status_code == 302
    assert not DncEntry.objects.get().is_prefix


@pytest.mark.parametrize(
    ("who", "number", "least"),
    [("alice", "+1", 3), ("ada", "+4420", 3), ("bob", "+1 900", 4)],
)
def test_a_beginning_that_stops_too_much_is_refused_before_it_is_asked_about(
    world: World, who: str, number: str, least: int
) -> None:
    for more in ({}, {"confirmed": number.replace(" ", "")}):
        answer = add(world, who, number=number, is_prefix="on", **more)
        assert answer.status_code == 422
        assert f"at least {least} digits" in str(answer.context["form"].errors["number"])
    assert not DncEntry.objects.exists()


def test_a_last_day_ends_at_its_midnight(world: World) -> None:
    add(world, until="2026-11-10")
    assert DncEntry.objects.get().expires_at == NOW + timedelta(days=7, hours=14)  # 00:00 in NY


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "12"},
        {"number": "900", "is_prefix": "on"},
        {"reason": ""},
        {"until": "2026-11-01"},
        {"until": "soon"},
    ],
)
def test_a_wrong_field_keeps_what_was_typed(world: World, fields: dict[str, str]) -> None:
    form = add(world, **fields)
    assert form.status_code == 422
    assert "field-error" in form.content.decode()
    assert not DncEntry.objects.exists()


def test_the_form_knows_the_number_looked_for(world: World) -> None:
    browser = sign_in(world)
    name = browser.post(f"{URL}/search", {"number": NEW_YORKER})["Location"].partition("?")[2]
    assert f'value="{NEW_YORKER}"' in browser.get(f"{URL}/new?{name}").content.decode()


def test_the_tenants_own_list_only(world: World) -> None:
    forbid(world)
    forbid(world, "+12127365001", tenant=world.globex)
    forbid(world, "+12127365002", tenant=None)
    gone = forbid(world, "+12127365003")
    actions.lift_number(entry=gone, actor=SEED, now=NOW)
    with at():
        listed = sign_in(world).get(URL).context["entries"]
    assert [entry.number for entry in listed] == [NEW_YORKER]


def test_a_long_list_has_pages(world: World) -> None:
    for n in range(60):
        forbid(world, f"+121273{65000 + n}")
    browser = sign_in(world)
    with at():
        first = browser.get(URL).context
        second = browser.get(URL + first["pages"].older).context
        back = browser.get(URL + second["pages"].newer).context
    assert (len(first["entries"]), len(second["entries"])) == (50, 10)
    assert (first["pages"].newer, second["pages"].older) == ("", "")
    assert back["entries"] == first["entries"]


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_owners_and_admins_lift_with_a_reason(world: World, who: str) -> None:
    entry = forbid(world)
    with at():
        sign_in(world, who).post(f"{URL}/{entry.public_id}", {"reason": "They wrote"})
    entry.refresh_from_db()
    assert (entry.lifted_at, entry.lifted_by) == (NOW, who.title())
    assert told(entry, "dnc.lifted")[2] == {"reason": "They wrote"}


def test_a_lift_needs_a_reason(world: World) -> None:
    entry = forbid(world)
    assert sign_in(world, "alice").post(f"{URL}/{entry.public_id}", {}).status_code == 422
    entry.refresh_from_db()
    assert entry.lifted_at is None


@pytest.mark.parametrize(
    ("who", "offered"), [("bob", False), ("aurel", False), ("alice", True), ("ada", True)]
)
def test_lifting_is_offered_to_whom_it_is_allowed(world: World, who: str, offered: bool) -> None:
    html = words(sign_in(world, who).get(f"{URL}/{forbid(world).public_id}").content)
    assert ("Lift it" in html) is offered


def test_a_registrys_number_has_no_page_to_lift_it(world: World) -> None:
    bring(source_of(world.acme), NEW_YORKER)
    entry = DncEntry.objects.get()
    assert sign_in(world, "alice").get(f"{URL}/{entry.public_id}").status_code == 404
