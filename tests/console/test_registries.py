"""Registries: their age, their files with progress, and importing one."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from calls.dnc import importing
from calls.dnc.models import DncImport, DncSource
from tests.console.signed_in import HTMX, at, sign_in, words
from tests.dnc.registries import ANN, BEN, acmes, bring, listed, source_of, start
from tests.world import NOW, World

URL = "/t/acme/rules/registries"


def page(world: World, source: DncSource, who: str = "alice", now: datetime = NOW) -> str:
    with at(now):
        return words(sign_in(world, who).get(f"{URL}/{source.public_id}").content)


def send(world: World, source: DncSource, who: str = "alice", **fields: Any) -> HttpResponse:
    with at():
        return sign_in(world, who).post(
            f"{URL}/{source.public_id}", {"pasted": "", "day": "2026-11-03"} | fields
        )


@pytest.mark.parametrize(
    ("days", "word"), [(0, "Fresh"), (24, "Fresh"), (25, "Fetch soon"), (32, "Too old")]
)
def test_the_age_of_our_copy_is_told(world: World, days: int, word: str) -> None:
    bring(source_of(None), ANN)
    with at(NOW + timedelta(days=days)):
        html = words(sign_in(world).get("/t/acme/rules/dnc").content)
    assert word in html and "US registry" in html


def test_one_that_was_never_fetched_is_too_old(world: World) -> None:
    html = page(world, source_of(None))
    assert "Too old" in html and "Never fetched" in html


def test_a_copy_beside_the_installations_is_told_to_add_numbers_only(world: World) -> None:
    own = source_of(world.acme, title="Acme's copy")
    bring(own, ANN)
    assert "Adds numbers" not in page(world, own)
    house = source_of(None)
    html = page(world, own)
    assert "Adds numbers" in html and "the age of its copy decides" in html
    assert "Adds numbers" not in page(world, house)


def test_another_tenants_registry_is_not_there(world: World) -> None:
    source = source_of(world.globex)
    assert sign_in(world).get(f"{URL}/{source.public_id}").status_code == 404
    assert "US registry" not in words(sign_in(world).get("/t/acme/rules/dnc").content)


def test_an_owner_names_a_registry(world: World) -> None:
    form = {"title": "Litigators", "name": "litigators", "max_age_days": "20"}
    sign_in(world, "alice").post(f"{URL}/new", form)
    source = DncSource.objects.get()
    assert (source.tenant, source.title, source.max_age_days) == (world.acme, "Litigators", 20)


def test_a_name_that_is_taken_is_told_at_its_field(world: World) -> None:
    acmes(world)
    form = {"title": "Again", "name": "litigators", "max_age_days": "20"}
    answer = sign_in(world, "alice").post(f"{URL}/new", form)
    assert answer.status_code == 422
    assert "already" in str(answer.context["form"].errors["name"])


def test_a_pasted_file_is_imported(world: World) -> None:
    source = acmes(world)
    assert send(world, source, pasted=f"{ANN}\r\n{BEN}").status_code == 302
    importing.run_import(import_id=DncImport.objects.get().pk)
    assert listed(source) == {ANN, BEN}
    assert "2 added" in page(world, source)


def test_a_chosen_file_is_imported(world: World) -> None:
    source = acmes(world)
    send(world, source, file=SimpleUploadedFile("list.csv", f"\ufeff{ANN},x\n".encode()))
    importing.run_import(import_id=DncImport.objects.get().pk)
    assert listed(source) == {ANN}


@pytest.mark.parametrize(
    ("day", "fetched_at"),
    [
        ("2026-11-03", datetime(2026, 11, 3, 5, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_the_day_is_one_on_the_tenants_clock(world: World, day: str, fetched_at: datetime) -> None:
    send(world, acmes(world), pasted=ANN, day=day)
    assert DncImport.objects.get().fetched_at == fetched_at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "pasted"),
        ({"pasted": ANN, "day": "2026-11-09"}, "day"),
        ({"pasted": ANN, "day": ""}, "day"),
        ({"file": SimpleUploadedFile("big", b"+1" * 1_100_000)}, "file"),
    ],
)
def test_what_cannot_be_imported_is_told_at_its_field(
    world: World, fields: dict[str, Any], field: str
) -> None:
    answer = send(world, acmes(world), **fields)
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not DncImport.objects.exists()


def test_nobody_but_whoever_imports_says_of_when_the_file_is(world: World) -> None:
    html = sign_in(world, "alice").get(f"{URL}/{acmes(world).public_id}").content.decode()
    (field,) = re.findall(r"<input[^>]*name=\"day\"[^>]*>", html)
    assert "value=" not in field and "required" in field


def test_a_file_that_is_older_than_ours_is_told_at_its_day(world: World) -> None:
    source = acmes(world)
    bring(source, ANN)
    answer = send(world, source, pasted=ANN, day="2026-11-02")
    assert "newer than this file" in str(answer.context["form"].errors["day"])


def test_one_file_at_a_time(world: World) -> None:
    source = acmes(world)
    start(source, ANN)
    answer = send(world, source, pasted=BEN)
    assert "read already" in words(answer.content)


def test_a_file_on_its_way_shows_progress_and_asks_again(world: World) -> None:
    source = acmes(world)
    start(source, ANN, BEN)
    browser = sign_in(world, "alice")
    with at():
        part = browser.get(f"{URL}/{source.public_id}", headers=HTMX).content.decode()
    assert "<progress" in part and 'data-poll="2"' in part and "<h1" not in part
    importing.run_import(import_id=DncImport.objects.get().pk)
    with at():
        part = browser.get(f"{URL}/{source.public_id}", headers=HTMX).content.decode()
    assert "<progress" not in part and 'data-live="false"' in part


def test_a_file_that_failed_says_why(world: World) -> None:
    source = acmes(world)
    bring(source, "<html>")
    html = page(world, source)
    assert "Failed" in html and "nothing was lifted" in html


@pytest.mark.parametrize(
    ("who", "offered"), [("bob", False), ("aurel", False), ("alice", True), ("ada", True)]
)
def test_importing_is_offered_to_whom_it_is_allowed(world: World, who: str, offered: bool) -> None:
    assert ("Import a file" in page(world, acmes(world), who)) is offered


BOX = 'name="accepts_shrink"'


def test_a_file_that_is_far_too_short_is_refused_and_a_box_says_that_it_is_right(
    world: World,
) -> None:
    source = acmes(world)
    bring(source, ANN, BEN, fetched_at=NOW - timedelta(days=1))
    assert BOX not in sign_in(world, "alice").get(f"{URL}/{source.public_id}").content.decode()
    answer = send(world, source, pasted=BEN)
    assert (answer.status_code, BOX in answer.content.decode()) == (422, True)
    assert "The file holds 1 line, our list 2: fewer than nine in ten" in words(answer.content)
    assert listed(source) == {ANN, BEN}
    assert send(world, source, pasted=BEN, accepts_shrink="on").status_code == 302
    importing.run_import(import_id=DncImport.objects.get(state="waiting").pk)
    assert listed(source) == {BEN}


def test_the_box_stands_there_after_a_file_that_turned_out_too_short(world: World) -> None:
    source = acmes(world)
    bring(source, ANN, BEN)
    bring(source, BEN, BEN)
    with at():
        html = sign_in(world, "alice").get(f"{URL}/{source.public_id}").content.decode()
    assert BOX in html and "Import it again" in html and "say so" in html
    with at():
        seen_by_bob = sign_in(world, "bob").get(f"{URL}/{source.public_id}").content.decode()
    assert BOX not in seen_by_bob and "Import it again" not in seen_by_bob


def test_the_box_stays_ticked_while_something_else_is_wrong(world: World) -> None:
    source = acmes(world)
    answer = send(world, source, pasted=BEN, day="", accepts_shrink="on")
    (box,) = re.findall(f"<input[^>]*{BOX}[^>]*>", answer.content.decode())
    assert "checked" in box


def test_the_installations_registry_is_imported_by_whoever_runs_it(world: World) -> None:
    html = page(world, source_of(None), "ada")
    assert (
        "import_dnc --source us-national --as-of YYYY-MM-DD" in html and "Import a file" not in html
    )
    assert send(world, source_of(None, name="x"), "ada", pasted=ANN).status_code == 403
